"""The records of `run.db`, as the rest of the program sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from automem.traces.summary import EpisodeRow


@dataclass(frozen=True)
class Version:
    """One version of the run's scaffold.

    Arguments:
        number: counts from 0; its text is `scaffolds/v<number>.yaml`.
        hash: content hash of the resolved scaffold.
        name: the scaffold's name.
        parent: the version it was made from; None for the first.
        origin: how it came to be: `first`, `edited` (by a person) or `patched` (by loop 1, accepted or not).
        created: UTC, ISO 8601.
    """

    number: int
    hash: str
    name: str
    parent: int | None
    origin: str
    created: str

    @property
    def label(self) -> str:
        """Name and number, as reports show it."""
        return f"{self.name} v{self.number}"


@dataclass(frozen=True)
class Recorded:
    """A row of the database about one episode.

    Arguments:
        row: what reports show.
        id: names its files.
        version: the number of the scaffold's version.
        seconds: time it took to play, the calls answered from a journal included; None while owed.
        trace_bytes: size of its trace; None while owed.
        changed: when the row was written: UTC, ISO 8601.
    """

    row: EpisodeRow
    id: str
    version: int
    seconds: float | None
    trace_bytes: int | None
    changed: str


@dataclass(frozen=True)
class Event:
    """Something that happened to the run: when (UTC, ISO 8601), what, to which episode (or ""), in words."""

    at: str
    kind: str
    episode: str
    text: str


@dataclass(frozen=True)
class Apply:
    """One `apply` of the run: when it began (UTC, ISO 8601), how long it played, how it ended."""

    started: str
    seconds: float
    outcome: str


def now() -> str:
    """The time as the database writes it."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
