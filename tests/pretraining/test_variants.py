from __future__ import annotations

import random

import pytest

from automem.agent.agent import Agent
from automem.engines.scripted import plain
from automem.engines.scripted.prompt import read_page
from automem.envs import WORLDS
from automem.pretraining.collect import Lesson, play
from automem.pretraining.variants import CHANGES, V0_CHANGES, rename_ops, scaffold_of, vary
from automem.spec.source import parse_document
from pretraining.shipped import shipped_data

BASE = shipped_data("crafter/compact.yaml")
INFO = WORLDS.load("crafter").describe("crafter", {})


def test_every_variant_is_a_scaffold_that_fits_its_world() -> None:
    hashes = set()
    for seed in range(40):
        variant = vary(BASE, random.Random(seed))
        Agent(variant, INFO).rehearse()
        hashes.add(variant.hash)
    assert len(hashes) == 40


def test_every_change_makes_another_prompt_or_another_rule() -> None:
    plain = scaffold_of(BASE).hash
    for change, _ in CHANGES:
        found = set()
        for seed in range(6):
            data = shipped_data("crafter/compact.yaml")
            change(data, random.Random(seed))
            found.add(scaffold_of(data).hash)
        assert found - {plain}, change.__name__


@pytest.mark.parametrize("seed", range(5))
def test_a_player_knows_commands_of_other_names_by_what_they_do(seed: int) -> None:
    variant = vary(shipped_data("crafter/v0.yaml"), random.Random(seed), ((rename_ops, 1.0), *V0_CHANGES[:2]))
    talks = play(Lesson(lambda: variant, "crafter", "crafter", 20_000, 3, plain.play))
    offered = {c.tag: c.verb for talk in talks for c in read_page(talk.messages[:1]).commands}
    ops = parse_document(variant.text, "variant.yaml").plain()["ops"]
    assert offered == {tag: rule["verb"] for tag, rule in ops.items()}
    assert not {"READ", "SEARCH", "APPEND", "ACTION"} <= offered.keys()


def test_chance_comes_from_the_seed_alone() -> None:
    assert vary(BASE, random.Random(7)).text == vary(BASE, random.Random(7)).text
