from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from automem.agent.agent import Agent
from automem.engines.scripted import plain_nethack
from automem.envs import WORLDS
from automem.pretraining.collect import Lesson, play
from automem.pretraining.variants import Change, Changes, scaffold_of, vary
from automem.pretraining.variants_nethack import CHANGES, TRACED_CHANGES
from automem.spec.resolve import ResolvedScaffold
from pretraining.shipped import shipped_data

CASES = [
    ("minihack/compact.yaml", "MazeWalk-9x9", CHANGES),
    ("minihack/traced.yaml", "MazeWalk-9x9", TRACED_CHANGES),
    ("nethack/compact.yaml", "NetHackChallenge", CHANGES),
]


@pytest.mark.parametrize(("name", "task", "changes"), CASES)
def test_every_variant_is_a_scaffold_that_fits_its_world(name: str, task: str, changes: Changes) -> None:
    base = shipped_data(name)
    info = WORLDS.load(base["env"]).describe(task, {})
    variants = [vary(base, random.Random(seed), changes) for seed in range(6)]
    for variant in variants:
        Agent(variant, info).rehearse()
    assert len({variant.hash for variant in variants}) == 6


def changed(name: str, change: Change, seed: int) -> str:
    data = shipped_data(name)
    change(data, random.Random(seed))
    return scaffold_of(data).hash


@pytest.mark.parametrize(("name", "task", "changes"), CASES)
def test_every_change_makes_another_prompt_or_another_rule(name: str, task: str, changes: Changes) -> None:
    plain = scaffold_of(shipped_data(name)).hash
    for change, _ in changes:
        made = (changed(name, change, seed) for seed in range(8))
        assert any(other != plain for other in made), change


@dataclass(frozen=True)
class Made:
    scaffold: ResolvedScaffold

    def __call__(self) -> ResolvedScaffold:
        return self.scaffold


@pytest.mark.parametrize(("name", "task", "changes"), CASES[:2])
def test_the_teacher_plays_whatever_variant(name: str, task: str, changes: Changes) -> None:
    for seed in range(20_000, 20_003):
        scaffold = vary(shipped_data(name), random.Random(seed), changes)
        commit = next(tag for tag, rule in scaffold.data["ops"].items() if rule["verb"] == "commit")
        talks = play(Lesson(Made(scaffold), "minihack", task, seed, 60, plain_nethack.play))
        answers = [message.text for talk in talks for message in talk.messages if message.speaker == "assistant"]
        acted = [text for text in answers if f"<|{commit}|>" in text]
        assert 0 < len(acted) < 60, seed  # solved before the end
