"""Published results of other agents in the same world: references, played with another harness and other seeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automem.spec.source import read_document

_FILE = Path(__file__).with_name("published.yaml")


@dataclass(frozen=True)
class PublishedRow:
    """One agent's result: mean progression and its standard error, both 0 to 1."""

    agent: str
    mean: float
    se: float


@dataclass(frozen=True)
class Published:
    """What has been published about a world.

    Arguments:
        env: the world.
        source: where the figures are from.
        played: what was played there, and how success was counted.
        rows: the agents, in the order of the source.
    """

    env: str
    source: str
    played: str
    rows: tuple[PublishedRow, ...]


def published(worlds: Iterable[str]) -> Iterator[Published]:
    """What has been published about each of some worlds; nothing about those that are not in the file."""
    data: Any = read_document(_FILE).plain()
    for env in dict.fromkeys(worlds):
        if env in data["worlds"]:
            rows = tuple(PublishedRow(one["agent"], *(figure / 100 for figure in one[env])) for one in data["agents"])
            yield Published(env, data["source"], data["worlds"][env], rows)
