"""Levels drawn in text, as observations of the NetHack family."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from nle import nethack

from automem.envs.base import Observation, TaskInfo
from automem.envs.nethack.builtins.compass import COMPASS
from automem.envs.nethack.cells import KINDS, STONE
from automem.envs.nethack.data import COLUMNS, ROWS, pack

SYMBOL = nethack.GLYPH_CMAP_OFF
TRAP_DOOR, LAVA, STAIRS_DOWN = SYMBOL + 55, SYMBOL + 34, SYMBOL + 24
GLYPHS = {
    " ": STONE,
    "@": 0,
    "|": SYMBOL + 1,
    "-": SYMBOL + 2,
    "D": SYMBOL + 12,  # a doorway without a door
    "'": SYMBOL + 13,
    "+": SYMBOL + 15,
    ".": SYMBOL + 19,
    "#": SYMBOL + 21,
    "<": SYMBOL + 23,
    ">": STAIRS_DOWN,
    "}": LAVA,
    "^": TRAP_DOOR,
    "0": KINDS.index("boulder"),
    "%": KINDS.index("object"),
    "d": nethack.GLYPH_PET_OFF + 16,
    "o": nethack.GLYPH_MON_OFF + 70,
    "Y": SYMBOL + 18,
}


def info(actions: Iterable[str] = COMPASS) -> TaskInfo:
    return TaskInfo("drawn", tuple(actions), "", 100, "1", Observation(""))


def draw(
    picture: str,
    *,
    at: tuple[int, int] = (0, 0),
    dungeon: int = 0,
    level: int = 1,
    turn: int = 1,
    asks: str = "",
    conditions: int = 0,
) -> Observation:
    """An observation of a level whose cell `at` is the first of the picture and whose agent is `@`."""
    glyphs = np.full((ROWS, COLUMNS), STONE, np.int16)
    stats = [0] * nethack.BLSTATS_SHAPE[0]
    for y, line in enumerate(picture.strip("\n").split("\n"), at[1]):
        for x, symbol in enumerate(line, at[0]):
            glyphs[y, x] = GLYPHS[symbol]
            if symbol == "@":
                stats[nethack.NLE_BL_X], stats[nethack.NLE_BL_Y] = x, y
    stats[nethack.NLE_BL_DNUM], stats[nethack.NLE_BL_DLEVEL], stats[nethack.NLE_BL_TIME] = dungeon, level, turn
    stats[nethack.NLE_BL_CONDITION] = conditions
    return Observation("", data={"glyphs": pack(glyphs), "stats": stats, "asks": asks})


def values(
    builtin: Callable[..., Any], *observations: Observation, actions: Iterable[str] = COMPASS, **parameters: Any
) -> list[Any]:
    """What a built-in gives at each of a run of observations."""
    extract, found = builtin(parameters, info(actions)), []
    for observation in observations:
        found.append(extract(observation, {}, found[-1] if found else None))
    return found
