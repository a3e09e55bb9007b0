"""The paired gate: one-sided, at a stated confidence, with looks before the end.

At each look the gate computes Student's t of the differences and compares it with the quantile of a share of the
error α = 1 − confidence that the whole test may make. The shares are constants found by simulation
(`python -m benchmarks gates`): with no true effect, and over all looks, a candidate is accepted with probability
α at most. A candidate that is not ahead half-way is dropped, one that is clearly behind at a quarter already.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from automem.loops.gates.base import TINY, over, points
from automem.loops.pairs import Pair
from automem.runs.candidates import Decision
from automem.traces.summary import Mean, mean_of, student_t

PARTS = (0.25, 0.5, 0.75)
"""After which parts of the pairs the gate looks before the end."""
FEWEST = 5
"""Pairs at the first look, at least."""
EARLY, LAST = 0.1, 0.9
"""Shares of α at each early look and at the last; their sum may pass 1, for what is dropped early errs no more."""
DIFFERING = 3
"""Pairs that must differ at all: two gains among many ties are two heads of two coins."""
BEHIND = 0.5
"""Standard errors below zero at which a candidate is dropped before half of its pairs are played."""

quantile = lru_cache(maxsize=4096)(student_t)

_SAME = "play was the same"


class PairedGate:
    """Keeps a candidate whose mean paired difference of progression is above zero with the stated confidence.

    Arguments:
        confidence: above 0.5 and below 1; a candidate without any true effect is kept with a probability of
            1 − confidence at most.
    """

    name = "paired"

    def __init__(self, confidence: float) -> None:
        self.confidence = confidence

    def looks(self, total: int) -> Sequence[int]:
        """After a quarter, a half, three quarters and all; none but the last before `FEWEST` pairs."""
        early = {math.ceil(part * total) for part in PARTS}
        return (*sorted(look for look in early if FEWEST <= look < total), total)

    def judge(self, pairs: Sequence[Pair], total: int) -> Decision | None:
        """Keep what is clearly better, drop what is hopeless or, at the end, not clearly better."""
        if len(pairs) not in self.looks(total):
            return None
        differences = [pair.difference for pair in pairs]
        found, last = mean_of(differences), len(pairs) == total
        mean = found.mean or 0.0
        low = self._low(found, self.level(len(pairs), total))
        differing = sum(abs(difference) > TINY for difference in differences)
        if low is not None and low > TINY and differing >= DIFFERING:
            return self._decision(found, total, low, accepted=True, verdict="kept")
        if last:
            few = differing < DIFFERING and mean > TINY
            verdict = f"too few pairs differ ({differing})" if few else "not clearly better" if differing else _SAME
            return self._decision(found, total, low, accepted=False, verdict=verdict)
        if mean <= TINY and (2 * len(pairs) >= total or mean < -BEHIND * (found.se or 0.0) - TINY):
            return self._decision(found, total, low, accepted=False, verdict="hopeless" if differing else _SAME)
        return None

    def level(self, look: int, total: int) -> float:
        """The error that one look may make."""
        alone = len(self.looks(total)) == 1
        return (1 - self.confidence) * (1.0 if alone else LAST if look == total else EARLY)

    def _low(self, found: Mean, level: float) -> float | None:
        """The lower bound of the mean at a look's own level; None with fewer than two pairs.

        Pairs that all differ by the same amount have no spread to estimate; they bound the mean only when so
        many signs would not agree by chance.
        """
        if found.mean is None or found.se is None:
            return None
        if found.se <= TINY and 0.5**found.n > level:
            return min(found.mean, 0.0)
        return found.mean - quantile(1 - level, found.n - 1) * found.se

    def _decision(self, found: Mean, total: int, low: float | None, *, accepted: bool, verdict: str) -> Decision:
        n = found.n
        mean = found.mean or 0.0
        played = f"after {n} of {over(total)}" if n < total else f"over {over(n)}"
        bound = "" if low is None else f", {100 * self.confidence:g} % lower bound {points(low)}"
        why = f"{points(mean)} points {played}{bound}: {verdict}"
        return Decision(self.name, accepted, why, n, mean, low, None, self.confidence)
