"""Makes arrays up that play seldom or never gives: every glyph, any board, any statistics, odd screens.

First of three steps like record.py, see README.md: `python made_up.py ARRAYS.npz`, in the project's environment.
"""

from __future__ import annotations

import argparse
from itertools import combinations
from pathlib import Path

import numpy as np
from nle import nethack
from numpy.typing import NDArray

FLOOR = nethack.GLYPH_CMAP_OFF + 19
PLACE = (40, 10)  # the player's column and row where nothing else is said
BOARDS, SCREENS = 3000, 3000
FRAGMENTS = (
    *("--More--", "(end)", "(1 of 2)", "(2 of 13)", "a - an apple (1 of 3)", " of ", "x of y", "You see here a rock."),
    *("No  Points     Name", "You made the top ten list!", "\x1a", "\x1a ", "\xe9\xff", "tab\there", "\0", "z"),
)


class Observations:
    """Observations that all begin as an empty room and differ in what is being tried."""

    def __init__(self, count: int) -> None:
        self.glyphs = np.full((count, 21, 79), FLOOR, np.int16)
        self.blstats = np.zeros((count, 27), np.int64)
        self.blstats[:, :2] = PLACE
        self.tty_chars = np.full((count, 24, 80), ord(" "), np.uint8)
        self.tty_cursor = np.tile(np.array((PLACE[1] + 1, PLACE[0]), np.uint8), (count, 1))
        self.inv_letters = np.zeros((count, 55), np.uint8)
        self.inv_strs = np.zeros((count, 55, 80), np.uint8)


def glyphs() -> Observations:
    """Glyph n in observation n: once near and twice far to the east of the player, the near one under the cursor."""
    made = Observations(nethack.MAX_GLYPH)
    for offset in (3, 7, 8):
        made.glyphs[:, PLACE[1], PLACE[0] + offset] = np.arange(nethack.MAX_GLYPH)
    made.tty_cursor[:, 1] = PLACE[0] + 3
    return made


def boards(rng: np.random.Generator) -> Observations:
    """Boards of few kinds of glyphs, thin or dense, with the player and the cursor anywhere."""
    made = Observations(BOARDS)
    for row in range(BOARDS):
        start, end = ((0, nethack.MAX_GLYPH), (nethack.GLYPH_CMAP_OFF, nethack.GLYPH_EXPLODE_OFF))[row % 2]
        kinds = rng.integers(start, end, size=rng.integers(1, 30))
        filled = rng.random((21, 79)) < rng.choice([0.01, 0.05, 0.3, 1.0])
        made.glyphs[row][filled] = rng.choice(kinds, filled.sum())
    made.blstats[:, 0], made.blstats[:, 1] = rng.integers(0, 79, BOARDS), rng.integers(0, 21, BOARDS)
    made.tty_cursor[:, 0], made.tty_cursor[:, 1] = rng.integers(0, 24, BOARDS), rng.integers(0, 80, BOARDS)
    made.tty_cursor[::50] = 0, 79
    made.tty_cursor[1::50] = 1, 0
    return made


def statistics(rng: np.random.Generator) -> Observations:
    """Every condition, every pair of them, and numbers in and out of the range that NetHack has words for."""
    bits = [1 << bit for bit in range(nethack.BL_MASK_BITS)]
    masks = [0, *bits, *(one | other for one, other in combinations(bits, 2)), *range(7, 8192, 29)]
    made = Observations(len(masks))
    made.blstats[:] = rng.integers(-5, 2000, made.blstats.shape)
    made.blstats[:, :2] = PLACE
    made.blstats[:, nethack.NLE_BL_HUNGER] = rng.integers(-1, 8, len(masks))
    made.blstats[:, nethack.NLE_BL_CAP] = rng.integers(-1, 7, len(masks))
    made.blstats[:, nethack.NLE_BL_ALIGN] = rng.choice([-128, -2, -1, 0, 1, 2], len(masks))
    made.blstats[:, nethack.NLE_BL_CONDITION] = masks
    return made


def screens(rng: np.random.Generator) -> Observations:
    """Screens of what marks pages and death screens, at the left, anywhere and in the last column."""
    made = Observations(SCREENS)
    for screen in made.tty_chars:
        for row in rng.choice(24, rng.integers(0, 8)).tolist() + rng.choice(3, rng.integers(0, 3)).tolist():
            text = np.frombuffer(rng.choice(FRAGMENTS).encode("latin-1"), np.uint8)
            place = rng.choice([0, 1, 30, 80 - len(text), rng.integers(0, 80 - len(text))])
            screen[row, place : place + len(text)] = text
    items = rng.integers(0, 56, SCREENS)
    for row, count in enumerate(items.tolist()):
        made.inv_letters[row, :count] = rng.integers(1, 256, count)
        texts = np.repeat(rng.integers(1, 256, (count, 1), np.uint8), 80, axis=1)
        texts[np.arange(80) >= rng.integers(0, 80, (count, 1))] = 0
        made.inv_strs[row, :count] = texts
    return made


def save(path: Path, made: list[Observations]) -> None:
    columns: dict[str, NDArray[np.generic]] = {}
    for key in vars(made[0]):
        columns[key] = np.concatenate([vars(observations)[key] for observations in made])
    np.savez_compressed(path, **columns)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("arrays", type=Path, help="the .npz file to write")
    generator = np.random.default_rng(1)
    save(parser.parse_args().arrays, [glyphs(), boards(generator), statistics(generator), screens(generator)])
