"""How progression grows over the steps of episodes, on average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from automem.report.groups import Group
from automem.traces.reached import Reached
from automem.traces.summary import mean_of

POINTS = 60
"""Steps at which a curve is measured, at most, besides the start."""


@dataclass(frozen=True)
class Curve:
    """Progression of a group over steps.

    Arguments:
        group: whose.
        episodes: over how many the mean is taken.
        steps: where it is measured, ascending from 0; the last is the longest episode's end.
        mean, se: after each of these steps, 0 to 1; an episode that is over keeps what it had reached. The standard
            error is None where there is one episode.
    """

    group: Group
    episodes: int
    steps: tuple[int, ...]
    mean: tuple[float, ...]
    se: tuple[float | None, ...]


def curve_of(group: Group, episodes: Sequence[Reached]) -> Curve:
    """The curve of a group.

    Arguments:
        group: whose.
        episodes: at least one.
    """
    last = max(episode.steps for episode in episodes)
    count = min(last, POINTS)
    steps = tuple(round(last * place / count) for place in range(count + 1)) if count else (0,)
    means = [mean_of(episode.at(step) for episode in episodes) for step in steps]
    return Curve(group, len(episodes), steps, tuple(one.mean or 0.0 for one in means), tuple(one.se for one in means))
