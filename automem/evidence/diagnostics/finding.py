"""What a diagnostic says, and how it counts: hits by subject, with the places that show them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from automem.agent.record import Header, Step
from automem.traces.audit import Audit

MOST_PLACES = 8
_OF_ONE_EPISODE = 3
_LONGEST_NOTE = 200


@dataclass(frozen=True)
class Place:
    """Where something is to be seen: an episode's id, its step from 1, and what is there."""

    episode: str
    step: int
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that stands out in the episodes of a version.

    Arguments:
        name: the diagnostic.
        subject: what it is about: a file, an op's tag, an action, a phase, a notice; empty for the agent as a whole.
        value: how much, as `detail` says it.
        weight: share of all steps it touches, 0 to 1.
        detail: in words, with the figures.
        places: at most `MOST_PLACES`, from several episodes.
        metric: the measured name that follows it, such as `duplicate_lines.map.md`; empty where none does.
        more: further plain data that a change could use, by name.
    """

    name: str
    subject: str
    value: float
    weight: float
    detail: str
    places: tuple[Place, ...] = ()
    metric: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data."""
        places = [{"episode": one.episode, "step": one.step, "note": one.note} for one in self.places]
        own = {"name": self.name, "subject": self.subject, "value": self.value, "weight": self.weight}
        return {**own, "detail": self.detail, "metric": self.metric, "places": places, "more": dict(self.more)}


@dataclass(frozen=True)
class Moment:
    """A step as finders see it.

    Arguments:
        episode: the episode's id.
        header: of its trace.
        step: what happened.
        before: the step before; None at the first.
        unchanged: this step's observation shows what the one before showed, the count of turns aside, so
            that the action of the step before changed nothing to be seen.
        returned: it shows what was seen two steps ago.
        actions: every action of the task.
    """

    episode: str
    header: Header
    step: Step
    before: Step | None
    unchanged: bool
    returned: bool
    actions: Sequence[str]


class Finder:
    """Looks for one or a few things while episodes pass by, one step at a time.

    Arguments:
        scaffold: the version's scaffold as plain data.
    """

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        self.scaffold = scaffold

    def see(self, at: Moment) -> None:
        """Look at the next step; a step with `before` None begins an episode."""

    def close(self, episode: str, audited: Audit) -> None:
        """Take note of an episode's end, and of what the audit says of its memory."""

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found.

        Arguments:
            steps: of all episodes, at least 1.
        """
        yield from ()


class Tally:
    """Hits by subject: how many, on how many steps, and where."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self._steps: Counter[str] = Counter()
        self._last: dict[str, tuple[str, int]] = {}
        self._places: defaultdict[str, list[Place]] = defaultdict(list)

    def hit(self, subject: str, episode: str, step: int, note: str = "") -> None:
        """Count one hit."""
        self.hits[subject] += 1
        if self._last.get(subject) == (episode, step):
            return
        self._last[subject] = episode, step
        self._steps[subject] += 1
        places = self._places[subject]
        if len(places) < MOST_PLACES and sum(one.episode == episode for one in places) < _OF_ONE_EPISODE:
            places.append(Place(episode, step, note[:_LONGEST_NOTE]))

    def subjects(self) -> list[str]:
        """The most frequent first; ties by name."""
        return sorted(self.hits, key=lambda subject: (-self.hits[subject], subject))

    def weight(self, subject: str, steps: int) -> float:
        """Share of `steps` on which the subject was hit."""
        return min(1.0, self._steps[subject] / steps)

    def places(self, subject: str) -> tuple[Place, ...]:
        """Where to look."""
        return tuple(self._places[subject])


def percent(share: float) -> str:
    """A share in words: `12 %`, `0.4 %`."""
    return f"{100 * share:.0f} %" if share >= 0.095 or share == 0 else f"{100 * share:.1f} %"
