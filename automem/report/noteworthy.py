"""Single episodes that are worth a look: the best, the worst, and the seeds that changed most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from automem.report.groups import Group, group_of
from automem.runs.records import Recorded
from automem.traces.reached import Reached


@dataclass(frozen=True)
class Noteworthy:
    """An episode that is worth a look.

    Arguments:
        what: makes it so.
        group: what it belongs to.
        task: with its note.
        seed: of the task.
        episode: its id.
        step: where to look, from 1.
        note: what is to be seen there.
        command: the command line that opens it there in the viewer.
    """

    what: str
    group: Group
    task: str
    seed: int
    episode: str
    step: int
    note: str
    command: str


Played = Mapping[str, Reached]
"""The id of an episode → what it had reached at each step."""
Command = Callable[[str, int], str]
"""Gives the command line for an episode's id and a step."""


class Gallery:
    """Finds episodes that are worth a look.

    Arguments:
        episodes: those to choose from.
        played: what they had reached; those that are not in it are passed over.
        command: gives the command line for an episode's id and a step.
    """

    def __init__(self, episodes: Sequence[Recorded], played: Played, command: Command) -> None:
        self._episodes = [one for one in episodes if one.id in played]
        self._played = played
        self._command = command

    def extremes(self, group: Group) -> Iterator[Noteworthy]:
        """The best and the worst episode of a group, where they differ."""
        found = sorted(self._of(group), key=lambda one: one.row.progression or 0.0)
        if not found or found[0].row.progression == found[-1].row.progression:
            return
        best, worst = found[-1], found[0]
        yield self._shown("highest progression", best, self._played[best.id].last_change)
        yield self._shown("lowest progression", worst, self._played[worst.id].steps)

    def changes(self, before: Group, after: Group) -> Iterator[Noteworthy]:
        """The seeds of two groups that gained and lost most, at the step where the two plays part."""
        earlier = {(one.row.task, one.row.seed): one for one in self._of(before)}
        pairs = [(earlier[place], one) for one in self._of(after) if (place := (one.row.task, one.row.seed)) in earlier]
        pairs.sort(key=lambda pair: _gain(*pair))
        if pairs and _gain(*pairs[-1]) > 0:
            yield self._parted("gained most", *pairs[-1])
        if pairs and _gain(*pairs[0]) < 0:
            yield self._parted("lost most", *pairs[0])

    def _of(self, group: Group) -> list[Recorded]:
        return [one for one in self._episodes if group_of(one.row) == group]

    def _parted(self, what: str, before: Recorded, after: Recorded) -> Noteworthy:
        one, other = self._played[before.id], self._played[after.id]
        steps = sorted({step for step, _ in (*one.changes, *other.changes)})
        parted = next((step for step in steps if one.at(step) != other.at(step)), 1)
        reached = f"{100 * (before.row.progression or 0):.1f} → {100 * (after.row.progression or 0):.1f} %"
        note = f"{reached}, against {before.id}; apart from step {parted} on"
        return self._named(what, after, min(parted, other.steps), note)

    def _shown(self, what: str, one: Recorded, step: int) -> Noteworthy:
        return self._named(what, one, step, f"{100 * (one.row.progression or 0):.1f} % after {one.row.steps} steps")

    def _named(self, what: str, one: Recorded, step: int, note: str) -> Noteworthy:
        row, place = one.row, max(step, 1)
        return Noteworthy(what, group_of(row), row.title, row.seed, one.id, place, note, self._command(one.id, place))


def _gain(before: Recorded, after: Recorded) -> float:
    return (after.row.progression or 0.0) - (before.row.progression or 0.0)
