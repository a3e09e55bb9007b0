"""What a candidate did to each metric, next to what its gate decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from automem.loops.pairs import averages, progression_of
from automem.runs.candidates import Effect
from automem.traces.metrics import METRICS, metric_of
from automem.traces.summary import EpisodeRow, mean_of, paired

PROGRESSION = "progression"


def effects_of(before: Iterable[EpisodeRow], after: Iterable[EpisodeRow]) -> dict[str, Effect]:
    """Metric → its paired difference with a 95 % interval, in the order of `METRICS`.

    Arguments:
        before, after: episodes of parent and candidate; several plays of one task and seed are averaged.

    Returns: progression and every metric that both have in some pair. A name with a suffix that only one of them
        has, such as that of a file which the candidate adds, counts where `METRICS` says what its absence means.
    """
    one, other = _finished(before), _finished(after)
    effects = (_effect(name, one, other) for name in _names(one, other))
    return {effect.metric: effect for effect in effects if effect.pairs}


def _finished(rows: Iterable[EpisodeRow]) -> list[EpisodeRow]:
    return [row for row in rows if row.status == "done"]


def _names(before: Sequence[EpisodeRow], after: Sequence[EpisodeRow]) -> list[str]:
    order = {name: place for place, name in enumerate(METRICS)}
    names = {PROGRESSION, *(name for row in (*before, *after) for name in row.metrics)}
    return sorted(names, key=lambda name: (order[name.partition(".")[0]], name))


def _effect(name: str, before: Sequence[EpisodeRow], after: Sequence[EpisodeRow]) -> Effect:
    absent = metric_of(name).absent

    def value_of(row: EpisodeRow) -> float | None:
        if name == PROGRESSION:
            return progression_of(row)
        return row.metrics.get(name, absent) if row.metrics else None

    one, other = averages(before, value_of), averages(after, value_of)
    both = [place for place in one if place in other]
    found = paired(one, other)
    old, new = (mean_of(side[place] for place in both).mean for side in (one, other))
    return Effect(name, found.n, old, new, found.mean, found.low, found.high)
