"""What the built-ins read of an observation: NetHack's glyphs, its numbers, and what it waits for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from nle import nethack
from numpy.typing import NDArray

from automem.envs.base import Observation
from automem.envs.nethack.data import unpack


class Moment(NamedTuple):
    """One observation's data.

    Arguments:
        glyphs: what is shown, `[ROWS, COLUMNS]`.
        stats: the numbers of the status lines, ordered as nle's `blstats`.
        asks: what the game waits for: `key`, `line`, `space`, or nothing.
    """

    glyphs: NDArray[np.int16]
    stats: list[int]
    asks: str

    @property
    def place(self) -> tuple[int, int]:
        """Column and row where the agent is."""
        return self.stats[nethack.NLE_BL_X], self.stats[nethack.NLE_BL_Y]

    @property
    def level(self) -> str:
        """`number of the dungeon:number of the level in it`, such as `0:1` where a game begins."""
        return f"{self.stats[nethack.NLE_BL_DNUM]}:{self.stats[nethack.NLE_BL_DLEVEL]}"


def moment(observation: Observation) -> Moment:
    """The data of an observation.

    Raises:
        ValueError: it has none of the NetHack family's.
    """
    data = observation.data
    try:
        return Moment(unpack(data["glyphs"]), data["stats"], data["asks"])
    except KeyError as missing:
        raise ValueError(
            f"this built-in reads what the NetHack family gives beside its text (glyphs, stats, asks), and this "
            f"observation has no {missing}: it is of another world, or text alone"
        ) from None
