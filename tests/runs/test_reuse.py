"""What is played is kept, and what has changed is played anew."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from automem.agent.record import Role
from automem.api.report import run_report
from automem.envs import WORLDS
from automem.loops.apply import apply
from automem.runs.keys import Episode, call_seed, conditions_of, episode_key, model_identity, weights_hash
from automem.spec.experiment import EnvSection, ModelSection, Sampling
from automem.spec.load import load_experiment
from automem.traces.replay import verify

from .chat import Server
from .conftest import Asked
from .making import COUNTED, Lab, final_state


def test_the_same_again_plays_nothing(lab: Lab, asked: Asked) -> None:
    first = lab.apply()
    calls = asked()
    again = lab.apply()
    assert (first.exit_code, first.played, first.reused, first.left) == (0, 2, 0, 0)
    assert (again.exit_code, again.played, again.reused) == (0, 0, 2)
    assert "nothing left to do" in again.summary
    assert calls == sum(cost.calls for cost in first.costs) > 20
    assert asked() == calls
    assert [row.metrics for row in again.rows] == [row.metrics for row in first.rows]


def test_what_is_left_behind_can_be_replayed(lab: Lab, asked: Asked) -> None:
    lab.apply(max_steps=40)
    for recorded in lab.details().episodes:
        assert verify(lab.run.trace(recorded.id), lab.run.memory(recorded.id)) == []
        assert any(file.read_text() for file in lab.run.memory(recorded.id).iterdir())


def test_only_missing_seeds_are_played(lab: Lab, asked: Asked) -> None:
    lab.apply()
    more = lab.apply(seeds={"select": "42..44"})
    assert (more.played, more.reused) == (1, 2)
    assert [row.reused for row in more.rows] == [True, True, False]


def test_an_edited_scaffold_is_a_new_version(lab: Lab, asked: Asked) -> None:
    lab.apply(seeds={"select": 42})
    original = lab.scaffold.read_text()
    lab.scaffold.write_text(original + "\n# a remark\n")
    assert lab.apply(seeds={"select": 42}).reused == 1
    lab.scaffold.write_text(original.replace("max_files: 16", "max_files: 8"))
    edited = lab.apply(seeds={"select": 42})
    assert (edited.played, edited.reused) == (1, 0)
    lab.scaffold.write_text(original)
    assert lab.apply(seeds={"select": 42}).reused == 1
    first, second = lab.details().versions
    assert (first.number, first.parent, first.origin) == (0, None, "first")
    assert (second.number, second.parent, second.origin) == (1, 0, "edited")
    assert "max_files: 8" in lab.run.scaffold(1).read_text()
    assert lab.run.scaffold(0).read_text() != lab.run.scaffold(1).read_text()


def test_other_conditions_are_reported_apart(lab: Lab, asked: Asked) -> None:
    lab.apply(max_steps=4)
    assert lab.apply(max_steps=6).played == 2
    made = run_report("lab", lab.runs)
    assert [result.overall.steps.mean for result in made.results] == [4.0, 6.0]
    assert [words for _, words in _said(lab)] == ["max_steps=4, runs.counting:create crafter"] * 2 + [
        "max_steps=6, runs.counting:create crafter"
    ] * 2
    (comparison,) = made.comparisons
    assert (comparison.differs, comparison.difference.n) == ("conditions", 2)


def _said(lab: Lab) -> list[list[str]]:
    return [one.row.conditions.split(": ", 1) for one in lab.details().episodes]


def test_the_kept_experiment_has_the_same_conditions(lab: Lab, asked: Asked) -> None:
    before = lab.apply().rows
    assert [row.conditions for row in apply(load_experiment(lab.run.experiment), lab.runs).rows] == [
        row.conditions for row in before
    ]


def test_seeds_that_move_to_another_stage_are_filed_there(lab: Lab, asked: Asked) -> None:
    lab.apply(seeds={"select": "42..43"})
    moved = lab.apply(seeds={"select": 42, "report": 43})
    assert (moved.played, moved.reused) == (0, 2)
    assert [(one.row.seed, one.row.stage) for one in lab.details().episodes] == [(42, "select"), (43, "report")]
    assert [r.group.stage for r in run_report("lab", lab.runs).results] == ["select", "report"]


def test_a_finished_run_needs_no_server(lab: Lab, server: Server) -> None:
    models = {"base": server.entry()}
    lab.apply(models=models, seeds={"select": 42})
    elsewhere = {"base": {**models["base"], "base_url": "http://127.0.0.1:9/v1", "timeout_s": 1.0}}
    assert lab.apply(models=elsewhere, seeds={"select": 42}).exit_code == 0


def test_the_kept_experiment_plays_the_same_episodes(lab: Lab, asked: Asked) -> None:
    lab.apply()
    kept = load_experiment(lab.run.experiment)
    assert apply(kept, lab.runs).reused == 2


def test_the_report_stage_follows_a_complete_selection(lab: Lab, server: Server) -> None:
    sections = {"models": {"base": server.entry()}, "seeds": {"select": 42, "report": "142..143"}}
    server.answers = 5
    cut = lab.apply(**sections)
    assert {row.stage for row in cut.rows} == {"select"}
    assert (cut.exit_code, cut.left) == (3, 3)
    server.answers = None
    assert [row.stage for row in lab.apply(**sections).rows] == ["select", "report", "report"]


def test_who_is_asked_is_counted_by_role(lab: Lab, asked: Asked) -> None:
    specialist = {**COUNTED, "pause_s": 0.0}  # another model, as far as keys can tell
    alone, split = Lab(lab.path / "alone"), Lab(lab.path / "split")
    alone.apply(seeds={"select": 42})
    result = split.apply(seeds={"select": 42}, models={"base": COUNTED, "specialist": specialist})
    (episode,) = final_state(split.run).values()
    turns = [turn for step in episode["steps"] for turn in step.turns]
    by_role = {cost.model: cost.calls for cost in result.costs}
    assert by_role == {role: sum(turn.role == role for turn in turns) for role in ("base", "specialist")}
    assert {turn.role for turn in turns if turn.phase == "log"} == {"specialist"}
    assert by_role["base"] >= len(episode["steps"])
    assert list(final_state(alone.run)) != list(final_state(split.run))


CRAFTER = WORLDS.load("crafter").describe("crafter", {})
BASE = ModelSection(engine="openai", model="tiny", base_url="http://one/v1", key_env="A")
BOTH: dict[Role, ModelSection] = {"base": BASE, "specialist": BASE}
CHANGES: list[dict[str, Any]] = [
    {"scaffold_hash": "f" * 64},
    {"env": EnvSection(name="crafter", max_steps=7)},
    {"seed": 43},
    {"models": {"base": ModelSection(engine="openai", model="large"), "specialist": BASE}},
    {"models": {"base": BASE, "specialist": ModelSection(engine="openai", model="tiny", effort="low")}},
    {"sampling": Sampling(temperature=0.5)},
    {"info": replace(CRAFTER, version="another")},
]


def identities_of(models: dict[Role, ModelSection]) -> dict[Role, dict[str, Any]]:
    return {role: model_identity(model, models["base"]) for role, model in models.items()}


def key(models: dict[Role, ModelSection] | None = None, **changes: Any) -> str:
    env = EnvSection(name="crafter", max_steps=6)
    identities = identities_of(models or BOTH)
    given: dict[str, Any] = {
        "scaffold_hash": "0" * 64,
        "env": env,
        "info": WORLDS.load("crafter").describe("crafter", env.settings),
        "seed": 42,
        "models": identities,
        "sampling": Sampling(),
    }
    return episode_key(**{**given, **changes})


def test_whatever_determines_an_episode_is_in_its_key() -> None:
    keys = {key(), *(key(**change) for change in CHANGES)}
    assert len(keys) == len(CHANGES) + 1


def conditions(**changes: Any) -> str:
    identities = identities_of(changes.pop("models", BOTH))
    given = {"env": EnvSection(name="crafter", max_steps=6), "info": CRAFTER, "sampling": Sampling()}
    asked = {**given, "models": identities, **changes}
    return conditions_of(tasks=[asked.pop("info")], **asked)


def test_conditions_are_all_of_the_key_but_scaffold_task_and_seed() -> None:
    changes = [change for change in CHANGES if not change.keys() & {"scaffold_hash", "seed"}]
    found = {conditions(), *(conditions(**change) for change in changes)}
    assert len({said.partition(": ")[0] for said in found}) == len(changes) + 1
    assert conditions(sampling=Sampling(temperature=0.5)).endswith(": max_steps=6, openai tiny, temperature=0.5")
    assert conditions(sampling=Sampling(temperature=1.0)) == conditions()


def test_how_a_model_is_reached_is_not_in_the_key() -> None:
    moved = ModelSection(engine="openai", model="tiny", base_url="http://two/v1", key_env="B", retries=3)
    assert key(models={"base": moved, "specialist": moved}) == key()


def test_the_weights_of_an_adapter_are_in_the_key(tmp_path: Path) -> None:
    folder = tmp_path / "adapter"
    folder.mkdir()
    models: dict[Role, ModelSection] = {
        "base": BASE,
        "specialist": ModelSection(adapter_of="base", adapter=str(folder)),
    }
    found = set()
    for weights in (b"one", b"two"):
        (folder / "adapter.safetensors").write_bytes(weights)
        found.add(key(models=models))
        assert conditions(models=models).endswith(f" + adapter {weights_hash(folder)[:8]}")
    assert len(found) == 2
    untrained: dict[Role, ModelSection] = {"base": BASE, "specialist": ModelSection(adapter_of="base")}
    assert key(models=untrained) == key()


def test_where_an_adapter_was_made_is_not_in_the_key(tmp_path: Path) -> None:
    def made(name: str, base: str, rank: int) -> str:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": base, "r": rank}))
        (folder / "adapter_model.safetensors").write_bytes(b"weights")
        (folder / "README.md").write_text(base)
        return weights_hash(folder)

    assert made("here", "/here/model", 8) == made("there", "/there/model", 8) != made("other", "/here/model", 4)


@pytest.mark.parametrize("task", ["crafter", "MiniHack-Quest-Hard-v0", "a task/with: marks"])
def test_an_episode_has_a_name_fit_for_a_file(task: str) -> None:
    name = Episode("ab" * 32, "select", task, 7).id
    assert name.endswith("-7-abababab")
    assert not set(name) & set("/: ")


def test_call_seeds_differ_and_fit_into_31_bits() -> None:
    seeds = {call_seed("ab" * 32, index) for index in range(1000)}
    assert len(seeds) == 1000
    assert all(0 <= seed < 2**31 for seed in seeds)
