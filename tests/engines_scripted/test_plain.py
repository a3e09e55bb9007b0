from __future__ import annotations

from dataclasses import replace

import pytest
from pretraining.shipped import shipped_data

from automem.engines.scripted import plain
from automem.engines.scripted.plain.habits import CAREFUL, HASTY, Habits
from automem.pretraining.collect import Lesson, play
from automem.pretraining.talk import Talk
from automem.pretraining.variants import Data, scaffold_of

BLANK = {"read.ok": "{{ file }}: nothing is known", "search.ok": "{{ file }}: nothing is known"}


def talks(habits: Habits = CAREFUL, seeds: range = range(9000, 9002), steps: int = 80, **changes: object) -> list[Talk]:
    data: Data = shipped_data("crafter/compact.yaml") | changes
    scaffold = scaffold_of(data)
    player = replace(plain.play, habits=habits)
    lessons = [Lesson(lambda: scaffold, "crafter", "crafter", seed, steps, player) for seed in seeds]
    return [talk for lesson in lessons for talk in play(lesson)]


def answers(found: list[Talk]) -> list[str]:
    return [message.text for talk in found for message in talk.messages if message.speaker == "assistant"]


@pytest.fixture(scope="module")
def careful() -> list[str]:
    return answers(talks())


def test_it_records_what_the_last_step_achieved_and_where_things_are(careful: list[str]) -> None:
    told = "\n".join(careful)
    assert "<|APPEND|>progress.md|collect wood<|END|>" in told
    assert "<|MAP|>here|" in told


def test_it_looks_before_it_writes_where_it_is_careful(careful: list[str]) -> None:
    hasty = answers(talks(HASTY))
    share = [sum("Look before" in text for text in found) / len(found) for found in (careful, hasty)]
    assert share[0] > 2 * share[1]


def test_what_memory_answers_changes_what_it_does() -> None:
    seeds = range(9006, 9016)
    plain, blank = (talks(seeds=seeds, steps=200, **changes) for changes in ({}, {"replies": BLANK}))
    made = [sum("Make Wood Pickaxe" in text for text in answers(found)) for found in (plain, blank)]
    assert made[0] > made[1]


def test_it_says_that_it_has_recalled_enough_where_that_is_offered(careful: list[str]) -> None:
    data = shipped_data("crafter/compact.yaml")
    del data["ops"]["READY"]
    assert any("<|READY|>" in text for text in careful)
    assert not any("<|READY|>" in text for text in answers(talks(ops=data["ops"])))
