"""Many episodes in few numbers: means with standard errors, and paired differences with their interval."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class EpisodeRow:
    """One episode of a run, as the run's database and every report know it.

    Arguments:
        key: the content key of all that determines the episode.
        stage: which part of the experiment asked for it (`evaluate`, `select`, `report`, …).
        scaffold: name and version of the scaffold it was played with.
        scaffold_hash: content hash of that scaffold, resolved.
        env, task, seed: what was played.
        status: `done`, or `owed` when infrastructure trouble kept it from being finished.
        progression: the task's measure of success, 0 to 1; None while owed.
        steps: how many steps were played; None while owed.
        metrics: what `traces.metrics` measured; empty while owed.
        reused: found under its key, not played by this command.
        error: why the episode is owed; empty otherwise.
        conditions: what it was played under besides scaffold, task and seed, as a hash and in words
            (`1a2b3c4d: max_steps=60, scripted crafter`); equal text means equal conditions.
        note: what results must say of the task, as `TaskInfo.note`.
        replay: 0, or which fresh sampling of the same episode it is, counted from 1.
    """

    key: str
    stage: str
    scaffold: str
    scaffold_hash: str
    env: str
    task: str
    seed: int
    status: Literal["done", "owed"] = "owed"
    progression: float | None = None
    steps: int | None = None
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    reused: bool = False
    error: str = ""
    conditions: str = ""
    note: str = ""
    replay: int = 0

    @property
    def title(self) -> str:
        """The task, and what must be said of it."""
        return titled(self.task, self.note)


def titled(task: str, note: str) -> str:
    """A task as results name it, such as `Boxoban-Hard (generated levels)`."""
    return f"{task} ({note})" if note else task


@dataclass(frozen=True)
class CostRow:
    """What the calls of one model cost a run.

    Arguments:
        model: the model's name in the experiment, such as `base`.
        calls: answers received.
        input_tokens: prompt tokens, cached ones included; None where the engine does not count.
        cached_tokens: prompt tokens read from the server's cache; None where not counted.
        output_tokens: tokens of the answers; None where not counted.
        usd: money, by the experiment's prices; None where no price is given.
        seconds: summed wall time of the calls (calls overlap).
    """

    model: str
    calls: int
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    usd: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Mean:
    """A mean of `n` values and its standard error: sd / √n with the sample's sd (n - 1).

    Both are None where they are not defined: the mean of nothing, the error of a single value.
    """

    n: int
    mean: float | None
    se: float | None


@dataclass(frozen=True)
class Paired:
    """The mean of `b - a` over pairs of the same task and seed, with its confidence interval.

    `low` and `high` bound the mean with probability `level` when the differences are normal
    (Student's t on n - 1 degrees of freedom); None with fewer than two pairs.
    """

    n: int
    mean: float | None
    se: float | None
    low: float | None
    high: float | None
    level: float


def mean_of(values: Iterable[float | None]) -> Mean:
    """The mean over those of `values` that are defined."""
    known = [value for value in values if value is not None]
    n = len(known)
    if n == 0:
        return Mean(0, None, None)
    mean = math.fsum(known) / n
    if n == 1:
        return Mean(1, mean, None)
    variance = math.fsum((value - mean) ** 2 for value in known) / (n - 1)
    return Mean(n, mean, math.sqrt(variance / n))


def paired(
    a: Mapping[tuple[str, int], float | None],
    b: Mapping[tuple[str, int], float | None],
    level: float = 0.95,
) -> Paired:
    """The paired difference `b - a`.

    Arguments:
        a, b: (task, seed) → value; pairs that one side lacks, or where it is None, are left out.
        level: the confidence of the interval, between 0 and 1.
    """
    differences = [
        right - left for pair, left in sorted(a.items()) if left is not None and (right := b.get(pair)) is not None
    ]
    found = mean_of(differences)
    if found.mean is None or found.se is None:
        return Paired(found.n, found.mean, None, None, None, level)
    half = found.se * student_t(0.5 + level / 2, found.n - 1)
    return Paired(found.n, found.mean, found.se, found.mean - half, found.mean + half, level)


def student_t(probability: float, degrees: int) -> float:
    """The quantile of Student's t distribution.

    Arguments:
        probability: strictly between 0 and 1; 0.975 gives the factor of a two-sided 95 % interval.
        degrees: degrees of freedom, at least 1.

    Raises:
        ValueError: an argument is out of range.
    """
    if not 0.0 < probability < 1.0 or degrees < 1:
        raise ValueError(f"no t quantile for probability {probability} and {degrees} degrees of freedom")
    if probability < 0.5:
        return -student_t(1.0 - probability, degrees)
    inside = 2.0 * probability - 1.0
    low, high = 0.0, math.pi / 2
    while (angle := (low + high) / 2) not in (low, high):
        if _inside(angle, degrees) < inside:
            low = angle
        else:
            high = angle
    return math.sqrt(degrees) * math.tan(angle)


def _inside(angle: float, degrees: int) -> float:
    """P(|T| < √degrees · tan(angle)): the finite sums of Abramowitz & Stegun 26.7.3 and 26.7.4."""
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = degrees % 2
    term = cosine if odd else 1.0
    terms = []
    for power in range(odd, degrees - 1, 2):
        terms.append(term)
        term *= cosine * cosine * (power + 1) / (power + 2)
    total = sine * math.fsum(terms)
    return (angle + total) * 2 / math.pi if odd else total
