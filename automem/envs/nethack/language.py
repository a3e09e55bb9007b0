"""The language observation and the cursor: what is where on the level, in the words of BALROG's language wrapper."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from automem.envs.nethack.data import COLUMNS, ROWS
from automem.envs.nethack.glyphs import OPAQUE, RAY_NAMES, SCREEN_NAMES

# What comes first is also told first.
_DISTANCES = ("very far", "far", "near", "very near", "adjacent")
_FARTHEST = (1, 2, 5, 19)  # in steps, of what is adjacent, very near, near and far
_DIRECTIONS = (
    *("north", "northnortheast", "northeast", "eastnortheast", "east", "eastsoutheast", "southeast", "southsoutheast"),
    *("south", "southsouthwest", "southwest", "westsouthwest", "west", "westnorthwest", "northwest", "northnorthwest"),
)
_RAY_LENGTH = 9
# Columns and rows per step of the eight rays, in the order in which what they meet is told, other things being equal.
_RAYS = np.array([(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)])

_NAMES = tuple(anywhere or along_ray for anywhere, along_ray in zip(SCREEN_NAMES, RAY_NAMES, strict=True))
_ANYWHERE = np.array([bool(name) for name in SCREEN_NAMES])
_ALONG_RAY = np.array([bool(name) for name in RAY_NAMES])
_OPAQUE = np.array([name in OPAQUE for name in RAY_NAMES])

_SAME_IN_PLURAL = ("boots", "shoes", "scales", "lenses", "bars")
_COUNTED_FIRST = ("boom", "shield", "swallow", "scroll", "worthless piece", "unknown creature")
_IRREGULAR = {
    "can of grease": "cans of grease",
    "Master of Thieves": "Masters of Thieves",
    "ice": "area of ice",
    "lava": "area of lava",
}


def language(glyphs: NDArray[np.int16], blstats: NDArray[np.int64]) -> str:
    """What can be told of the level, one line for each kind of thing at each distance, the farthest first.

    A line is `<thing> <distance> <directions>`, such as `stairs down near north and east`; several things of
    a kind in the same direction are told in the plural. Told are monsters, objects and notable features
    wherever they are shown, and walls, doors and traps that one of eight rays of length 9 meets, of which
    walls and unexplored dark end the ray. The player's own place is left out.

    As in the wrapper, where a plural and another line's thing are spelled alike at the same distance
    (`bars`), both lines give the directions of the later one.

    Arguments:
        glyphs: the level, `[21, 79]`.
        blstats: nle's 27 figures of the status line; the first two are the player's column and row.
    """
    flat, x, y = glyphs.ravel(), int(blstats[0]), int(blstats[1])
    shown = _ANYWHERE[flat].nonzero()[0]
    told = np.concatenate((shown[shown != y * COLUMNS + x], _met(flat, x, y)))
    ranks = _ranks(x, y)[told]
    order = ranks.argsort(kind="stable")
    directions: dict[tuple[str, int], list[int]] = {}
    for glyph, rank in zip(flat[told[order]].tolist(), ranks[order].tolist(), strict=True):
        distance, direction = divmod(rank, len(_DIRECTIONS))
        directions.setdefault((_NAMES[glyph], distance), []).append(direction)
    parts = [part for (name, distance), where in directions.items() for part in _parts(name, distance, tuple(where))]
    last = dict(parts)
    return "\n".join(f"{things} {last[things]}" for things, _ in parts)


def cursor(glyphs: NDArray[np.int16], blstats: NDArray[np.int64], tty_cursor: NDArray[np.uint8]) -> str:
    """Where the cursor is, as seen from the player, and what is shown there.

    Empty while the cursor is outside the level, which for the wrapper includes the level's first place, and
    without a name where there is nothing that is named anywhere. The terminal's last column, which no level
    uses, counts as the first of the row below.

    Arguments:
        glyphs: the level, `[21, 79]`.
        blstats: nle's 27 figures of the status line; the first two are the player's column and row.
        tty_cursor: row and column of the terminal's cursor.
    """
    dx, dy = int(tty_cursor[1]) - int(blstats[0]), int(tty_cursor[0]) - 1 - int(blstats[1])
    place = int(tty_cursor[1]) + (int(tty_cursor[0]) - 1) * COLUMNS
    if not (0 < place < ROWS * COLUMNS and -COLUMNS <= dx < COLUMNS):
        return ""
    name = SCREEN_NAMES[glyphs.ravel()[place]]
    if dx == dy == 0:
        return f"Yourself a {name}"
    distance, direction = divmod(_rank(dx, dy), len(_DIRECTIONS))
    return f"{_DISTANCES[distance]} {_DIRECTIONS[direction]} {name}"


def plural(noun: str) -> str:
    """The wrapper's plural of a thing's name, which is not always English (`leechs`, `area of ice`)."""
    if noun.endswith(_SAME_IN_PLURAL):
        return noun
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    for head in _COUNTED_FIRST:
        if noun.startswith(f"{head} "):
            return f"{head}s{noun[len(head) :]}"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    if noun.endswith(("s", "x", "z", "sh")):
        return f"{noun}es"
    if noun.endswith("f"):
        return f"{noun.removesuffix('f').removesuffix('f')}ves"
    return f"{noun}s"


def _rank(dx: int, dy: int) -> int:
    """Distance and direction of an offset as one number, by which things are told: 16 × distance + direction."""
    distance = len(_FARTHEST) - bisect_left(_FARTHEST, max(abs(dx), abs(dy)))
    vertical = "south" if dy > 0 else "north" if dy < 0 else ""
    horizontal = "east" if dx > 0 else "west" if dx < 0 else ""
    words = vertical + horizontal
    if dx and dy and abs(dx) != abs(dy):
        words = (vertical if abs(dy) > abs(dx) else horizontal) + words
    # Of the player's own place nothing is told, so it can have any rank.
    return len(_DIRECTIONS) * distance + (_DIRECTIONS.index(words) if words else 0)


_RANKS = np.array(
    [[_rank(dx, dy) for dx in range(1 - COLUMNS, COLUMNS)] for dy in range(1 - ROWS, ROWS)], dtype=np.int16
)


@lru_cache(maxsize=256)
def _ranks(x: int, y: int) -> NDArray[np.int16]:
    """The rank of every place of the level as seen from one of them, row by row."""
    return _RANKS[ROWS - 1 - y : 2 * ROWS - 1 - y, COLUMNS - 1 - x : 2 * COLUMNS - 1 - x].ravel()


@lru_cache(maxsize=256)
def _rays(x: int, y: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Places along the eight rays from a place, `[8, 9]`, and which of them are on the level."""
    steps = np.arange(1, _RAY_LENGTH + 1)
    columns, rows = x + np.outer(_RAYS[:, 0], steps), y + np.outer(_RAYS[:, 1], steps)
    inside = (columns >= 0) & (columns < COLUMNS) & (rows >= 0) & (rows < ROWS)
    return np.where(inside, rows * COLUMNS + columns, 0), inside


def _met(flat: NDArray[np.int16], x: int, y: int) -> NDArray[np.intp]:
    """Places of what is told because a ray meets it, ray by ray."""
    places, inside = _rays(x, y)
    glyphs = flat[places]
    ends = _OPAQUE[glyphs]
    behind = ends.cumsum(axis=1) > ends
    return places[_ALONG_RAY[glyphs] & inside & ~behind]


@lru_cache(maxsize=1 << 14)
def _parts(name: str, distance: int, directions: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    """What is told of the things of a name at a distance: things and distance, and in which directions.

    Arguments:
        name: the things' name.
        distance: index in `_DISTANCES`.
        directions: for each thing its index in `_DIRECTIONS`, in rising order.
    """
    counted = [(_DIRECTIONS[direction], len(list(same))) for direction, same in groupby(directions)]
    single = [direction for direction, count in counted if count == 1]
    several = [direction for direction, count in counted if count > 1]
    told = ((name, single), (plural(name), several))
    return tuple((f"{things} {_DISTANCES[distance]}", _listed(where)) for things, where in told if where)


def _listed(words: list[str]) -> str:
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])}, and {words[-1]}"
