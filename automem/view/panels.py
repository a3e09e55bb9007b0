"""Which episodes are opened where nothing else is asked for: one seed at every stage of what a run has learnt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from automem.view.index import Listed

MOST = 3
"""Panels that are opened unasked: the starting scaffold, the improved one, and that with a specialist."""


def default_panels(episodes: Iterable[Listed]) -> list[Listed]:
    """The same task and seed, as played by the first version, by the last, and by the last with what it learnt.

    Of the seeds, the first that most of them have played; where nothing is finished yet, an episode that is being
    played.

    Arguments:
        episodes: of some runs, in the order of their reports.
    """
    shown = [one for one in episodes if one.line.status != "owed"]
    done = [one for one in shown if one.line.status == "done" and one.kept and not one.line.replay] or shown[:1]
    seeds: defaultdict[tuple[str, str, int], dict[tuple[str, ...], Listed]] = defaultdict(dict)
    for one in done:
        seeds[one.line.env, one.line.task, one.line.seed].setdefault((one.line.run, *one.group), one)
    chosen = [_stages(list(played.values())) for played in seeds.values()]
    return max(chosen, key=len, default=[])


def _stages(played: Sequence[Listed]) -> list[Listed]:
    """All, if they are few; else the first, the last under the same conditions, and the last of all."""
    if len(played) <= MOST:
        return list(played)
    alike = [one for one in played if one.group[1] == played[0].group[1]]
    return list({one.line.path: one for one in (played[0], alike[-1], played[-1])}.values())
