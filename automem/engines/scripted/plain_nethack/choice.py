"""What to do next, by the lines of the prompt and what was recalled: the first wish that holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from automem.engines.scripted.nethack.screen import DIRECTIONS
from automem.engines.scripted.novice.chance import Chance
from automem.engines.scripted.plain_nethack.recall import LOCKED, PEACEFUL, PRAYED, SEARCHED, STUCK, Recall
from automem.engines.scripted.plain_nethack.sight import Sight, Way

SHUNNED = re.compile(
    r"floating eye|blue jelly|gas spore|acid blob|cockatrice|brown mold|green mold|red mold|yellow mold"
)
"""Creatures that harm who hits them."""
_KEPT = re.compile(r"shopkeeper|priest|watchman|watch captain|guard\b|Oracle|peaceful ")
_DIRE, _FEW, _HEARD = 7, 6, 200  # a god helps below a seventh of the most hit points or below six, from about turn 200
_COUNT = "9"  # turns of searching that one digit asks for
_FOUND = ("Dead end", "Corner")


@dataclass(frozen=True)
class Choice:
    """An action and why.

    Arguments:
        actions: what serves, the best first; the first that the prompt offers is done.
        why: the goal, in a few words of the prompt.
        asks: purpose of a file → the word that is searched there, where the answer could change the choice.
    """

    actions: tuple[str, ...]
    why: str
    asks: tuple[tuple[str, str], ...] = ()


def decide(sight: Sight, recall: Recall, chance: Chance) -> Iterator[Choice]:
    """Everything worth doing, the best first."""
    answer = _answer(sight)
    if answer:
        yield answer
    if sight.stuck and sight.free:
        yield Choice((chance.pick("way", sight.free),), "get away")
    yield from _survive(sight, recall)
    yield from _descend(sight)
    yield from _explore(sight)
    if sight.traced:
        yield from _trace(sight, recall)
    yield from _doors(sight, recall)
    yield from _boulders(sight, recall)
    yield from _search(sight, recall)
    yield Choice((*([chance.pick("any", sight.free)] if sight.free else []), "wait", "search"), "anything")


def _answer(sight: Sight) -> Choice | None:
    """What the game is answered; None where it asks nothing."""
    if sight.cursor[1]:
        return Choice((sight.cursor[1], "esc"), f"travel, cursor {sight.cursor[0]}")
    if sight.done() == _COUNT:
        return Choice(("search",), f"search {_COUNT} turns")
    if not sight.waits:
        return None
    if "direction" in sight.message:
        doors = sight.around("open")
        return Choice((*(direction for direction, _ in doors), "esc"), "kick the door")
    if "want to pray" in sight.message:
        return Choice(("y",), "pray")
    if "ttack" in sight.message:
        return Choice(("esc", "southeast"), "leave it in peace")
    return Choice(("more", "esc"), "go on")


def _survive(sight: Sight, recall: Recall) -> Iterator[Choice]:
    dying = sight.health < 1 / _DIRE or sight.hit_points < _FEW
    if dying and sight.turn >= _HEARD and not recall.prayed:
        yield Choice(("pray",), "pray, dying", asks=(("facts", PRAYED),))
    if len(sight.around("attack")) > 1:
        yield from (_go(way) for way in sight.of("Corridor")[-1:])
    for direction, name in sight.around("attack"):
        if not SHUNNED.search(name) and not _KEPT.search(name) and name not in recall.peaceful:
            yield Choice((direction,), f"fight {name}", asks=(("facts", PEACEFUL),))


def _go(way: Way, asks: tuple[tuple[str, str], ...] = ()) -> Choice:
    return Choice((way.step, way.step.removeprefix("far ")), f"{way.what.lower()}, {way.where}", asks)


def _descend(sight: Sight) -> Iterator[Choice]:
    for way in sight.of("Stairs"):
        yield _go(way) if way.step else Choice(("down",), "go down")


def _explore(sight: Sight) -> Iterator[Choice]:
    yield from (_go(way) for way in sight.of("Unexplored"))


def _trace(sight: Sight, recall: Recall) -> Iterator[Choice]:
    """To a place next to this one that was not noted, else back the way the agent first came."""
    x, y = sight.here
    for direction in sight.free:
        dx, dy = DIRECTIONS.get(direction, (0, 0))
        if not recall.noted(f"{x + dx},{y + dy}"):
            yield Choice((direction,), f"new ground, {direction}", _places(sight))
    back = recall.noted(f"{x},{y}")
    if back in DIRECTIONS:
        yield Choice((back,), f"back, {back}", _places(sight))


def _doors(sight: Sight, recall: Recall) -> Iterator[Choice]:
    """Doors that are not known to be locked, then those that are: kicked from beside them."""
    doors = sight.of("Door")
    asks = _places(sight) if len(doors) > 1 or any(door.where.startswith("1 ") for door in doors) else ()
    yield from (_go(door, asks) for door in doors if not recall.knows(door.place, (LOCKED,)))
    for door in doors:
        if door.where.startswith("1 ") and "-" not in door.where:
            yield Choice(("kick",), f"kick the locked door, {door.where}", asks)
        else:
            yield _go(door, asks)


def _boulders(sight: Sight, recall: Recall) -> Iterator[Choice]:
    for way in sight.of("Boulder"):
        if not recall.knows(way.place, (STUCK,)):
            yield _go(way, _places(sight))


def _places(sight: Sight) -> tuple[tuple[str, str], ...]:
    """What is asked for all that was noted of this level."""
    return (("map", f"Dlvl {sight.level}"),)


def _search(sight: Sight, recall: Recall) -> Iterator[Choice]:
    """Search here until it is enough, then at the nearest place that was not searched yet."""
    asks = _places(sight)
    if 0 < sight.searched < sight.patience:
        yield Choice((_COUNT, "search"), "search on")
    spots = sight.of(*_FOUND)
    for way in spots:
        if not recall.knows(way.place, (SEARCHED,)):
            yield _go(way, asks) if way.step else Choice((_COUNT, "search"), "search here", asks)
    for way in sorted(spots, key=lambda way: recall.age(way.place)):  # all were searched: the longest ago
        yield _go(way, asks) if way.step else Choice((_COUNT, "search"), "search here again", asks)
