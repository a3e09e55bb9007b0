"""The noise floor laid out as a table: how far play repeats itself, and what gains that lets a gate find."""

from __future__ import annotations

import math
from collections.abc import Iterator

from automem.loops.noise import POWER, Noise, detectable, needed
from automem.report.grid import NOTHING, Grid
from automem.spec.experiment import Optimize

GAINS = (0.025, 0.05, 0.10)
"""Gains, in shares of progression, for which the seeds needed are shown."""


def noise_grid(noise: Noise, optimize: Optimize) -> Grid:
    """What was measured, and what follows for a gate that sees the same tasks and seeds.

    Arguments:
        optimize: for the confidence of the paired gate.
    """
    note = "Points are percentage points of progression; a pair is one seed of one task."
    if noise.differing:
        note += " A candidate that plays seeds differently, and not only luckier, adds a spread of its own."
    else:
        note += " Every play repeated itself: one play a seed says all, and chance lies in the choice of seeds alone."
    rows = (*_measured(noise), *_decidable(noise, optimize.confidence))
    return Grid("The same scaffold against itself", ("", "figure"), rows, 1, note)


def _measured(noise: Noise) -> Iterator[tuple[str, str]]:
    yield "pairs played more than once", f"{noise.episodes:,}"
    yield "of them with different results", f"{noise.differing:,}"
    yield "mean difference, a play minus the one before", f"{100 * noise.mean:+.2f} points"
    yield "standard deviation of a difference", f"{100 * noise.sd:.2f} points"
    yield f"standard error over {noise.episodes:,} pairs", f"{100 * noise.se(noise.episodes):.2f} points"


def _decidable(noise: Noise, confidence: float) -> Iterator[tuple[str, str]]:
    if not noise.differing:
        return
    gain = detectable(noise.sd, noise.episodes, confidence)
    found = NOTHING if gain is None else f"{100 * gain:.1f} points"
    yield f"gain found {100 * POWER:.0f} times in 100, at {100 * confidence:g} % confidence", found
    for size in GAINS:
        pairs = needed(noise.sd, size, confidence)
        seeds = "too many" if pairs is None else f"{math.ceil(pairs / noise.tasks):,}"
        yield f"seeds of each task to find {100 * size:g} points as surely", seeds
