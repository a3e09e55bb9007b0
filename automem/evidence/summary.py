"""What one episode came to, read off its trace in one pass and kept for the next question."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from automem.agent.record import Header, Step
from automem.evidence.view import View
from automem.runs.records import Recorded
from automem.traces.metrics.ratio import Ratio
from automem.traces.ops import is_own, ran
from automem.traces.store import iter_steps, read_header

THIRDS = 3
_MOST_STREAKS = 3
_MOST_ACHIEVED = 60

Thirds = tuple[float | None, ...]


@dataclass(frozen=True)
class EpisodeSummary:
    """One episode.

    Arguments:
        end: why it was over.
        achieved: (step, event), in order; the first sixty.
        streaks: first and last step of the longest runs of steps without progress (no event, and no progression
            beyond what was reached), longest first.
        growth: characters by which the agent's own files grew, a step, in each third of the episode.
        input: prompt characters of a step, in each third.
    """

    end: str
    achieved: tuple[tuple[int, str], ...]
    streaks: tuple[tuple[int, int], ...]
    growth: Thirds
    input: Thirds


def summary_of(view: View, episode: Recorded) -> EpisodeSummary:
    """The summary of a finished episode."""
    return _kept(view.folder.trace(episode.id), episode.trace_bytes, episode.row.steps or 1)


@lru_cache(maxsize=512)
def _kept(path: Path, size: int | None, total: int) -> EpisodeSummary:
    return summarise(read_header(path), iter_steps(path), total)


def summarise(header: Header, steps: Iterable[Step], total: int) -> EpisodeSummary:
    """The summary of an episode of `total` steps."""
    growth, read = [Ratio() for _ in range(THIRDS)], [Ratio() for _ in range(THIRDS)]
    achieved: list[tuple[int, str]] = []
    streaks: list[tuple[int, int]] = []
    end, best, since = "", 0.0, 1
    for step in steps:
        third = min(THIRDS * (step.number - 1) // total, THIRDS - 1)
        growth[third].add(sum(op.after - op.before for op in step.ops if ran(op) and is_own(header, op.file)))
        read[third].add(sum(turn.prompt_chars for turn in step.turns))
        achieved += ((step.number, event) for event in step.events[: _MOST_ACHIEVED - len(achieved)])
        if step.events or step.progression > best:
            streaks.append((since, step.number - 1))
            best, since = max(best, step.progression), step.number + 1
        end = step.end
    streaks.append((since, total))
    longest = heapq.nlargest(_MOST_STREAKS, streaks, key=lambda streak: streak[1] - streak[0])
    return EpisodeSummary(
        end=end,
        achieved=tuple(achieved),
        streaks=tuple(streak for streak in longest if streak[1] >= streak[0]),
        growth=tuple(part.value for part in growth),
        input=tuple(part.value for part in read),
    )
