"""Made-up Boxoban levels, solvable because they are played backwards from the solved position."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from random import Random

from automem.envs.minihack.boxoban.level import BOX, FLOOR, GOAL, PLAYER, SIZE, WALL, Level

LEAST_PUSHES = {"Boxoban-Hard": 12, "Boxoban-Medium": 8}
"""Task → how many pushes every solution of a made-up level has at least.

By the same count (`_Backwards._needed`) half of the published levels, of either task, need 12 or more.
"""

LONGEST = 100  # moves of the kept solution: it fits into the episodes of 100 steps that BALROG plays
BOXES = 4

# Raised whenever the level of some seed changes.
_FORMAT = 1

# A cell is a number, row * SIZE + column; a move is what it adds to one. The outermost cells are wall, so
# that no move leaves the level.
_MOVES = {-SIZE: "north", 1: "east", SIZE: "south", -1: "west"}
_STAMPS = ((0,), (0, 1), (0, SIZE), (0, 1, SIZE, SIZE + 1), (0, 1, -1), (0, SIZE, -SIZE))
_DIGS, _TURN = 22, 0.35  # stamps of a room, and how probably the digger turns before one
_FEWEST_CELLS = 30  # about what the published levels have
_GREED = 0.8  # how probably a pull that leads away from the goals is preferred
_FAR = 1000  # pushes; more than any level needs
_ORDERS = tuple(itertools.permutations(range(BOXES)))

Boxes = tuple[int, ...]
"""The boxes' cells, in ascending order."""


class GeneratedLevels:
    """Made-up levels of one task; nothing but the task and the seed decides them.

    Arguments:
        task: one of `LEAST_PUSHES`.
    """

    note = "generated levels"
    digest = f"generated {_FORMAT}"

    def __init__(self, task: str) -> None:
        self._task = task

    def level(self, seed: int) -> Level:
        """The level of a seed, with a solution of at most `LONGEST` moves."""
        name = f"{self.note} {_FORMAT}, {self._task}, seed {seed}"
        dice = _Dice(name)
        while True:
            floor = _room(dice)
            if len(floor) >= _FEWEST_CELLS:
                goals = tuple(sorted(dice.some(floor, BOXES)))
                backwards = _Backwards(floor, goals, dice)
                if backwards.play(LEAST_PUSHES[self._task]):
                    return Level(_rows(floor, goals, backwards), name, backwards.solution())


class _Dice:
    """Random choices that stay the same: Python promises that of `random()` with a text as seed, and of no more."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def one(self, choices: Sequence[int]) -> int:
        return choices[int(self._random.random() * len(choices))]

    def some(self, choices: Sequence[int], count: int) -> list[int]:
        left = list(choices)
        return [left.pop(int(self._random.random() * len(left))) for _ in range(count)]


def _room(dice: _Dice) -> list[int]:
    """The floor's cells, connected, in ascending order: where a digger went that turns now and then."""
    inside = [row * SIZE + column for row in range(1, SIZE - 1) for column in range(1, SIZE - 1)]
    at, move = dice.one(inside), dice.one(list(_MOVES))
    dug: set[int] = set()
    for _ in range(_DIGS):
        stamp = _STAMPS[dice.one(range(len(_STAMPS)))]
        dug.update(at + shift for shift in stamp)
        if dice.chance(_TURN):
            move = dice.one(list(_MOVES))
        while at + move not in inside:
            move = dice.one(list(_MOVES))
        at += move
    return sorted(dug.intersection(inside))


class _Backwards:
    """A game played backwards: the player pulls boxes, at first off the goals they all stand on.

    Arguments:
        floor: the cells that are no wall.
        goals: where the boxes stand when the level is solved.
        dice: what chooses among the pulls.
    """

    def __init__(self, floor: Sequence[int], goals: Boxes, dice: _Dice) -> None:
        self._floor = frozenset(floor)
        self._goals = goals
        self._dice = dice
        self._pushes = [_pushes(self._floor, goal) for goal in goals]
        self._moves: list[int] = []
        self.boxes = goals
        self.player = 0

    def play(self, least_pushes: int) -> bool:
        """Pull until every solution takes `least_pushes`, no box stands on a goal and the player on none either.

        Returns:
            Whether that was reached; if not, it is not worth going on.
        """
        seen = {self.boxes}
        paths: dict[int, list[int]] = {cell: [] for cell in sorted(self._floor.difference(self.boxes))}
        while len(self._moves) <= LONGEST:
            if self._needed(self.boxes) >= least_pushes and not set(self.boxes) & set(self._goals):
                break
            pulls = [pull for pull in self._pulls(paths) if self._after(pull) not in seen]
            if not pulls:
                return False
            self._pull(self._chosen(pulls), paths)
            seen.add(self.boxes)
            paths = _paths(self._floor.difference(self.boxes), self.player)
        return self._walk_away(paths)

    def solution(self) -> tuple[str, ...]:
        """The same moves forwards: in reverse order, each the other way round."""
        return tuple(_MOVES[-move] for move in reversed(self._moves))

    def _pulls(self, reachable: Iterable[int]) -> list[tuple[int, int]]:
        """What can be pulled from where the player can be: the box's cell, and the move that takes it along."""
        free = set(reachable)
        return [(box, move) for box in self.boxes for move in _MOVES if box + move in free and box + 2 * move in free]

    def _after(self, pull: tuple[int, int]) -> Boxes:
        box, move = pull
        return tuple(sorted(cell + move if cell == box else cell for cell in self.boxes))

    def _chosen(self, pulls: list[tuple[int, int]]) -> tuple[int, int]:
        if self._dice.chance(_GREED):
            needed = [self._needed(self._after(pull)) for pull in pulls]
            pulls = [pull for pull, pushes in zip(pulls, needed, strict=True) if pushes == max(needed)]
        return pulls[self._dice.one(range(len(pulls)))]

    def _pull(self, pull: tuple[int, int], paths: dict[int, list[int]]) -> None:
        box, move = pull
        self._moves += [*paths[box + move], move]
        self.boxes = self._after(pull)
        self.player = box + 2 * move

    def _walk_away(self, paths: dict[int, list[int]]) -> bool:
        """Let the player go anywhere but onto a goal; false if the way is too long."""
        ends = [cell for cell in paths if cell not in self._goals]
        if not ends:
            return False
        self.player = self._dice.one(ends)
        self._moves += paths[self.player]
        return len(self._moves) <= LONGEST

    def _needed(self, boxes: Boxes) -> int:
        """No solution takes fewer pushes: each box to another goal, as if the others were not in the way."""
        costs = [[pushes.get(box, _FAR) for box in boxes] for pushes in self._pushes]
        return min(sum(map(list.__getitem__, costs, order)) for order in _ORDERS)


def _pushes(floor: frozenset[int], goal: int) -> dict[int, int]:
    """Cell → how many pushes take a lone box from there to the goal."""
    known, edge = {goal: 0}, [goal]
    for box in edge:
        for move in _MOVES:
            if box + move not in known and box + move in floor and box + 2 * move in floor:
                known[box + move] = known[box] + 1
                edge.append(box + move)
    return known


def _paths(free: frozenset[int], start: int) -> dict[int, list[int]]:
    """Cell → a shortest way there from `start`, for all that can be reached, the nearest first."""
    known: dict[int, list[int]] = {start: []}
    edge = [start]
    for cell in edge:
        for move in _MOVES:
            if cell + move in free and cell + move not in known:
                known[cell + move] = [*known[cell], move]
                edge.append(cell + move)
    return known


def _rows(floor: Sequence[int], goals: Boxes, end: _Backwards) -> tuple[str, ...]:
    kinds = {
        **dict.fromkeys(floor, FLOOR),
        **dict.fromkeys(goals, GOAL),
        **dict.fromkeys(end.boxes, BOX),
        end.player: PLAYER,
    }
    cells = "".join(kinds.get(cell, WALL) for cell in range(SIZE * SIZE))
    return tuple(cells[start : start + SIZE] for start in range(0, SIZE * SIZE, SIZE))
