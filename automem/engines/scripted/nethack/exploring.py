"""Where to look for what is not known yet: loose ends, closed doors, boulders, and places to search at."""

from __future__ import annotations

from collections.abc import Iterator

from automem.engines.scripted.nethack.notes import COUNT
from automem.engines.scripted.nethack.paths import Ways, direction_of
from automem.engines.scripted.nethack.screen import DIRECTIONS
from automem.engines.scripted.nethack.situation import Choice, Situation
from automem.engines.scripted.prompt import Point

_STRAIGHT = 4  # a straight way of this many steps is run
_ARRIVING = 2  # the last steps to a staircase are walked, so that its place is noted
_DOOR, _LOCKED = 2, 20  # what opening a door costs, in steps
_KICKS = 15  # a door that withstands this many is left
_NARROW = 2  # ways on from a place in a corridor
_RETREAT = 6  # a corridor farther away is no help
_SIDES = ((0, -1), (1, 0), (0, 1), (-1, 0))


def go(s: Situation, target: Point, why: str) -> Iterator[Choice]:
    """The first step to a place, past boulders where there is no other way."""
    for ways in (s.ways, s.pushing):
        if target in ways.steps and target != ways.start:
            yield _along(s, ways, target, why, sure=ways is s.ways, walked=_ARRIVING)
            return


def _along(s: Situation, ways: Ways, target: Point, why: str, sure: bool = False, walked: int = 0) -> Choice:
    """The first step of a way, run where it goes straight on for long and something stops the run."""
    names = ways.to(target)
    straight = next((n for n, name in enumerate(names) if name != names[0]), len(names))
    step = DIRECTIONS[names[0]]
    beyond = ways.start[0] + step[0] * (straight + 1), ways.start[1] + step[1] * (straight + 1)
    runs = straight >= _STRAIGHT and straight <= len(names) - walked and beyond not in s.level.free
    actions = (f"far {names[0]}", names[0]) if runs else (names[0],)
    return Choice(actions, f"{why} at {target[0]},{target[1]}, {len(names)} away", sure)


def explore(s: Situation) -> Iterator[Choice]:
    """What is nearest of what may lead on, then boulders, then searching."""
    yield from _lead_on(s, s.ways)
    if s.level.boulders or s.level.dreaded:
        yield from _lead_on(s, s.pushing)
    yield from _search(s)


def retreat(s: Situation) -> Iterator[Choice]:
    """Out of the open, to the nearest place in a corridor where few can reach the agent at once."""
    ways = s.ways
    if s.level.ways_on(ways.start) <= _NARROW:
        return
    narrow = [
        (steps, place)
        for place, steps in ways.steps.items()
        if 0 < steps <= _RETREAT and s.level.screen.at(place) == "#" and s.level.ways_on(place) <= _NARROW
    ]
    for _, place in sorted(narrow):
        choice = _along(s, ways, place, "back to the corridor")
        if s.level.beside(choice.actions[-1])[0] not in s.level.monsters:
            yield choice
            return


def _lead_on(s: Situation, ways: Ways) -> Iterator[Choice]:
    unseen = s.level.loose_ends - s.notes.visited - {ways.start}
    ends = [(ways.steps[end] + _crowd(s, end), end) for end in unseen if end in ways.steps]
    doors = [(ways.steps[side] + cost, side, door) for side, door, cost in _doors(s, ways)]
    end, door = min(ends, default=None), min(doors, default=None)
    if end and (not door or end[0] <= door[0]):
        yield _along(s, ways, end[1], "to a loose end")
    elif door:
        yield _open(s, ways, door[1], door[2])


def _crowd(s: Situation, place: Point) -> int:
    """What makes an end in a corridor less promising: corridor on several sides of it."""
    if s.level.screen.at(place) != "#":
        return 0
    return 2 * s.level.screen.around(place).count("#") - 4


def _doors(s: Situation, ways: Ways) -> Iterator[tuple[Point, Point, int]]:
    """Where to stand, the closed door beside it, and what opening it costs."""
    for door in s.level.closed_doors:
        for dx, dy in _SIDES:
            side = door[0] + dx, door[1] + dy
            if side in ways.steps and (side, direction_of(side, door)) not in s.notes.barred:
                tried = s.notes.locked[side, direction_of(side, door)]
                if not tried:
                    yield side, door, _DOOR
                elif s.can("kick") and tried <= _KICKS:
                    yield side, door, _LOCKED


def _open(s: Situation, ways: Ways, side: Point, door: Point) -> Choice:
    if side != ways.start:
        return _along(s, ways, side, "to the door")
    direction = direction_of(side, door)
    if s.notes.locked[side, direction]:
        return Choice(("kick",), f"kick the locked door {direction}")
    return Choice((direction,), f"open the door {direction}")


def _search(s: Situation) -> Iterator[Choice]:
    """Search where most is unknown around, near, and not searched much yet."""
    ways = s.ways
    spots = [(_worth(s, place) - steps, place) for place, steps in ways.steps.items() if _is_spot(s, place)]
    _, best = max(spots, default=(0, ways.start))
    if best != ways.start:
        yield _along(s, ways, best, "to search")
    else:
        digit = (COUNT[s.notes.typed],) if s.counts else ()
        yield Choice((*digit, "search"), "search for what is hidden")


def _is_spot(s: Situation, place: Point) -> bool:
    """Dead ends, and every third place along a wall."""
    if place in s.notes.visited or place in s.notes.searched:
        return True
    x, y = place
    return (x + y) % 3 == 0 and any(side in "|- " for side in s.level.screen.around(place)[1::2])


def _worth(s: Situation, place: Point) -> float:
    """How many steps a place to search at is worth."""
    x, y = place
    spent = sum(turns for (a, b), turns in s.notes.searched.items() if max(abs(a - x), abs(b - y)) <= 1)
    dead_end = 12 if place in s.notes.visited and s.level.screen.at(place) != "." else 0
    return dead_end + 0.3 * s.level.blanks(place) - 1.5 * spent
