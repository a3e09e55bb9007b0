"""What to do next: stay alive, take the stairs down, explore what is near, open doors, search for what is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator

from automem.engines.scripted.nethack.exploring import explore, go, retreat
from automem.engines.scripted.nethack.questions import answer
from automem.engines.scripted.nethack.screen import DIRECTIONS
from automem.engines.scripted.nethack.situation import Choice, Situation

_DIRE = 7  # a god helps who has less than a seventh of the most hit points, or less than six
_FEW = 6
_HEARD = 200  # before about this turn no god listens
_HUNGRY = re.compile(r"\b(?:Hungry|Weak|Faint\w*)\b")
_FOOD = re.compile(r"\b(?:ration|wafer|apple|orange|pear|banana|melon|carrot|cookie|candy|pancake|pie|gunyoki)s?\b")


def decide(s: Situation, recalled: bool) -> Iterator[Choice]:
    """Everything worth doing, the best first.

    Arguments:
        s: the situation.
        recalled: whether all has been recalled that there is; before that, where to explore is left open.
    """
    other = Choice(tuple(s.shuffled(DIRECTIONS)), "any other way")
    for choice in _wishes(s, recalled):
        if s.is_stuck and choice.actions[0] in DIRECTIONS:
            yield other
        yield choice
    yield other


def _wishes(s: Situation, recalled: bool) -> Iterator[Choice]:
    asked = answer(s)
    if asked:
        yield asked
    if s.here is not None:
        yield from _pray(s)
        yield from _fight(s)
        yield from _eat(s)
        yield from _descend(s)
        yield from explore(s) if recalled else [Choice(tuple(DIRECTIONS), "explore")]


def is_dire(s: Situation) -> bool:
    """Whether the agent is in such trouble as a prayer mends."""
    screen = s.level.screen
    starved = "Weak" in screen.status or "Faint" in screen.status
    return starved or screen.hit_points < _FEW or screen.health < 1 / _DIRE


def _pray(s: Situation) -> Iterator[Choice]:
    turn = s.level.screen.turn
    if is_dire(s) and not s.notes.prayed and (turn is None or turn >= _HEARD):
        yield Choice(("pray",), "pray, in great trouble")


def _eat(s: Situation) -> Iterator[Choice]:
    if _HUNGRY.search(s.level.screen.status) and _FOOD.search(s.level.screen.carried):
        yield Choice(("eat",), "eat", sure=True)


def _fight(s: Situation) -> Iterator[Choice]:
    foes = {direction: name for direction in DIRECTIONS for name in _foes(s, direction)}
    if len(foes) > 1:
        yield from retreat(s)
    for direction, name in foes.items():
        yield Choice((direction,), f"fight the {name}")


def _foes(s: Situation, direction: str) -> list[str]:
    """The names of what is to be fought in a direction."""
    place, names = s.level.beside(direction)
    if place not in s.level.monsters or place in s.level.dreaded:
        return []
    return [name for name in names if not s.is_friend(name) and not name.endswith("statue")]


def _descend(s: Situation) -> Iterator[Choice]:
    if s.here in s.notes.stairs:
        yield Choice(("down",), "take the stairs down")
    for stairs in s.level.stairs:
        yield from go(s, stairs, "to the stairs down")
    for stairs in s.notes.stairs:
        yield from go(s, stairs, "to the stairs down, as noted")
