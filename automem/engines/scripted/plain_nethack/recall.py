"""What the answers of memory say of the level, and of the whole game."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from automem.engines.scripted.prompt import Page

LOCKED, STUCK, SEARCHED, PEACEFUL, PRAYED = "locked", "stuck", "searched", "peaceful", "prayed"
"""The words by which notes are found again."""

_PLACE = re.compile(r"\b(\d{1,2},\d{1,2})[|:]? ?Dlvl (\d{1,2}) (\w+)")
_PEACEFUL = re.compile(rf"^\W*{PEACEFUL} ([^\n\[(]+?)\W*$", re.MULTILINE)
_PRAYED = re.compile(rf"^\W*{PRAYED}\b", re.MULTILINE)


@dataclass(frozen=True)
class Recall:
    """Notes read back.

    Arguments:
        places: place and what was noted of it on this level, the oldest note first.
        peaceful: names of creatures that are not to be attacked.
        prayed: whether a god was prayed to.
        lines: every line that was answered, stripped.
    """

    places: tuple[tuple[str, str], ...]
    peaceful: frozenset[str]
    prayed: bool
    lines: frozenset[str]

    def knows(self, place: str, kinds: Collection[str]) -> bool:
        """Whether something of these kinds was noted of a place of this level."""
        return any(noted == place and what in kinds for noted, what in self.places)

    def noted(self, place: str) -> str:
        """What was noted of a place last; empty for nothing."""
        return next((what for noted, what in reversed(self.places) if noted == place), "")

    def age(self, place: str) -> int:
        """Where a place stands among the notes, the oldest first; behind all where it is in none."""
        return next((at for at, (noted, _) in enumerate(self.places) if noted == place), len(self.places))


def read_recall(page: Page, level: str) -> Recall:
    """What was answered to this prompt, and what of memory the prompt shows itself."""
    text = "\n".join((*page.results, page.text))
    return Recall(
        tuple((place, what) for place, number, what in _PLACE.findall(text) if number == level),
        frozenset(_PEACEFUL.findall(text)),
        _PRAYED.search(text) is not None,
        frozenset(line.strip() for line in text.splitlines()),
    )
