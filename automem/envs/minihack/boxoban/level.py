"""One Boxoban level, and the text format of the published level files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from automem.errors import AutoMemError

SIZE = 10  # rows and columns of every level
WALL, FLOOR, PLAYER, BOX, GOAL = "#", " ", "@", "$", "."
_NAMES = {WALL: "wall", FLOOR: "floor", PLAYER: "player", BOX: "box", GOAL: "goal"}
_HEAD = re.compile(r";\s*\d+\s*")


@dataclass(frozen=True)
class Level:
    """A level as it stands before the first move.

    Arguments:
        rows: 10 rows of 10 cells: `#` wall, space floor, `@` player, `$` box, `.` goal. There is one player,
            and there are as many boxes as goals, at least one; no box stands on a goal.
        source: where it is from: `file:line` of its first row, or how it was generated.
        solution: moves that solve it (`north`, `east`, `south`, `west`); empty where none is known.
    """

    rows: tuple[str, ...]
    source: str
    solution: tuple[str, ...] = ()

    def cells(self, kind: str) -> frozenset[tuple[int, int]]:
        """Row and column, counted from 0 in the north-west, of every cell of one kind (`#`, `$`, …)."""
        return frozenset(
            (row, column) for row, cells in enumerate(self.rows) for column, cell in enumerate(cells) if cell == kind
        )


def parse(text: str, name: str) -> tuple[Level, ...]:
    """The levels of one file, in its order.

    A level is a line `; number` and ten rows of ten cells; at least one empty line lies between two levels.

    Arguments:
        text: what the file holds.
        name: the file as messages should call it.

    Raises:
        AutoMemError: the text is not of this format; the message says `file:line: what`.
    """
    return tuple(_levels([line.rstrip("\r") for line in text.split("\n")], name))


def _levels(lines: Sequence[str], name: str) -> Iterator[Level]:
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        if not _HEAD.fullmatch(lines[at]):
            raise _wrong(name, at, f"expected '; number' before a level, found {lines[at]!r}")
        rows = lines[at + 1 : at + 1 + SIZE]
        _check_rows(rows, name, at + 1)
        _check_counts("".join(rows), name, at)
        yield Level(tuple(rows), f"{name}:{at + 2}")
        at += 1 + SIZE
        if at < len(lines) and lines[at].strip():
            raise _wrong(name, at, f"expected an empty line after the {SIZE} rows of a level, found {lines[at]!r}")


def _check_rows(rows: Sequence[str], name: str, first: int) -> None:
    for at, row in enumerate(rows, first):
        strange = set(row) - set(_NAMES)
        if strange:
            known = ", ".join(f"{symbol!r} {meaning}" for symbol, meaning in _NAMES.items())
            raise _wrong(name, at, f"{min(strange)!r} is no cell of a level; there are {known}")
        if len(row) != SIZE:
            raise _wrong(name, at, f"a row has {SIZE} cells, not {len(row)}")
    if len(rows) < SIZE:
        raise _wrong(name, first + len(rows) - 1, f"the file ends within a level: {len(rows)} rows of {SIZE}")


def _check_counts(cells: str, name: str, head: int) -> None:
    players, boxes, goals = (cells.count(symbol) for symbol in (PLAYER, BOX, GOAL))
    if players != 1:
        raise _wrong(name, head, f"a level has one player '{PLAYER}', not {players}")
    if not 0 < boxes == goals:
        raise _wrong(name, head, f"a level has as many boxes '{BOX}' as goals '{GOAL}', not {boxes} and {goals}")


def _wrong(name: str, at: int, what: str) -> AutoMemError:
    return AutoMemError(f"{name}:{at + 1}: {what}")
