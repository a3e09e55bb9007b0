from __future__ import annotations

import random

from automem.agent.agent import Agent
from automem.envs import WORLDS
from automem.pretraining.variants import CHANGES, scaffold_of, vary
from pretraining.shipped import shipped_data

BASE = shipped_data("crafter/compact.yaml")
INFO = WORLDS.load("crafter").describe("crafter", {})


def test_every_variant_is_a_scaffold_that_fits_its_world() -> None:
    hashes = set()
    for seed in range(16):
        variant = vary(BASE, random.Random(seed))
        Agent(variant, INFO).rehearse()
        hashes.add(variant.hash)
    assert len(hashes) == 16


def test_every_change_makes_another_prompt_or_another_rule() -> None:
    plain = scaffold_of(BASE).hash
    for change, _ in CHANGES:
        found = set()
        for seed in range(6):
            data = shipped_data("crafter/compact.yaml")
            change(data, random.Random(seed))
            found.add(scaffold_of(data).hash)
        assert found - {plain}, change.__name__


def test_chance_comes_from_the_seed_alone() -> None:
    assert vary(BASE, random.Random(7)).text == vary(BASE, random.Random(7)).text
