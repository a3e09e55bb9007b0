"""Servers that die, worlds that crash, signals and limits: nothing is lost, nothing is paid for twice."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from automem.envs import WORLDS
from automem.errors import EngineRefused, EngineUnavailable, SpecError
from automem.library import shipped
from automem.loops.apply import apply
from automem.runs import Progress, RunLocked, remove_run
from automem.runs.journal import recorded_calls
from automem.runs.keys import Episode
from automem.runs.lock import holder

from .chat import Server, serving
from .conftest import Asked
from .fragile import FragileWorld
from .killing import assert_tidy, spawn
from .making import COUNTED, Lab, final_state

Undisturbed = tuple[dict[str, object], int]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """What a run on a sound server ends with, and how many calls it takes."""
    calm = Lab(tmp_path_factory.mktemp("calm"))
    with serving() as server:
        calm.apply(models={"base": server.entry()})
        return final_state(calm.run), server.answered


def test_a_server_that_dies_leaves_episodes_owed(lab: Lab, server: Server, undisturbed: Undisturbed) -> None:
    expected, calls = undisturbed
    server.answers = calls // 2
    cut = lab.apply(models={"base": server.entry()})
    assert cut.exit_code == 3
    assert len(cut.owed) == cut.left > 0
    assert all("out of order" in row.error and row.progression is None for row in cut.owed)
    server.answers = None
    whole = lab.apply(models={"base": server.entry()})
    assert (whole.exit_code, whole.left, whole.owed) == (0, 0, ())
    assert server.answered == calls
    assert sum(cost.calls for cost in lab.details().spent.values()) == calls
    assert final_state(lab.run) == expected
    assert_tidy(lab)


def test_a_server_that_is_gone_is_not_asked_for_every_episode(lab: Lab, server: Server) -> None:
    sections = {"models": {"base": server.entry()}, "seeds": {"select": "42..49"}}
    server.answers, server.gone = 4, True
    cut = lab.apply(**sections)
    assert 1 <= len(cut.owed) <= 2
    assert (cut.exit_code, cut.left) == (3, 8)
    assert "out of order" in cut.stopped
    assert len(server.asked) <= 4 + 4


def test_a_server_that_refuses_stops_the_run(lab: Lab, server: Server, undisturbed: Undisturbed) -> None:
    expected, calls = undisturbed
    server.answers, server.failure = calls // 3, 401
    with pytest.raises(EngineRefused, match="key"):
        lab.apply(models={"base": server.entry()})
    assert lab.details().applies[-1].outcome == "failed"
    server.answers = None
    assert lab.apply(models={"base": server.entry()}).exit_code == 0
    assert server.answered == calls
    assert final_state(lab.run) == expected


def test_an_absent_server_is_found_before_anything_is_played(lab: Lab, server: Server) -> None:
    absent = {"base": server.entry(base_url="http://127.0.0.1:9/v1")}
    with pytest.raises(EngineUnavailable):
        lab.apply(models=absent)
    assert list(lab.run.traces.iterdir()) == []
    assert lab.details().episodes == ()


def test_a_budget_of_calls_is_kept_to_the_call(lab: Lab, server: Server, undisturbed: Undisturbed) -> None:
    expected, calls = undisturbed
    models = {"base": server.entry()}
    for limit in (calls // 3, calls // 2):
        cut = lab.apply(models=models, budget={"calls": limit})
        assert cut.exit_code == 3
        assert "calls" in cut.stopped
        assert server.answered == limit
    assert lab.apply(models=models, budget={"calls": calls}).exit_code == 0
    assert server.answered == calls
    assert final_state(lab.run) == expected
    assert [one.outcome for one in lab.details().applies] == ["incomplete", "incomplete", "done"]


@pytest.mark.parametrize(("limit", "amount"), [("tokens", 20_000), ("usd", 0.02)])
def test_a_budget_of_tokens_or_money_is_kept(lab: Lab, server: Server, limit: str, amount: float) -> None:
    models = {"base": server.entry(prices={"input": 1.0, "output": 2.0})}
    cut = lab.apply(models=models, budget={limit: amount}, max_steps=100)
    assert cut.exit_code == 3
    assert limit in cut.stopped
    spent = sum(
        call.answer.input_tokens * 1e-6 + call.answer.output_tokens * 2e-6
        if limit == "usd"
        else call.answer.input_tokens + call.answer.output_tokens
        for journal in lab.run.traces.glob("*.calls")
        for call in recorded_calls(journal)
    )
    assert 0.9 * amount < spent < 1.05 * amount


def test_answers_to_other_questions_are_thrown_away(lab: Lab, server: Server, undisturbed: Undisturbed) -> None:
    expected, calls = undisturbed
    server.answers = calls // 3
    lab.apply(models={"base": server.entry()}, parallel={"episodes": 1})
    (journal,) = [path for path in lab.run.traces.glob("*.calls") if len(path.read_bytes().splitlines()) > 2]
    head, _, *rest = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([head, *rest]))  # as if the first question had been another
    server.answers = None
    assert lab.apply(models={"base": server.entry()}).exit_code == 0
    assert lab.events("journal dropped") == [journal.stem]
    assert server.answered == calls + len(rest) + 1
    assert sum(cost.calls for cost in lab.details().spent.values()) == calls + len(rest)
    assert final_state(lab.run) == expected


PLAYED = ("crafter", "nethack")
for name in PLAYED:
    WORLDS.add(f"fragile-{name}", FragileWorld(name))


@pytest.mark.parametrize("deaths", [1, 2])
@pytest.mark.parametrize("game", PLAYED)
def test_a_game_that_is_killed_is_tried_once_more(
    lab: Lab, asked: Asked, tmp_path: Path, game: str, deaths: int
) -> None:
    scaffold = (shipped("specs") / game / "v0.yaml").read_text()
    lab.scaffold.write_text(scaffold.replace(f"env: {game}", f"env: fragile-{game}"))
    fuse = tmp_path / "fuse"
    asks = {
        "env": {"name": f"fragile-{game}", "max_steps": 6, "fuse": str(fuse)},
        "models": {"base": {**COUNTED, "model": game}},
    }
    lab.apply(**asks)
    expected, calls = final_state(lab.run), asked()
    other = Lab(tmp_path / "other")
    other.scaffold.write_text(lab.scaffold.read_text())
    fuse.write_text("43 " * deaths)
    result = other.apply(**asks)
    assert len(other.events("retried")) == 1
    assert (result.left, result.exit_code) == ((0, 0) if deaths == 1 else (1, 3))
    if deaths == 2:
        assert "signal 9" in result.owed[0].error
        assert other.apply(**asks).exit_code == 0
    assert final_state(other.run) == expected
    assert asked() == 2 * calls


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_cleanly(lab: Lab, asked: Asked, number: signal.Signals) -> None:
    slow = {"models": {"base": {**COUNTED, "pause_s": 0.2}}, "seeds": {"select": 42}}
    child = spawn(lab, asked.file, **slow)
    _wait_for(lambda: asked() > 1)
    with pytest.raises(RunLocked, match=f"process {child.pid} on"):
        lab.apply(**slow)
    with pytest.raises(RunLocked):
        remove_run("lab", lab.runs)
    child.send_signal(number)
    child.communicate()
    assert child.returncode == 130
    assert holder(lab.run.lock) == ""
    assert lab.details().applies[-1].outcome == "interrupted"
    assert [path.suffix for path in lab.run.traces.iterdir()] == [".calls"]
    remove_run("lab", lab.runs)
    assert not lab.run.path.exists()


def _wait_for(condition: object) -> None:
    deadline = time.monotonic() + 30
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Recorder(Progress):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.finished: list[str] = []
        self.stages: list[tuple[str, int, int]] = []

    def stage_started(self, stage: str, episodes: int, reused: int) -> None:
        self.stages.append((stage, episodes, reused))

    def step(self, episode: Episode, number: int, progression: float) -> None:
        self.steps.append(number)

    def episode_finished(self, episode: Episode, row: object) -> None:
        self.finished.append(episode.id)


def test_progress_is_told(lab: Lab, asked: Asked) -> None:
    lab.apply(seeds={"select": 42})
    heard = Recorder()
    apply(lab.load(seeds={"select": "42..43"}), lab.runs, heard)
    assert heard.stages == [("select", 2, 1)]
    assert heard.steps == [1, 2, 3, 4, 5, 6]
    assert len(heard.finished) == 1


def test_what_validate_refuses_is_not_played(lab: Lab) -> None:
    text = lab.scaffold.read_text()
    lab.scaffold.write_text(text.replace("normalise: [casefold]", "normalise: [casefold, {alias: {up: Move Nort}}]"))
    with pytest.raises(SpecError, match=r"actions/normalise/1/alias/up: 'Move Nort' is no action"):
        lab.apply()
    assert not lab.run.path.exists()


def test_a_rule_that_fails_in_play_is_told_with_its_line(lab: Lab, asked: Asked) -> None:
    text = lab.scaffold.read_text().replace(
        "notices:\n", "notices:\n  late: {rules: {three: {when: step == 3, say: '{{ obs.faced + 1 }}'}}}\n"
    )
    text = text.replace(
        "      here:      {template", '      late:      {text: "{{ notices.late }}"}\n      here:      {template', 1
    )
    lab.scaffold.write_text(text)
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "late: {rules" in one)
    with pytest.raises(SpecError, match=rf"scaffold.yaml:{line}:\d+: notices/late/rules/three/say: "):
        lab.apply()
