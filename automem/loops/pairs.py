"""Episodes of two scaffolds side by side: the pairs that gates judge and effects are measured on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
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
    """The pairs of finished episodes, in the order of `after`.

    Replays count as much as the first play. Leaving out the first, in which an accepted candidate was lucky, was
    simulated: what that wins in fairness it loses in spread.
    """
    one, other = averages(before, progression_of), averages(after, progression_of)
    return [Pair(task, seed, one[task, seed], value) for (task, seed), value in other.items() if (task, seed) in one]


def averages(
    rows: Iterable[EpisodeRow], value_of: Callable[[EpisodeRow], float | None]
) -> dict[tuple[str, int], float]:
    """(task, seed) → the mean of a value over its finished plays; those where it is undefined are left out."""
    found: defaultdict[tuple[str, int], list[float]] = defaultdict(list)
    for row in rows:
        if row.status == "done" and (value := value_of(row)) is not None:
            found[row.task, row.seed].append(value)
    return {place: mean for place, values in found.items() if (mean := mean_of(values).mean) is not None}


def progression_of(row: EpisodeRow) -> float | None:
    """What an episode reached."""
    return row.progression
