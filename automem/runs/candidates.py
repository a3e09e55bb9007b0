"""What loop 1 has proposed in a run: each candidate's patch, what became of it, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["proposing", "waiting", "playing", "accepted", "rejected", "refused", "declined", "nothing"]
"""Where a candidate stands.

`proposing`: its proposer is at work, or was cut off. `waiting`: for a person. `playing`: its episodes are
played. `accepted`, `rejected`: by the gate. `refused`: not played, because a cheap check spoke against it.
`declined`: by a person. `nothing`: the proposer had nothing to propose.
"""

OPEN: frozenset[Status] = frozenset({"proposing", "waiting", "playing"})
"""The statuses that are not the last."""


@dataclass(frozen=True)
class Effect:
    """What a candidate did to one metric, over the tasks and seeds that it and its parent have both finished.

    Arguments:
        metric: a measured name, such as `progression` or `duplicate_lines.map.md`.
        pairs: how many episodes are compared.
        before, after: the means of parent and candidate; None where the metric is undefined.
        difference: mean of candidate minus parent, paired.
        low, high: its 95 % interval; None with fewer than two pairs.
    """

    metric: str
    pairs: int
    before: float | None
    after: float | None
    difference: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Decision:
    """What a gate said.

    Arguments:
        gate: its name.
        accepted: whether the candidate becomes the incumbent.
        why: in words, with the figures.
        pairs: how many paired episodes it rests on.
        difference: mean difference of progression, candidate minus incumbent, 0 to 1.
        low, high: its confidence interval as the gate sees it; None where it has none.
        confidence: of that interval; None where it has none.
    """

    gate: str
    accepted: bool
    why: str
    pairs: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class Candidate:
    """One proposal.

    Arguments:
        number: counts from 1 over the whole run; its files are named after it.
        root: the version its lineage begins with.
        parent: the version it changes, the incumbent when it was proposed.
        revision: which accepted change it tries to become, from 1.
        attempt: which fresh try of that revision, from 1.
        continuation: 0 for the fresh try, then counts the tries that saw the failed one's episodes.
        proposer: who proposed, such as `catalogue` or `anthropic claude-opus-4-5`.
        status: where it stands.
        patch: its YAML; empty while there is none.
        version: the version it made; None while it made none.
        why: what decided about it, in words; empty while open.
        comment: what a person said of it.
        decision: what the gate said; None when it was not asked.
        effects: metric → what it did to it; empty while not played.
        created, changed: UTC, ISO 8601.
        conditions: what it is judged under, as `EpisodeRow.conditions`; a lineage has one root and one of these.
    """

    number: int
    root: int
    parent: int
    revision: int
    attempt: int
    continuation: int
    proposer: str
    status: Status = "proposing"
    patch: str = ""
    version: int | None = None
    why: str = ""
    comment: str = ""
    decision: Decision | None = None
    effects: Mapping[str, Effect] = field(default_factory=dict)
    created: str = ""
    changed: str = ""
    conditions: str = ""

    @property
    def name(self) -> str:
        """A name for people: `c3`."""
        return f"c{self.number}"

    @property
    def place(self) -> str:
        """Where in the loop it was tried: `revision 2, attempt 1, continuation 1`."""
        again = f", continuation {self.continuation}" if self.continuation else ""
        return f"revision {self.revision}, attempt {self.attempt}{again}"

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data."""
        return asdict(self)


def lineage_of(candidates: Iterable[Candidate], root: int, conditions: str) -> list[Candidate]:
    """Those of some candidates that belong to one lineage: what beat a scaffold elsewhere says nothing here.

    Arguments:
        candidates: all of a run.
        root: the version the lineage begins with.
        conditions: the model, its settings and the world's that it is judged under.
    """
    return [one for one in candidates if (one.root, one.conditions) == (root, conditions)]


def proposal_key(number: int) -> str:
    """What the cost of proposing a candidate is recorded under."""
    return f"proposal:{number}"


def candidate_row(candidate: Candidate) -> dict[str, Any]:
    """A candidate as a row of the database: what is no number or text, as JSON."""
    row = candidate.as_data()
    return {**row, "decision": json.dumps(row["decision"]), "effects": json.dumps(row["effects"])}


def candidate_from(row: Mapping[str, Any]) -> Candidate:
    """The candidate of a row."""
    decision, effects = json.loads(row["decision"]), json.loads(row["effects"])
    told = {
        "decision": None if decision is None else Decision(**decision),
        "effects": {metric: Effect(**effect) for metric, effect in effects.items()},
    }
    return Candidate(**{**row, **told})
