"""Pictures of a level in NetHack's tiles."""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from automem.envs.nethack.data import COLUMNS, unpack
from automem.envs.nethack.packages import require
from automem.errors import AutoMemError

SMALLEST, LARGEST = 79, 4096
"""Pixels of a picture's longer side: a pixel for each column of the level at least."""

NEAR = 39
"""Columns that a picture of the surroundings shows: about half of the level."""


def draw(glyphs: str, size: int) -> bytes:
    """The map of the level, as PNG.

    Arguments:
        glyphs: as `data.pack` gives them.
        size: pixels from west to east, from `SMALLEST` to `LARGEST`; from north to south there are 21/79 of it.

    Raises:
        AutoMemError: `size` is out of range.
    """
    if not SMALLEST <= size <= LARGEST:
        raise AutoMemError(f"a picture of a level is {SMALLEST} to {LARGEST} pixels wide, not {size}")
    return _png(unpack(glyphs), size)


def paint(data: Mapping[str, Any], size: int) -> bytes:
    """The part of the level around the hero, all its rows and `NEAR` of its columns, as PNG.

    Arguments:
        data: what a step of NetHack or MiniHack recorded beside its text.
        size: pixels from west to east.

    Raises:
        AutoMemError: there is no level in `data`, or it cannot be drawn.
    """
    try:
        glyphs, column = unpack(str(data["glyphs"])), int(data["stats"][0])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise AutoMemError("there is no picture: the step holds no level") from error
    west = min(max(column - NEAR // 2, 0), COLUMNS - NEAR)
    return _png(glyphs[:, west : west + NEAR], size)


def _png(glyphs: NDArray[np.int16], size: int) -> bytes:
    image = Image.fromarray(np.asarray(_painter().to_rgb(glyphs), np.uint8))
    scaled = image.resize((size, round(size * image.height / image.width)), Image.Resampling.BOX)
    png = io.BytesIO()
    scaled.save(png, "PNG")
    return png.getvalue()


@functools.cache
def _painter() -> Any:
    """Tiles of 16 by 16 pixels for glyphs."""
    try:
        require("minihack")
    except ImportError as error:
        raise AutoMemError(f"there is no picture: {error}") from error
    from minihack.tiles import GlyphMapper

    return GlyphMapper()
