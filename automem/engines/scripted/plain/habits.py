"""How well a plain player minds its memory: good and bad habits, as rates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Habits:
    """How often a player does what it should; each rate is 0 to 1.

    Arguments:
        looks: looks a fact or place up before it writes it.
        notes: records a place when something of use comes into view.
        records: records an achievement.
        recalls: asks memory when the answer can matter for the next action.
        repeats: writes a place again although the look has shown it.
    """

    looks: float = 1.0
    notes: float = 0.3
    records: float = 1.0
    recalls: float = 1.0
    repeats: float = 0.0


CAREFUL = Habits()
HASTY = Habits(looks=0.15, notes=0.6, repeats=0.7)
"""Writes before it looks, and the same again."""
FORGETFUL = Habits(looks=0.6, notes=0.12, records=0.7, recalls=0.7)
"""Neither records nor recalls all it should."""
