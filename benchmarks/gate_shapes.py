"""Made-up play for the simulation of the gates: three shapes of progression, each with a true gain to find."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Chance = np.random.Generator

NETHACK = 0.04
HEAVY = 1.5
SOLVED = (0.35, 0.5)


def crafter(chance: Chance, levels: Array, gain: float) -> Array:
    """Achievements of 22: seeds differ by 8 points, plays of a seed by 8.5, so that differences have 12."""
    shares = 0.35 + 0.08 * levels + gain + 0.085 * chance.standard_normal(len(levels))
    return np.round(22 * np.clip(shares, 0, 1)) / 22


def minihack(chance: Chance, levels: Array, gain: float) -> Array:
    """Solved or not: most levels are nearly always or nearly never solved, so that two of ten pairs differ."""
    mean = SOLVED[0] / sum(SOLVED)
    solved = levels + gain * ((1 - levels) / (1 - mean) if gain > 0 else levels / mean)
    return (chance.random(len(levels)) < solved).astype(np.float64)


def nethack(chance: Chance, levels: Array, gain: float) -> Array:
    """Small and skewed: a mean of 4 %, a few games of 20 % and more."""
    scale = (NETHACK + gain) / math.gamma(1 + HEAVY)
    return np.minimum(chance.standard_exponential(len(levels)) ** HEAVY * scale, 1.0)


@dataclass(frozen=True)
class Shape:
    """How a world's progression varies.

    Arguments:
        levels: how easy each of so many seeds is, the same for every play of a seed.
        play: one play of each seed, with a true gain in shares of progression.
    """

    name: str
    levels: Callable[[Chance, int], Array]
    play: Callable[[Chance, Array, float], Array]

    def plays(self, chance: Chance, levels: Array, gain: float, times: int) -> Array:
        """The mean of several plays of each seed."""
        total = self.play(chance, levels, gain)
        for _ in range(times - 1):
            total = total + self.play(chance, levels, gain)
        return total / times


SHAPES = (
    Shape("Crafter", lambda chance, pairs: chance.standard_normal(pairs), crafter),
    Shape("MiniHack", lambda chance, pairs: chance.beta(*SOLVED, pairs), minihack),
    Shape("NetHack", lambda chance, pairs: np.zeros(pairs), nethack),
)
