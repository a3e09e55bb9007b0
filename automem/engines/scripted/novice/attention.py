"""A fault of attention: what the player does not recall."""

from __future__ import annotations

from automem.engines.scripted.novice.chance import Chance

FORGETS = 0.5
"""How often planning does not recall what it should. Text that the prompt shows by itself needs no recall."""


def forgets_to_recall(chance: Chance) -> bool:
    """Whether memory is not asked this time."""
    return chance.falls("forget to recall", FORGETS)
