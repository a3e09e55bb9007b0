"""What a run's calls were for, and what the whole of it took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from automem.runs.candidates import Candidate, proposal_key
from automem.runs.costs import Cost, total
from automem.runs.records import Apply
from automem.runs.trials import TrialRow, trial_key
from automem.traces.summary import EpisodeRow


@dataclass(frozen=True)
class Spending:
    """What some of a run's calls were for, and their cost."""

    what: str
    cost: Cost


@dataclass(frozen=True)
class Whole:
    """What a run took in all.

    Arguments:
        applies: how often it was applied.
        outcome: how the last apply ended: `done`, `incomplete`, `interrupted`, `failed`, `cut off`; empty before the
            first.
        working: whether an apply works on it now.
        seconds: wall time of all applies.
        cost: of all calls, those included whose answers were thrown away.
    """

    applies: int
    outcome: str
    working: bool
    seconds: float
    cost: Cost


def whole_of(applies: Sequence[Apply], spent: Mapping[str, Cost], *, working: bool) -> Whole:
    """What a run took.

    Arguments:
        applies: all of them, oldest first.
        spent: role → cost of everything.
        working: whether one of them is not over.
    """
    outcome = applies[-1].outcome if applies else ""
    return Whole(len(applies), outcome, working, sum(one.seconds for one in applies), total(spent.values()))


def spending_of(
    rows: Sequence[EpisodeRow],
    lineage: Sequence[Candidate],
    ledger: Sequence[TrialRow],
    costs: Mapping[str, Mapping[str, Cost]],
) -> Iterator[Spending]:
    """What the calls for some episodes, and for the loops that they are of, were for; nothing that cost nothing.

    Arguments:
        rows, lineage, ledger: what a report is of.
        costs: an episode's, a candidate's or a trial's key → role → cost.
    """
    purposes = {
        **{f"{stage} episodes": [row.key for row in rows if row.stage == stage] for stage in _stages(rows)},
        "proposals of loop 1": [proposal_key(one.number) for one in lineage],
        "recipes and judging of loop 2": [trial_key(one.number) for one in ledger],
    }
    for what, keys in purposes.items():
        cost = total(cost for key in keys for cost in costs.get(key, {}).values())
        if cost.calls:
            yield Spending(what, cost)


def _stages(rows: Sequence[EpisodeRow]) -> Iterator[str]:
    yield from dict.fromkeys(row.stage for row in rows)
