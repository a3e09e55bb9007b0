"""What each of NetHack's glyphs is: a kind out of a small vocabulary, a name, and what a step there does."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Literal

import numpy as np
from nle import nethack
from numpy.typing import NDArray

from automem.envs.nethack.glyphs import RAY_NAMES, SCREEN_NAMES

Step = Literal["walk", "swap", "push", "open", "attack", "danger", "blocked", "unknown"]

STEPS: dict[str, Step] = {
    "dark": "unknown",  # nothing was ever seen there
    "rock": "blocked",  # still dark although the agent stood beside it
    "edge": "blocked",  # beyond the map
    "wall": "blocked",
    "floor": "walk",
    "corridor": "walk",
    "doorway": "walk",  # without a door, or with a broken one: diagonal steps are free
    "open_door": "walk",
    "closed_door": "open",
    "bars": "blocked",
    "tree": "blocked",
    "stairs_up": "walk",
    "stairs_down": "walk",
    "ladder_up": "walk",
    "ladder_down": "walk",
    "altar": "walk",
    "grave": "walk",
    "throne": "walk",
    "sink": "walk",
    "fountain": "walk",
    "water": "danger",
    "ice": "walk",
    "lava": "danger",
    "bridge": "walk",
    "raised_bridge": "blocked",
    "air": "walk",
    "cloud": "walk",
    "trap": "danger",
    "boulder": "push",
    "object": "walk",
    "statue": "walk",
    "corpse": "walk",
    "monster": "attack",
    "pet": "swap",
    "ridden": "attack",
    "detected": "attack",
    "invisible": "attack",  # where an unseen monster was noticed
    "warning": "attack",
    "swallowed": "attack",
    "effect": "unknown",  # a beam, an explosion, a cloud of gas: gone the next moment
}
"""Every kind there is, and what a step onto it does: `walk` (so too over objects), `swap` places with a pet,
`push` a boulder, `open` a door, `attack`, fall into `danger` (a known trap, water, lava), be `blocked`, or
`unknown`."""

DOORS = ("open_door", "closed_door")
"""Kinds that nobody enters or leaves diagonally."""

STONE: int = nethack.GLYPH_CMAP_OFF  # shown for solid rock and for what was never seen alike
ROCK: int = nethack.MAX_GLYPH
EDGE: int = nethack.MAX_GLYPH + 1
"""Numbers of our own above all glyphs, for what the game shows no glyph of."""

# The kinds of NetHack's map symbols, in the order of its `defsym.h` (defsyms of drawing.c in 3.6).
_SYMBOLS = (
    *("dark", *("wall",) * 11, "doorway", *("open_door",) * 2, *("closed_door",) * 2, "bars", "tree"),
    *("floor", "floor", "corridor", "corridor", "stairs_up", "stairs_down", "ladder_up", "ladder_down"),
    *("altar", "grave", "throne", "sink", "fountain", "water", "ice", "lava", "bridge", "bridge"),
    *("raised_bridge", "raised_bridge", "air", "cloud", "water", *("trap",) * 23),
)
_TERRAIN_END = nethack.GLYPH_CMAP_OFF + len(_SYMBOLS)

# What begins at which glyph, in rising order.
_RANGES: tuple[tuple[int, str], ...] = (
    (nethack.GLYPH_MON_OFF, "monster"),
    (nethack.GLYPH_PET_OFF, "pet"),
    (nethack.GLYPH_INVIS_OFF, "invisible"),
    (nethack.GLYPH_DETECT_OFF, "detected"),
    (nethack.GLYPH_BODY_OFF, "corpse"),
    (nethack.GLYPH_RIDDEN_OFF, "ridden"),
    (nethack.GLYPH_OBJ_OFF, "object"),
    *((nethack.GLYPH_CMAP_OFF + number, kind) for number, kind in enumerate(_SYMBOLS)),
    (_TERRAIN_END, "effect"),
    (nethack.GLYPH_SWALLOW_OFF, "swallowed"),
    (nethack.GLYPH_WARNING_OFF, "warning"),
    (nethack.GLYPH_STATUE_OFF, "statue"),
    (ROCK, "rock"),
    (EDGE, "edge"),
)
_STARTS = [start for start, _ in _RANGES]


def _kind(glyph: int) -> str:
    if nethack.glyph_is_normal_object(glyph) and nethack.OBJ_NAME(_object(glyph)) == "boulder":
        return "boulder"
    return _RANGES[bisect_right(_STARTS, glyph) - 1][1]


def _object(glyph: int) -> nethack.objclass:
    return nethack.objclass(nethack.glyph_to_obj(glyph))


def _name(glyph: int) -> str:
    """As the text of an observation names it; the kind itself for what the text has no word for, such as floor."""
    named = (SCREEN_NAMES[glyph] or RAY_NAMES[glyph]) if glyph < nethack.MAX_GLYPH else ""
    return named or KINDS[glyph].replace("_", " ")


KINDS: tuple[str, ...] = tuple(_kind(glyph) for glyph in range(EDGE + 1))
"""Glyph (or `ROCK`, `EDGE`) → kind."""

NAMES: tuple[str, ...] = tuple(_name(glyph) for glyph in range(EDGE + 1))
"""Glyph → name, such as `tame kitten`, `vertical closed door`, `floor`."""


def glyphs_of(kinds: Iterable[str]) -> NDArray[np.bool_]:
    """Glyph → whether it is of one of `kinds`."""
    kinds = frozenset(kinds)
    return np.array([kind in kinds for kind in KINDS])


TERRAIN: NDArray[np.bool_] = np.zeros(EDGE + 1, np.bool_)
"""Glyph → whether it shows what a cell is made of, and not what lies, stands or happens in it."""
TERRAIN[STONE + 1 : _TERRAIN_END] = True
