"""Faults of attention: what the player does not recall, and what it does not take in of what it recalls."""

from __future__ import annotations

from dataclasses import replace

from automem.engines.scripted.novice.chance import Chance
from automem.engines.scripted.prompt import Page

FORGETS = 0.5
"""How often planning does not recall what it should. Text that the prompt shows by itself needs no recall."""
TAKEN_IN = 24
"""Lines that are taken in of an answer of memory, the last ones. Files without repetition say more in as many."""


def forgets_to_recall(chance: Chance) -> bool:
    """Whether memory is not asked this time."""
    return chance.falls("forget to recall", FORGETS)


def skim(page: Page) -> Page:
    """The page with no more of each answer than the player takes in."""
    return replace(page, results=tuple("\n".join(text.split("\n")[-TAKEN_IN:]) for text in page.results))
