"""The level as far as the screen shows it: what can be walked on, what is in the way, what is not known yet."""

from __future__ import annotations

from functools import cached_property, lru_cache

from automem.engines.scripted.nethack.screen import DIRECTIONS, Screen, read_screen
from automem.engines.scripted.prompt import Point

_WALKABLE = frozenset(".#<>_{@" + ")[=\"(%!?/$*^'")
_WALLS = frozenset("|-+")
_MONSTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ&;:~")
_DREADED = frozenset("eF")
"""Monsters that stay where they are and harm who hits them."""
BOULDER = "`"
_NEAR = 4  # places this near count when something hidden is looked for
_RING: tuple[Point, ...] = ((0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1))


class Level:
    """What one screen shows of a level.

    Arguments:
        screen: the observation.
        doors: places known to be open doors, whatever they look like from where the agent is.
    """

    def __init__(self, screen: Screen, doors: frozenset[Point] = frozenset()) -> None:
        self.screen = screen
        self.doors = doors
        self.free: set[Point] = set()
        self.open_doors: set[Point] = set()
        self.closed_doors: set[Point] = set()
        self.boulders: set[Point] = set()
        self.monsters: dict[Point, str] = {}
        self.stairs: list[Point] = []
        for y, row in enumerate(screen.rows):
            for x, shown in enumerate(row):
                if shown != " ":
                    self._place((x, y), shown)
        if screen.here is not None:
            self.free.add(screen.here)
            self.monsters.pop(screen.here, None)

    def _place(self, place: Point, shown: str) -> None:
        if shown in _WALKABLE:
            self.free.add(place)
            if shown == ">":
                self.stairs.append(place)
            elif shown == "@" and place != self.screen.here:
                self.monsters[place] = shown
        elif shown in _MONSTERS:
            self.monsters[place] = shown
            self.free.add(place)
        elif shown in "|-":
            if self._is_open_door(place, shown):
                self.open_doors.add(place)
                self.free.add(place)
        elif shown == "+":
            things = self.closed_doors if self._is_door(place) else self.free
            things.add(place)
        elif shown == BOULDER:
            self.boulders.add(place)

    def _is_open_door(self, place: Point, shown: str) -> bool:
        """Whether what is shown as a wall is an open door: as it is named, was noted, or stands."""
        if named := self._named_beside(place):
            return any("open door" in name for name in named)
        return place in self.doors or self._looks_open(place, shown)

    def _looks_open(self, place: Point, shown: str) -> bool:
        """Whether what looks like a wall stands across the wall it is in, as the leaf of an open door does."""
        north, west, east, south = list(self.screen.around(place)[1::2])
        along, across, wall = (north + south, west + east, "|") if shown == "-" else (west + east, north + south, "-")
        in_wall = wall in along and _WALLS.issuperset(along)
        return in_wall and not _WALLS.intersection(across) and bool(_WALKABLE.intersection(across))

    def _named_beside(self, place: Point) -> tuple[str, ...]:
        """What the language observation names at a place next to the agent."""
        here = self.screen.here
        if here is None:
            return ()
        offset = (place[0] - here[0], place[1] - here[1])
        return next((self.screen.beside.get(name, ()) for name, step in DIRECTIONS.items() if step == offset), ())

    def _is_door(self, place: Point) -> bool:
        """Whether a + is a closed door and not a spellbook, which lies on a floor."""
        named = self._named_beside(place)
        if named:
            return any("door" in name for name in named)
        return sum(shown in _WALKABLE for shown in self.screen.around(place)[1::2]) <= 2

    def hidden_doors(self) -> list[Point]:
        """Open doors beside the agent that from elsewhere look like walls."""
        here = self.screen.here or (-9, -9)
        near = [door for door in self.open_doors if max(abs(door[0] - here[0]), abs(door[1] - here[1])) == 1]
        return [door for door in near if not self._looks_open(door, self.screen.at(door))]

    def beside(self, direction: str) -> tuple[Point, tuple[str, ...]]:
        """The place next to the agent in a direction, and what is named there."""
        x, y = self.screen.here or (-9, -9)
        step = DIRECTIONS[direction]
        return (x + step[0], y + step[1]), self.screen.beside.get(direction, ())

    @cached_property
    def dreaded(self) -> set[Point]:
        """Places of monsters that are better left alone."""
        return {
            place
            for place, kind in self.monsters.items()
            if kind in _DREADED and not any("lichen" in name for name in self._named_beside(place))
        }

    def may_pass(self, place: Point, after: Point) -> bool:
        """Whether no door is in the way from a place to one next to it: doors are not passed diagonally."""
        straight = place[0] == after[0] or place[1] == after[1]
        return straight or not (place in self.open_doors or after in self.open_doors)

    def ways_on(self, place: Point) -> int:
        """How many of the places around one can be stepped on."""
        return sum((place[0] + dx, place[1] + dy) in self.free for dx, dy in _RING)

    def _is_loose_end(self, place: Point) -> bool:
        """Whether what is known around a place ends there: its ways on lie all to one side, blanks to another.

        Corridors and mazes show only what is next to the agent, so that an end not yet visited looks like this.
        So does a dead end, which has to be remembered.
        """
        if " " not in self.screen.around(place):
            return False
        free = [(place[0] + dx, place[1] + dy) in self.free for dx, dy in _RING]
        return sum(now and not free[n - 1] for n, now in enumerate(free)) <= 1

    @cached_property
    def loose_ends(self) -> frozenset[Point]:
        """Every loose end of what is known."""
        return frozenset(place for place in self.free if self._is_loose_end(place))

    def blanks(self, place: Point) -> int:
        """How many places near one show nothing."""
        x, y = place
        rows = self.screen.rows[max(0, y - _NEAR) : y + _NEAR + 1]
        return sum(row[max(0, x - _NEAR) : x + _NEAR + 1].count(" ") for row in rows)


@lru_cache(maxsize=64)
def read_level(text: str, here: Point | None, doors: frozenset[Point] = frozenset()) -> Level:
    """The level that an observation shows; see `read_screen`. A step asks several times for the same."""
    return Level(read_screen(text, here), doors)
