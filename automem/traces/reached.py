"""How far an episode had come at each of its steps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from automem.traces.store import Score, iter_scores


@dataclass(frozen=True)
class Reached:
    """An episode's progression over its steps.

    Arguments:
        steps: how many it has.
        changes: (step, progression from then on, 0 to 1), where it changed; nothing is reached before the first.
    """

    steps: int
    changes: tuple[tuple[int, float], ...]

    def at(self, step: int) -> float:
        """Progression after a step; after the episode's last one what it ended with."""
        place = bisect_right(self.changes, step, key=lambda change: change[0]) if self.changes else 0
        return self.changes[place - 1][1] if place else 0.0

    @property
    def last_change(self) -> int:
        """The step of the last change; the first step where there was none."""
        return self.changes[-1][0] if self.changes else 1


def reached(path: Path) -> Reached:
    """What a finished episode had reached, read off its trace.

    Raises:
        RunError: the trace is not there, not whole, damaged or of another format.
    """
    return reached_by(iter_scores(path))


def reached_by(scores: Iterable[Score]) -> Reached:
    """The same of scores in the order of steps."""
    changes: list[tuple[int, float]] = []
    steps, now = 0, 0.0
    for score in scores:
        steps = score.number
        if score.progression != now:
            now = score.progression
            changes.append((steps, now))
    return Reached(steps, tuple(changes))
