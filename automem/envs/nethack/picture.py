"""Pictures of a level in NetHack's tiles."""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from automem.envs.nethack.data import unpack
from automem.envs.nethack.episode import Episode
from automem.envs.nethack.packages import require
from automem.errors import AutoMemError

SMALLEST, LARGEST = 79, 4096
"""Pixels of a picture's longer side: a pixel for each column of the level at least."""


def draw(episode: Episode, actions: Sequence[str], size: int) -> bytes:
    """The map of the level after `actions`, as PNG.

    Arguments:
        episode: a fresh one; it is closed in the end.
        actions: replayed from its start.
        size: pixels from west to east, from `SMALLEST` to `LARGEST`; from north to south there are 21/79 of it.

    Raises:
        AutoMemError: `size` is out of range, or the actions are no episode that can be played.
    """
    if not SMALLEST <= size <= LARGEST:
        raise AutoMemError(f"a picture of a level is {SMALLEST} to {LARGEST} pixels wide, not {size}")
    with contextlib.closing(episode):
        seen = episode.reset()
        for action in actions:
            seen = episode.step(action)
    image = Image.fromarray(_paint(unpack(seen.data["glyphs"])))
    scaled = image.resize((size, round(size * image.height / image.width)), Image.Resampling.BOX)
    png = io.BytesIO()
    scaled.save(png, "PNG")
    return png.getvalue()


def _paint(glyphs: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Tiles of 16 by 16 pixels in place of the glyphs."""
    return np.asarray(_painter().to_rgb(glyphs), np.uint8)


@functools.cache
def _painter() -> Any:
    try:
        require("minihack")
    except ImportError as error:
        raise AutoMemError(f"there is no picture: {error}") from error
    from minihack.tiles import GlyphMapper

    return GlyphMapper()
