"""Episodes that are averaged together, and what they came to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from automem.traces.summary import EpisodeRow, Mean


@dataclass(frozen=True)
class Group:
    """Episodes that are averaged together: one scaffold at one stage in one world under the same conditions.

    `conditions` names world settings, models and sampling as `EpisodeRow` does.
    """

    stage: str
    scaffold: str
    scaffold_hash: str
    env: str
    conditions: str


@dataclass(frozen=True)
class Result:
    """How one group did on one task, or on all.

    Arguments:
        task: the task and its note; `all tasks` and their notes for the whole group, each episode with the same weight.
        played, owed, reused: episodes finished, episodes not, and how many of the finished were found.
        progression: mean over the finished episodes, 0 to 1.
        steps: their length.
    """

    task: str
    played: int
    owed: int
    reused: int
    progression: Mean
    steps: Mean


@dataclass(frozen=True)
class GroupResult:
    """One group: in all, and task by task in the order the episodes came in."""

    group: Group
    overall: Result
    tasks: tuple[Result, ...]


def group_of(row: EpisodeRow) -> Group:
    """The group that an episode belongs to."""
    return Group(row.stage, row.scaffold, row.scaffold_hash, row.env, row.conditions)


def by_group(rows: Iterable[EpisodeRow]) -> Mapping[Group, list[EpisodeRow]]:
    """Some episodes by the group that they belong to, in the order in which groups first appear."""
    groups: defaultdict[Group, list[EpisodeRow]] = defaultdict(list)
    for row in rows:
        groups[group_of(row)].append(row)
    return dict(groups)
