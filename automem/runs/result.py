"""What an apply gives back."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from automem.errors import EXIT_DONE, EXIT_INCOMPLETE
from automem.runs.candidates import Candidate
from automem.runs.costs import Cost
from automem.runs.records import Version
from automem.runs.store import Store
from automem.runs.trials import TrialRow
from automem.traces.summary import CostRow, EpisodeRow


@dataclass(frozen=True)
class Result:
    """What an apply gives back.

    Arguments:
        folder: the run's folder.
        version: the scaffold's version that was played.
        rows: the episodes asked for that are finished or owed, by stage, task and seed.
        costs: what the finished ones of them cost, by role.
        reused: how many of them were finished before.
        left: how many of the episodes asked for are not finished.
        stopped: why the run stopped early; empty when it did not.
        pending: what else the run waits for, such as a person's approval; empty when for nothing.
        loop: how loop 1 ended or where it stands, in words; empty where there is none.
        candidates: what loop 1 proposed for this scaffold and for what came of it, oldest first.
        training: how loop 2 ended or where it stands, in words; empty where there is none, or it has not begun.
        trials: what loop 2 tried, oldest first.
    """

    folder: Path
    version: Version
    rows: tuple[EpisodeRow, ...]
    costs: tuple[CostRow, ...]
    reused: int
    left: int
    stopped: str
    pending: str = ""
    loop: str = ""
    candidates: tuple[Candidate, ...] = ()
    training: str = ""
    trials: tuple[TrialRow, ...] = ()

    @property
    def played(self) -> int:
        """How many episodes this apply finished."""
        return sum(row.status == "done" for row in self.rows) - self.reused

    @property
    def owed(self) -> tuple[EpisodeRow, ...]:
        """The episodes that infrastructure trouble kept from being finished."""
        return tuple(row for row in self.rows if row.status == "owed")

    @property
    def exit_code(self) -> int:
        """0 when nothing is left, else 3."""
        return EXIT_INCOMPLETE if self.left or self.pending else EXIT_DONE

    @property
    def summary(self) -> str:
        """One line on what was done and what is left."""
        if not self.left and not self.played and not self.pending:
            return f"nothing left to do: all {self.reused} episodes are finished"
        said = f"{self.played} episodes played, {self.reused} reused"
        if self.left:
            said += f", {self.left} left ({len(self.owed)} owed); the same command goes on with them"
        return said


def cost_rows(store: Store, keys: Set[str]) -> Iterator[CostRow]:
    """What the finished episodes with these keys cost, a row for each role."""
    by_role: dict[str, Cost] = {}
    for key, costs in store.costs().items():
        if key in keys:
            for role, cost in costs.items():
                by_role[role] = by_role.get(role, Cost()) + cost
    for role, cost in sorted(by_role.items()):
        counted = cost.uncounted == 0
        yield CostRow(
            model=role,
            calls=cost.calls,
            input_tokens=cost.input_tokens if counted else None,
            cached_tokens=cost.cached_tokens if counted else None,
            output_tokens=cost.output_tokens if counted else None,
            usd=cost.usd if cost.priced == cost.calls else None,
            seconds=cost.seconds,
        )
