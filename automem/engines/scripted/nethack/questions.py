"""What the player answers when the game asks: a direction, yes or no, or nothing at all."""

from __future__ import annotations

import re

from automem.engines.scripted.nethack.level import Level
from automem.engines.scripted.nethack.paths import direction_of
from automem.engines.scripted.nethack.screen import DIRECTIONS
from automem.engines.scripted.nethack.situation import Choice, Situation

_WHICH_FOOD = re.compile(r"want to eat\? \[\$?([a-zA-Z])")
_COUNT = re.compile(r"\bCount: \d+\s*$")
_PAGE = re.compile(r"--More--|\(end\)|\(\d+ of \d+\)")
_QUESTION = re.compile(r"\[[^\]]*\]|\?\s*$|:\s*$|\?\s*\([^)]*\)\s*$")


def answer(s: Situation) -> Choice | None:
    """What to answer the game; None when it asks nothing."""
    level = s.level
    said = level.screen.message
    if _COUNT.search(said):
        return Choice(("search", "s"), "search as often as was counted", sure=True)
    if _PAGE.search(said) or "--Mor" in "".join(level.screen.rows[:1]):
        return Choice(("more", "esc"), "leave the page", sure=True)
    if "In what direction" in said:
        return Choice((*_to_a_door(level), "esc"), "the door", sure=True)
    if "want to pray" in said:
        return Choice(("y", "esc"), "yes, pray", sure=True)
    if food := _WHICH_FOOD.search(said):
        return Choice((food[1], "esc"), "the first of what can be eaten", sure=True)
    if level.screen.asking and _QUESTION.search(said):
        return Choice(("esc", "n"), "no", sure=True)
    return None


def _to_a_door(level: Level) -> tuple[str, ...]:
    here = level.screen.here
    if here is None:
        return ()
    beside = {(here[0] + x, here[1] + y) for x, y in DIRECTIONS.values() if not (x and y)}
    return tuple(direction_of(here, door) for door in sorted(beside & level.closed_doors))
