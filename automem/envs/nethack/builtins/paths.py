"""Shortest ways from the agent over the known cells of a level."""

from __future__ import annotations

from typing import NamedTuple

from automem.envs.nethack.builtins.level import Level, passage
from automem.envs.nethack.builtins.search import STRAIGHT, Move, search
from automem.envs.nethack.cells import STONE


class Way(NamedTuple):
    """The beginning of a shortest way: its first step, and how many steps it has."""

    direction: str
    steps: int


class Paths:
    """Ways from the agent's cell, found once.

    Arguments:
        level: the cells.
        steps: the moves that may be made.
    """

    def __init__(self, level: Level, steps: tuple[Move, ...]) -> None:
        self._level = level
        self._moves = steps
        self._passage = passage(level.shown, level.ground, level.cell)
        self._reach = search(self._passage, level.cell, steps)

    def to(self, cell: int) -> Way | None:
        """The way to a cell, or up to it and then into it where it cannot be walked onto; none if there is none."""
        steps = self._reach.steps
        if steps[cell] > 0:
            return self._way(cell)
        beside = [move for move in self._moves if steps[cell - move.offset] >= 0 and self._enters(move, cell)]
        if not beside:
            return None
        last = min(beside, key=lambda move: steps[cell - move.offset])
        nearest = cell - last.offset
        if nearest == self._level.cell:
            return Way(last.direction, 1)
        way = self._way(nearest)
        return Way(way.direction, way.steps + 1)

    def _way(self, cell: int) -> Way:
        steps, first, here = self._reach.steps[cell], cell, self._level.cell
        while self._reach.origin[first] != here:
            first = self._reach.origin[first]
        return Way(next(move.direction for move in self._moves if move.offset == first - here), steps)

    def _enters(self, move: Move, cell: int) -> bool:
        return not move.diagonal or not (self._passage[cell - move.offset] == STRAIGHT or self._level.is_door(cell))

    def frontier(self, limit: int) -> list[int]:
        """The nearest cells, without the agent's own, from which one could step to something never seen."""
        dark = (self._level.shown == STONE).tobytes()
        found: list[int] = []
        for cell in self._reach.cells[1:]:
            if len(found) >= limit:
                break
            if any(dark[cell + move.offset] and self._enters(move, cell + move.offset) for move in self._moves):
                found.append(cell)
        return found
