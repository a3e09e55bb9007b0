"""The noise floor: how much play of one scaffold differs from itself, and what a gate can find in it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from automem.loops.gates.base import TINY
from automem.loops.gates.paired import DIFFERING, LAST, PairedGate, quantile
from automem.spec.experiment import MAX_SEEDS, Optimize
from automem.traces.summary import EpisodeRow, mean_of

POWER = 0.8
FEW_PAIRS = 5
COARSE = 0.10
"""A smallest detectable gain, in shares of progression, above which `plan` warns."""
_MANY = 1000
"""Degrees of freedom from which Student's t is the normal distribution to three digits."""


@dataclass(frozen=True)
class Noise:
    """A/A: the same scaffold against itself on the same tasks and seeds.

    Arguments:
        pairs: differences between a play and the one before of the same task and seed.
        episodes: different tasks and seeds among them.
        differing: those of `episodes` whose plays did not all reach the same progression.
        mean: of the differences, in shares of progression; near zero unless something drifted between the plays.
        sd: standard deviation of a difference between two plays: √2 times that of one play about its seed's
            mean, pooled over the seeds.
        tasks: how many tasks were played.
    """

    pairs: int
    episodes: int
    differing: int
    mean: float
    sd: float
    tasks: int

    def se(self, pairs: int) -> float:
        """The standard error of a mean paired difference over so many pairs."""
        return self.sd / math.sqrt(pairs)


def noise_of(rows: Iterable[EpisodeRow]) -> Noise | None:
    """The noise in repeated plays of one scaffold; None where nothing was finished twice.

    Arguments:
        rows: its episodes; those of one task and seed differ in `replay`.
    """
    repeated = {place: plays for place, plays in _plays(rows).items() if len(plays) > 1}
    if not repeated:
        return None
    steps = [later - earlier for plays in repeated.values() for earlier, later in pairwise(plays)]
    squares = [(play - math.fsum(plays) / len(plays)) ** 2 for plays in repeated.values() for play in plays]
    return Noise(
        pairs=len(steps),
        episodes=len(repeated),
        differing=sum(max(plays) - min(plays) > TINY for plays in repeated.values()),
        mean=mean_of(steps).mean or 0.0,
        sd=math.sqrt(2 * math.fsum(squares) / len(steps)),
        tasks=len({task for task, _ in repeated}),
    )


def _plays(rows: Iterable[EpisodeRow]) -> dict[tuple[str, int], list[float]]:
    """Progression of each task and seed, in the order of replays."""
    found: defaultdict[tuple[str, int], list[float]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.replay):
        if row.status == "done" and row.progression is not None:
            found[row.task, row.seed].append(row.progression)
    return dict(found)


def detectable(sd: float, pairs: int, confidence: float, power: float = POWER) -> float | None:
    """The smallest true gain that the paired gate accepts with probability `power`, in the unit of `sd`.

    (t of the gate's last look + t of the power) · sd / √pairs, for differences that are about normal; early looks
    cost a little more, which `python -m benchmarks gates` measures.

    Arguments:
        sd: standard deviation of a paired difference.
        pairs: at the last look.
        confidence: of the gate, one-sided.

    Returns: None with fewer pairs than the gate needs to accept anything.
    """
    if pairs < DIFFERING:
        return None
    alone = len(PairedGate(confidence).looks(pairs)) == 1
    degrees = min(pairs - 1, _MANY)
    level = (1 - confidence) * (1.0 if alone else LAST)
    return (quantile(1 - level, degrees) + quantile(power, degrees)) * sd / math.sqrt(pairs)


def needed(sd: float, gain: float, confidence: float, power: float = POWER) -> int | None:
    """How many pairs the paired gate needs to find a true `gain` with probability `power`.

    Returns: None where even the longest list of seeds is too short.

    Raises:
        ValueError: the gain is not positive.
    """
    if gain <= 0:
        raise ValueError(f"a gain of {gain} cannot be found")
    low, high = DIFFERING, MAX_SEEDS
    while low < high:
        middle = (low + high) // 2
        found = detectable(sd, middle, confidence, power)
        low, high = (low, middle) if found is not None and found <= gain else (middle + 1, high)
    found = detectable(sd, low, confidence, power)
    return low if found is not None and found <= gain else None


def warnings(optimize: Optimize, pairs: int, noise: Noise | None = None) -> list[str]:
    """Why the gate of an experiment may be unable to decide; empty where nothing is known against it.

    Arguments:
        pairs: tasks × select seeds of the experiment.
        noise: of its scaffold, where that was measured.
    """
    return [*_gate_warnings(optimize, pairs), *(_noise_warnings(optimize, pairs, noise) if noise else ())]


def _gate_warnings(optimize: Optimize, pairs: int) -> Sequence[str]:
    if optimize.gate == "mean":
        tries = optimize.attempts * (1 + optimize.continuations)
        return [
            f"optimize.gate: mean keeps whatever scored higher once: of {tries} candidates no better than the incumbent"
            f" it keeps at least one with probability {tries}/{tries + 1}; `gate: paired` asks how sure that is"
        ]
    if pairs < DIFFERING:
        return [f"optimize.gate: paired accepts nothing with {_pairs(pairs)}; name at least {FEW_PAIRS} select seeds"]
    if pairs < FEW_PAIRS:
        return [f"optimize.gate: paired rests on {_pairs(pairs)} only; name at least {FEW_PAIRS} select seeds"]
    return []


def _noise_warnings(optimize: Optimize, pairs: int, noise: Noise) -> Sequence[str]:
    if noise.sd <= TINY:
        return []
    if optimize.gate == "mean":
        return [
            f"two plays of one scaffold differ by {100 * noise.se(pairs):.1f} points of progression (1 standard error)"
        ]
    gain = detectable(noise.sd, pairs, optimize.confidence)
    if gain is None or gain <= COARSE:
        return []
    enough = needed(noise.sd, COARSE, optimize.confidence)
    seeds = "no list of seeds is" if enough is None else f"{math.ceil(enough / noise.tasks)} select seeds are"
    return [
        f"with {_pairs(pairs)} the gate finds only gains of {100 * gain:.1f} points and more four times in five"
        f" (two plays of a seed differ by a standard deviation of {100 * noise.sd:.1f});"
        f" for {100 * COARSE:.0f} points {seeds} enough"
    ]


def _pairs(pairs: int) -> str:
    return f"{pairs} pair" if pairs == 1 else f"{pairs} pairs"
