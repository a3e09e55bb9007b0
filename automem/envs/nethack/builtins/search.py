"""Breadth-first search over the cells of a level."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from automem.envs.nethack.data import COLUMNS
from automem.envs.nethack.keys import MOVES

WIDTH = COLUMNS + 2
"""The length of a row of cells: the map's, and one more at either end, so that every cell has eight neighbours."""

SHUT, FREE, STRAIGHT = 0, 1, 2
"""What a cell lets pass: nothing, steps in all directions, or no diagonal ones."""


class Move(NamedTuple):
    """A direction as an offset between cells."""

    direction: str
    offset: int
    diagonal: bool


class Reach(NamedTuple):
    """What a search came to.

    Arguments:
        cells: the cells reached, the nearest first, beginning with where the search began.
        steps: by cell, how far it is; -1 where it was not reached.
        origin: by cell reached, the cell before it on the way.
    """

    cells: list[int]
    steps: list[int]
    origin: list[int]


def moves(directions: Collection[str]) -> tuple[Move, ...]:
    """Those of the eight directions that are among `directions`, the straight ones first."""
    offsets = ((name, dx, dy) for name, (dx, dy) in MOVES.items() if name in directions)
    return tuple(Move(name, dy * WIDTH + dx, bool(dx and dy)) for name, dx, dy in offsets)


def search(passage: bytes, start: int, steps: tuple[Move, ...]) -> Reach:
    """The cells that can be reached; of several shortest ways the one whose steps stand first in `steps` counts.

    Arguments:
        passage: by cell, `SHUT`, `FREE` or `STRAIGHT`; for `start`, how it may be left.
        start: where to begin.
        steps: the moves that may be made.
    """
    far, origin, cells = [-1] * len(passage), [-1] * len(passage), [start]
    far[start] = 0
    everywhere = [move.offset for move in steps]
    straight = [move.offset for move in steps if not move.diagonal]
    diagonal = {move.offset for move in steps if move.diagonal}
    for cell in cells:
        for offset in straight if passage[cell] == STRAIGHT else everywhere:
            following = cell + offset
            if not passage[following] or far[following] >= 0:
                continue
            if passage[following] == STRAIGHT and offset in diagonal:
                continue
            far[following], origin[following] = far[cell] + 1, cell
            cells.append(following)
    return Reach(cells, far, origin)
