"""Episodes of two scaffolds side by side: the pairs that gates judge and effects are measured on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from automem.traces.summary import EpisodeRow, mean_of


@dataclass(frozen=True)
class Pair:
    """One seed of one task, played by both.

    Arguments:
        task, seed: what was played.
        before, after: progression of incumbent and candidate, 0 to 1; the mean where it was played several times.
    """

    task: str
    seed: int
    before: float
    after: float

    @property
    def difference(self) -> float:
        """What the candidate gained."""
        return self.after - self.before


def pairs_of(before: Iterable[EpisodeRow], after: Iterable[EpisodeRow]) -> list[Pair]:
    """The pairs of finished episodes, in the order of `after`."""
    one, other = _progressions(before), _progressions(after)
    return [Pair(task, seed, one[task, seed], value) for (task, seed), value in other.items() if (task, seed) in one]


def _progressions(rows: Iterable[EpisodeRow]) -> dict[tuple[str, int], float]:
    found: defaultdict[tuple[str, int], list[float]] = defaultdict(list)
    for row in rows:
        if row.status == "done" and row.progression is not None:
            found[row.task, row.seed].append(row.progression)
    return {pair: mean_of(values).mean or 0.0 for pair, values in found.items()}
