"""The eight directions of a level, and which of them a place lies in."""

from __future__ import annotations

from automem.envs.nethack.keys import MOVES

_CLOCKWISE = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")

COMPASS: dict[str, tuple[int, int]] = {direction: MOVES[direction] for direction in _CLOCKWISE}
"""Direction → what a step changes x and y by, clockwise from north; x grows eastwards and y southwards."""


def bearing(dx: int, dy: int) -> str:
    """The one of the eight directions that is nearest to an offset, each having a sector of 45 degrees.

    Arguments:
        dx, dy: columns eastwards and rows southwards, not both 0.
    """
    wide, high = abs(dx), abs(dy)
    # A straight direction reaches 22.5 degrees to either side, whose tangent is √2 - 1: in whole numbers, no ties.
    upright, flat = (wide + high) ** 2 < 2 * high**2, (wide + high) ** 2 < 2 * wide**2
    vertical = "" if flat else "north" if dy < 0 else "south"
    horizontal = "" if upright else "west" if dx < 0 else "east"
    return vertical + horizontal


def distance(dx: int, dy: int) -> int:
    """How many steps an offset takes where nothing is in the way: diagonal steps count as one."""
    return max(abs(dx), abs(dy))
