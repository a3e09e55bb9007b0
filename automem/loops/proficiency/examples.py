"""Every conversation that may be trained on, out of the traces of finished episodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from automem.loops.proficiency.example import Example
from automem.loops.proficiency.features import Standing, features_of
from automem.loops.proficiency.parts import parts_of
from automem.runs.layout import RunFolder
from automem.runs.records import Recorded
from automem.traces.store import iter_steps


@dataclass(frozen=True)
class Examples:
    """Every LOG conversation and every PLAN conversation of some episodes, in the order of play.

    Each time it is iterated over, the traces are read anew: twice an episode, first for the features, which look ahead,
    then for the messages. One episode's features and one step are in memory at a time.

    Arguments:
        folder: the run.
        episodes: finished ones.
        standings: id → where the episode stands among those of its task.

    Raises (while iterated over):
        RunError: a trace is missing, torn or damaged.
    """

    folder: RunFolder
    episodes: tuple[Recorded, ...]
    standings: Mapping[str, Standing]

    def __iter__(self) -> Iterator[Example]:
        for episode in self.episodes:
            yield from self._of(episode)

    def within(self, episodes: Collection[str]) -> Examples:
        """Those of the episodes with these ids, with the features that they have among all."""
        return Examples(self.folder, tuple(one for one in self.episodes if one.id in episodes), self.standings)

    def _of(self, episode: Recorded) -> Iterator[Example]:
        trace = self.folder.trace(episode.id)
        features = features_of(iter_steps(trace), self.standings[episode.id])
        for step in iter_steps(trace):
            for part in parts_of(step):
                yield Example(
                    episode=episode.id,
                    task=episode.row.task,
                    seed=episode.row.seed,
                    step=step.number,
                    phase=part.phase,
                    messages=part.messages,
                    ops=part.ops,
                    features=features[step.number, part.phase],
                    given=part.given,
                )


def examples_of(folder: RunFolder, episodes: Sequence[Recorded]) -> Examples:
    """The examples that some episodes of a run hold.

    Arguments:
        folder: the run.
        episodes: rows of it; those that are not finished are left out.
    """
    done = tuple(one for one in episodes if one.row.status == "done")
    return Examples(folder, done, standings(done))


def standings(episodes: Sequence[Recorded]) -> dict[str, Standing]:
    """Where each episode stands among those of its task: by progression, then by seed and replay."""
    tasks: defaultdict[str, list[Recorded]] = defaultdict(list)
    for one in episodes:
        tasks[one.row.task].append(one)
    found = {}
    for task, rows in tasks.items():
        rows.sort(key=lambda one: (-(one.row.progression or 0.0), one.row.seed, one.row.replay, one.id))
        for place, one in enumerate(rows):
            rank = place / (len(rows) - 1) if len(rows) > 1 else 0.0
            found[one.id] = Standing(task, one.row.progression or 0.0, rank)
    return found
