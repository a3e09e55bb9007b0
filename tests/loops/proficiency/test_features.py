"""What is told of every LOG and PLAN conversation: its messages, and its features."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from automem.api.read import audit_memory
from automem.errors import RunError
from automem.loops.proficiency.example import Example
from automem.loops.proficiency.examples import Examples, examples_of
from automem.loops.proficiency.features import FEATURES, SAMPLES
from automem.loops.proficiency.sequel import NEVER
from automem.runs import RunFolder
from automem.runs.store import Store

from . import told
from .real import RUNS, played


def pool(run: RunFolder) -> Examples:
    with Store.read(run.database) as store:
        return examples_of(run, store.episodes())


def by_place(run: RunFolder) -> dict[tuple[int, str], Example]:
    return {(one.step, one.phase): one for one in pool(run)}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return told.play(tmp_path_factory.mktemp("told") / "lab")


EXPECTED: dict[tuple[int, str], dict[str, Any]] = {
    (1, "plan"): {"ops": 0, "turns": 1, "recalled": False, "committed": True, "progress_in": 3, "position": 0.0},
    (2, "log"): {
        "writes": 1, "stored": 1, "looked": False, "ended": True, "pattern": "APPEND DONE", "left": 4,
        "lines": 1, "reused": 1, "useful_in": 1, "useful": True, "progress_in": 2, "reached": 0.0,
    },
    (3, "log"): {
        "searches": 1, "hits": 1, "vain": 0, "looked": True, "recalled": True, "turns": 2, "position": 0.4,
        "pattern": "SEARCH / APPEND DONE", "reused": 1, "useful_in": 1, "progress_in": 1,
    },
    (3, "plan"): {"searches": 1, "hits": 1, "recalled": True, "pattern": "SEARCH / ACTION", "progress_in": 1},
    (4, "log"): {  # what it looked for in the same answer it could not know yet
        "searches": 1, "hits": 0, "vain": 1, "writes": 1, "redundant": 1, "stored": 0, "looked": False,
        "recalled": False, "lines": 0, "reused": 0, "reached": 1 / 6, "progress_in": 3,
    },
    (4, "plan"): {"malformed": 1, "denied": 1, "turns": 3, "pattern": "DANCE / APPEND / ACTION", "ops": 2},
    (5, "log"): {  # the guard's refusal is no write; the last turn ran out without DONE
        "rejected": 1, "writes": 1, "stored": 1, "ended": False, "lines": 2, "reused": 0, "useful_in": NEVER,
        "useful": False, "looked": False,
    },
    (5, "plan"): {"reads": 1, "recalled": False, "turns": 1, "vain": 0, "left": 1},
    (6, "log"): {"ops": 0, "ended": True, "looked": True, "pattern": "DONE"},
    (6, "plan"): {"reads": 1, "vain": 1, "recalled": False, "progress_in": 1, "position": 1.0, "left": 0},
}  # fmt: skip


@pytest.mark.parametrize("place", EXPECTED, ids=str)
def test_features_say_what_was_played(run: RunFolder, place: tuple[int, str]) -> None:
    found = by_place(run)[place].features
    assert {name: found[name] for name in EXPECTED[place]} == EXPECTED[place]


def test_every_example_has_every_feature_and_no_other(run: RunFolder) -> None:
    examples = list(pool(run))
    assert len(examples) == 2 * told.STEPS - 1
    for features in (*(one.features for one in examples), *SAMPLES.values()):
        assert set(features) == set(FEATURES)


def test_messages_are_the_last_request_and_its_answer(run: RunFolder, tmp_path: Path) -> None:
    for number, conversation in enumerate(("per_phase", "per_step")):
        again = told.play(tmp_path / str(number), conversation)
        asked = {tuple(message.text for message in request.messages) for request in told.Told.asked}
        for one in pool(again):
            assert tuple(said.text for said in one.messages[:-1]) in asked
            assert [said.speaker for said in one.messages] == ["user", "assistant"] * (len(one.messages) // 2)


def test_in_one_conversation_a_step_logs_words_are_given_to_plan(tmp_path: Path) -> None:
    found = by_place(told.play(tmp_path / "lab", "per_step"))
    log, plan = found[3, "log"], found[3, "plan"]
    assert plan.messages[: plan.given] == log.messages
    assert "PHASE PLAN of step 3" in plan.messages[plan.given].text
    assert (found[1, "plan"].given, log.given) == (0, 0)


def test_of_two_models_only_the_specialists_words_are_taken(tmp_path: Path) -> None:
    found = by_place(told.play(tmp_path / "lab", specialist=True))
    plan = found[3, "plan"]
    assert plan.messages[1].text == "<|SEARCH|>log.md|two<|END|>"
    assert plan.messages[-1].text.startswith("<|ACTION|>"), "as it was written, though it was withdrawn in play"
    assert plan.features["pattern"] == "SEARCH / ACTION"
    assert all(op.role == "specialist" for one in found.values() for op in one.ops)


def test_the_best_episode_of_a_task_has_rank_nought() -> None:
    examples = pool(played("minihack"))
    for task in {one.task for one in examples.standings.values()}:
        ranked = sorted((one for one in examples.standings.values() if one.task == task), key=lambda one: one.rank)
        assert [one.rank for one in ranked] == pytest.approx([at / (len(ranked) - 1) for at in range(len(ranked))])
        assert [one.progression for one in ranked] == sorted((one.progression for one in ranked), reverse=True)


@pytest.mark.parametrize("name", RUNS)
def test_sums_over_real_play_are_the_metrics_of_its_episodes(name: str) -> None:
    """Metrics are counted by other code from the same records."""
    run = played(name)
    with Store.read(run.database) as store:
        rows = {one.id: one.row.metrics for one in store.episodes()}
    for episode, metrics in rows.items():
        found = [one.features for one in pool(run).within({episode})]
        log = [one for one in found if one["phase"] == "log"]

        def total(name: str, among: Any = found) -> float:
            return sum(one[name] for one in among)

        shares = {
            "writes_per_search": (total("writes", log), total("searches", log)),
            "redundant_write_rate": (total("redundant"), total("writes")),
            "empty_search_rate": (total("searches") - total("hits"), total("searches")),
            "fallback_rate": (total("fallback") - total("fallback", log), len(found) - len(log)),
            "turns.log": (total("turns", log), len(log)),
            "ops.log": (total("ops", log), len(log)),
        }
        for metric, (part, whole) in shares.items():
            expected = metrics[metric]
            assert (part / whole if whole else None) == (None if expected is None else pytest.approx(expected)), metric
        assert max(one["progression"] for one in found) == metrics["progression"]


def test_episodes_are_read_one_after_the_other(tmp_path: Path) -> None:
    run = RunFolder(Path(shutil.copytree(played("compact").path, tmp_path / "compact")))
    with Store.read(run.database) as store:
        first, second, *_ = store.episodes()
    run.trace(second.id).unlink()
    found: list[str] = []
    with pytest.raises(RunError, match="no trace is there"):
        found.extend(one.episode for one in examples_of(run, [first, second]))
    assert set(found) == {first.id}


def test_what_is_read_again_was_not_unseen() -> None:
    """In real play, by the audit of memory, which knows lines that no later read showed."""
    run = played("compact")
    for one in audit_memory(run.name, run.path.parent):
        unseen = sum(map(len, one.unseen.values()))
        mine = [example.features for example in pool(run) if example.episode.endswith(one.key[:8])]
        assert sum(int(found["reused"]) for found in mine) > 0
        assert sum(int(found["lines"]) - int(found["reused"]) for found in mine) >= unseen
