"""Loop 2 where something goes wrong in a trial: owed episodes, failing trainings, adapters that have changed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from automem.agent.record import Said
from automem.errors import EXIT_DONE, EXIT_INCOMPLETE, EngineRefused, EnvironmentFailure, RunError
from automem.loops.proficiency.example import Lesson
from automem.loops.proficiency.job import Job, Point, Trained
from automem.loops.proficiency.lessons import lesson_of
from automem.loops.proficiency.training import TrainingFailed
from automem.runs.play import Table

from .bench import Bench, recipe
from .noted import HABIT, Player, teach

ONE = {"trials": 1}
Teach = Callable[..., Any]


@pytest.fixture
def teacher(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[[Teach], None]:
    """Puts another training in the place of the bench's."""
    return lambda found: monkeypatch.setattr("automem.loops.proficiency.fitting.train", found)


async def fail(job: Job, progress: Any) -> Trained:
    raise TrainingFailed("out of memory")


def test_a_trial_that_owes_an_episode_waits_and_is_judged_later(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    play_world = Table._play_world

    async def play(self: Table, episode: Any, *rest: Any) -> None:
        if self.lineup.adapter and episode.seed == 3:
            raise EnvironmentFailure("the world's process is gone")
        await play_world(self, episode, *rest)

    monkeypatch.setattr(Table, "_play_world", play)
    result = bench.apply(ONE)
    assert (result.exit_code, len(result.owed), bench.trials()[0].status) == (EXIT_INCOMPLETE, 1, "playing")
    monkeypatch.setattr(Table, "_play_world", play_world)
    assert bench.apply(ONE).exit_code == EXIT_DONE
    assert bench.trials()[0].effects["progression"].pairs == 4


def test_a_training_that_fails_stops_the_apply_and_is_tried_once_more(
    bench: Bench, teacher: Callable[[Teach], None]
) -> None:
    teacher(fail)
    with pytest.raises(TrainingFailed, match="out of memory"):
        bench.apply(ONE)
    assert bench.trials()[0].status == "training"
    teacher(teach)
    assert bench.apply(ONE).exit_code == EXIT_DONE
    assert bench.trials()[0].status == "passed"


def test_a_training_that_fails_twice_is_given_up(bench: Bench, teacher: Callable[[Teach], None]) -> None:
    teacher(fail)
    with pytest.raises(TrainingFailed):
        bench.apply(ONE)
    assert bench.apply(ONE).exit_code == EXIT_DONE
    (trial,) = bench.trials()
    assert (trial.status, trial.why) == ("refused", "out of memory")


def test_a_training_that_diverges_is_refused(bench: Bench, teacher: Callable[[Teach], None]) -> None:
    async def diverge(job: Job, progress: Any) -> Trained:
        return replace(await teach(job), loss=math.nan)

    teacher(diverge)
    bench.apply(ONE)
    (trial,) = bench.trials()
    assert (trial.status, trial.weights) == ("refused", "")
    assert "diverged" in trial.why


def test_the_budget_ends_a_training_and_a_larger_one_goes_on(bench: Bench, teacher: Callable[[Teach], None]) -> None:
    async def slow(job: Job, progress: Callable[[Point], None]) -> Trained:
        (job.folder / "begun").touch()
        while True:
            progress(Point(step=1, of=9, epoch=0.1, seconds=0.1, tokens=1, loss=1.0))

    teacher(slow)
    stopped = bench.apply(ONE, budget={"hours": 0.004})
    assert "the budget is reached" in stopped.stopped
    assert stopped.pending == "loop 2 goes on with trial 1 of 1 (t1 is training)"
    teacher(teach)
    assert bench.apply(ONE).exit_code == EXIT_DONE


def test_what_no_trace_says_is_not_trained_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def embellished(*given: Any) -> Any:
        lesson = lesson_of(*given)
        assert isinstance(lesson, Lesson)
        return replace(lesson, messages=(*lesson.messages[:-1], Said("assistant", "a word of our own")))

    monkeypatch.setattr("automem.loops.proficiency.preparing.lesson_of", embellished)
    bench.apply(ONE)
    (trial,) = bench.trials()
    assert trial.status == "refused"
    assert "'a word of our own'" in trial.why


def test_an_adapter_that_changes_nothing_is_not_played(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    class Same(Player):
        async def check(self) -> None:
            raise EngineRefused("the adapter changes nothing")

    monkeypatch.setattr(Player, "adapted", lambda self, adapter: Same())
    result = bench.apply(ONE)
    assert bench.trials()[0].why == "the adapter changes nothing"
    assert "there is no specialist" in result.training


def test_an_adapter_that_is_not_what_was_trained_is_not_played(bench: Bench) -> None:
    seeds = {"select": "1..4", "train": "201..203"}
    bench.apply(ONE, seeds=seeds)
    (bench.run.adapter(1) / HABIT).write_text("0.0")
    with pytest.raises(RunError, match="is not the adapter that was trained there"):
        bench.apply(ONE)


def test_select_seeds_that_come_later_are_played_by_the_specialist_too(bench: Bench) -> None:
    bench.apply(ONE)
    more = bench.apply(ONE, seeds={"select": "1..5", "report": "101..102", "train": "201..203"})
    assert (more.exit_code, more.played, more.left) == (EXIT_DONE, 2, 0)


def test_a_recipe_without_examples_is_refused_with_the_counts(bench: Bench) -> None:
    bench.recipe(recipe({"keep": {"none": {"when": "searches > 9"}}}))
    bench.apply(ONE)
    (trial,) = bench.trials()
    assert (trial.status, trial.counts["chosen"]) == ("refused", 0)
    assert "keep/none" in trial.why
