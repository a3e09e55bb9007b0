"""A plan says what an apply does, without doing it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from automem.errors import AutoMemError, RunError, SpecError
from automem.loops.apply import apply
from automem.loops.plan import plan
from automem.runs import Plan, find_episode, list_runs, remove_run, show_run
from automem.runs.store import Store

from .chat import Server
from .conftest import Asked
from .making import COUNTED, Lab

PRICED = {**COUNTED, "prices": {"input": 1.0, "output": 2.0}}


def _counts(made: Plan) -> list[tuple[str, int, int, int]]:
    return [(stage.stage, stage.cached, stage.to_play, stage.owed) for stage in made.stages]


def test_before_anything_is_played(lab: Lab, asked: Asked) -> None:
    made = plan(lab.load(models={"base": PRICED}), lab.runs)
    assert _counts(made) == [("select", 0, 2, 0)]
    assert made.scaffold == "crafter-v0 v0 (new)"
    (stage,) = made.stages
    assert "prompt sizes" in stage.estimate.basis
    assert not lab.runs.exists()
    result = lab.apply(models={"base": PRICED})
    calls = sum(cost.calls for cost in result.costs)
    usd = sum(cost.usd or 0.0 for cost in result.costs)
    assert stage.estimate.calls.low <= calls <= stage.estimate.calls.high
    assert stage.estimate.usd is not None
    assert 0 < usd < stage.estimate.usd.high
    assert stage.estimate.seconds is None


def test_after_some_is_played(lab: Lab, asked: Asked) -> None:
    lab.apply(models={"base": PRICED})
    assert plan(lab.load(models={"base": PRICED}), lab.runs).left == 0
    more = {"select": "42..49", "report": "142..143"}
    made = plan(lab.load(models={"base": PRICED}, seeds=more), lab.runs)
    assert _counts(made) == [("select", 2, 6, 0), ("report", 0, 2, 0)]
    assert made.scaffold == "crafter-v0 v0"
    estimate = made.stages[0].estimate
    assert estimate.basis == "2 recorded episodes of this scaffold"
    with Store.read(lab.run.database) as store:
        calls = [sum(cost.calls for cost in roles.values()) for roles in store.costs().values()]
    assert (estimate.calls.low, estimate.calls.high) == (6 * min(calls), 6 * max(calls))
    assert estimate.seconds is not None
    assert estimate.usd is not None


def test_an_edited_scaffold_is_estimated_from_the_other_versions(lab: Lab, asked: Asked) -> None:
    lab.apply()
    lab.scaffold.write_text(lab.scaffold.read_text().replace("max_files: 16", "max_files: 8"))
    made = plan(lab.load(), lab.runs)
    assert _counts(made) == [("select", 0, 2, 0)]
    assert made.scaffold == "crafter-v0 v1 (new)"
    assert made.stages[0].estimate.basis == "2 recorded episodes of this run's other versions"


@pytest.mark.parametrize(
    "other", [{"max_steps": 7}, {"models": {"base": {**COUNTED, "pause_s": 0.0}}}, {"sampling": {"temperature": 0.5}}]
)
def test_episodes_under_other_conditions_are_no_estimate(lab: Lab, asked: Asked, other: dict[str, Any]) -> None:
    lab.apply(seeds={"select": 42})
    (stage,) = plan(lab.load(**other), lab.runs).stages
    assert "prompt sizes" in stage.estimate.basis
    assert stage.estimate.seconds is None
    (stage,) = plan(lab.load(), lab.runs).stages
    assert stage.estimate.seconds is not None


def test_what_is_begun_is_owed_and_partly_paid(lab: Lab, server: Server) -> None:
    models = {"base": server.entry(timeout_s=5.0)}
    server.answers = 10
    lab.apply(models=models)
    made = plan(lab.load(models=models), lab.runs)
    assert _counts(made) == [("select", 0, 0, 2)]
    fresh = plan(lab.load(models=models), lab.path / "elsewhere")
    assert made.stages[0].estimate.calls.high == fresh.stages[0].estimate.calls.high - 10


def test_what_is_missing_is_said_for_every_model(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_KEY", raising=False)
    models = {
        "base": {"engine": "openai", "model": "x", "base_url": "http://127.0.0.1:9/v1", "key_env": "SOME_KEY"},
        "specialist": {"engine": "opnai", "model": "x"},
    }
    key, engine = plan(lab.load(models=models), lab.runs).missing
    assert "SOME_KEY" in key
    assert "did you mean 'openai'" in engine


LATER = [
    ({"optimize": {}, "models": {"base": COUNTED, "meta": {"engine": "clod"}}}, "models/meta/engine: .*clod"),
    ({"train": {"recipe": "recipes/tiny.yaml"}}, "train: learns from episodes of the `train` seeds"),
    ({"parallel": {"backend": "ray"}}, "parallel/backend: this version does not play on ray"),
    ({"models": {"base": COUNTED, "specialist": {"adapter_of": "base"}}}, "loads no adapters"),
    ({"budget": {"usd": 1}}, "budget/usd: cannot be kept without prices"),
    ({"env": {"name": "crafter", "tasks": ["chess"]}}, "env/tasks/0: crafter has no task 'chess'"),
]


@pytest.mark.parametrize(("sections", "message"), LATER)
def test_what_cannot_be_done_is_refused_with_its_place(lab: Lab, sections: dict[str, object], message: str) -> None:
    loaded = lab.load(**sections)
    for use in (plan, lambda loaded, runs: lab.apply(**sections)):
        with pytest.raises(SpecError, match=r"experiment.yaml:1:\d+: .*" + message.replace("(", r"\(")):
            use(loaded, lab.runs)
    assert not lab.runs.exists()


def test_runs_are_listed_shown_found_and_removed(lab: Lab, asked: Asked) -> None:
    assert list_runs(lab.runs) == []
    lab.apply()
    (run,) = list_runs(lab.runs)
    assert (run.name, run.done, run.owed, run.locked_by, run.fault) == ("lab", 2, 0, "", "")
    assert run.size > 1000
    details = show_run("lab", lab.runs)
    first = details.episodes[0]
    for text in ("42", first.id, first.id[:10], first.row.key[:12]):
        assert find_episode("lab", text, lab.runs) == first
    with pytest.raises(RunError, match="several episodes match"):
        find_episode("lab", "crafter-4", lab.runs)
    with pytest.raises(RunError, match="no episode matches '7'"):
        find_episode("lab", "7", lab.runs)
    with pytest.raises(RunError, match="known: lab"):
        show_run("lob", lab.runs)
    remove_run("lab", lab.runs)
    assert list_runs(lab.runs) == []


def test_an_episode_is_found_in_the_version_applied_last(lab: Lab, asked: Asked) -> None:
    lab.apply(seeds={"select": 42})
    lab.scaffold.write_text(lab.scaffold.read_text().replace("max_files: 16", "max_files: 8"))
    lab.apply(seeds={"select": 42})
    assert find_episode("lab", "42", lab.runs).version == 1


def test_an_episode_is_found_and_counted_under_the_conditions_applied_last(lab: Lab, asked: Asked) -> None:
    for seeds, max_steps in (("42..44", 4), ("42", 6), ("42..44", 4)):
        lab.apply(max_steps=max_steps, seeds={"select": seeds})
        (run,) = list_runs(lab.runs)
        assert run.done == (3 if seeds == "42..44" else 1)
        assert find_episode("lab", "42", lab.runs).row.steps == max_steps


def test_a_run_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/run.db").write_bytes(b"nothing" * 200)
    (run,) = list_runs(tmp_path)
    assert "cannot be used" in run.fault


async def test_inside_an_event_loop_it_says_how_to_be_called(lab: Lab, asked: Asked) -> None:
    loaded = lab.load()
    for what in (plan, apply):
        with pytest.raises(AutoMemError, match=rf"asyncio\.to_thread\(automem\.{what.__name__}, loaded\)"):
            what(loaded, lab.runs)
    assert (await asyncio.to_thread(plan, loaded, lab.runs)).left == 2
    assert (await asyncio.to_thread(apply, loaded, lab.runs)).left == 0
