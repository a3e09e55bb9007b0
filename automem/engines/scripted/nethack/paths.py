"""Shortest ways over a level, in steps, diagonal ones included."""

from __future__ import annotations

from collections import deque
from collections.abc import Container

from automem.engines.scripted.nethack.level import Level
from automem.engines.scripted.nethack.screen import DIRECTIONS
from automem.engines.scripted.prompt import Point

_NAME_OF = {step: name for name, step in DIRECTIONS.items()}


class Ways:
    """Every place that can be walked to, and how.

    Arguments:
        level: the level.
        start: where the ways begin.
        barred: (place, direction) pairs that were tried and do not lead on.
        avoid: places not to step on.
        push: whether boulders may be pushed.
    """

    def __init__(
        self,
        level: Level,
        start: Point,
        barred: Container[tuple[Point, str]] = (),
        avoid: Container[Point] = (),
        push: bool = False,
    ) -> None:
        self.start = start
        self.steps: dict[Point, int] = {start: 0}
        self._before: dict[Point, tuple[Point, str]] = {}
        queue = deque([start])
        while queue:
            place = queue.popleft()
            for name, step in DIRECTIONS.items():
                after = (place[0] + step[0], place[1] + step[1])
                # What is cheap to find out comes first: most neighbours are walls or were reached before.
                if after in self.steps or not (after in level.free or (push and _may_push(level, after, step))):
                    continue
                if after in avoid or (place, name) in barred or not level.may_pass(place, after):
                    continue
                self.steps[after] = self.steps[place] + 1
                self._before[after] = (place, name)
                queue.append(after)

    def to(self, target: Point) -> list[str]:
        """The directions that lead to a reachable target; none when it is where the ways begin."""
        names = []
        while target != self.start:
            target, name = self._before[target]
            names.append(name)
        return names[::-1]


def _may_push(level: Level, boulder: Point, step: Point) -> bool:
    beyond = (boulder[0] + step[0], boulder[1] + step[1])
    return boulder in level.boulders and (beyond in level.free or level.screen.at(beyond) == " ")


def direction_of(here: Point, there: Point) -> str:
    """The direction of a place next to another."""
    return _NAME_OF[there[0] - here[0], there[1] - here[1]]
