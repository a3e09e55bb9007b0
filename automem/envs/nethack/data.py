"""What an observation of NetHack holds besides its text: the level's glyphs as plain, compressible data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ROWS, COLUMNS = 21, 79
"""The size of a level: rows by columns of glyphs."""

# Glyphs are below 6,000, so that shifted by this much none is a control character, a space or a surrogate.
_SHIFT = 0x100


def pack(glyphs: NDArray[np.int16]) -> str:
    """The glyphs of a level, `[ROWS, COLUMNS]`, as text: one character for each, row by row.

    Text is what traces store best: two levels one step apart share nearly all of it.
    """
    shifted: NDArray[np.uint16] = glyphs.astype("<u2") + np.uint16(_SHIFT)
    return shifted.tobytes().decode("utf-16-le")


def unpack(packed: str) -> NDArray[np.int16]:
    """The glyphs that `pack` was given, `[ROWS, COLUMNS]`.

    Raises:
        ValueError: the text is not that of a level.
    """
    shifted: NDArray[np.uint16] = np.frombuffer(packed.encode("utf-16-le"), "<u2")
    glyphs: NDArray[np.int16] = (shifted - np.uint16(_SHIFT)).astype(np.int16)
    return glyphs.reshape(ROWS, COLUMNS)
