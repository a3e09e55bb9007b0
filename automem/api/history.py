"""How a run's scaffold came to be: the tree of its versions and candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from automem.loops.proficiency.ledger import Made, made
from automem.loops.structure.lineage import Chronicle, Node, tree
from automem.loops.structure.review import stop_reason
from automem.runs.candidates import proposal_key
from automem.runs.costs import total
from automem.runs.layout import DEFAULT_RUNS, RunFolder
from automem.runs.listing import find_run
from automem.runs.store import Store
from automem.runs.versions import current, last_conditions, under_last_conditions


@dataclass(frozen=True)
class History:
    """The history of a run.

    Arguments:
        folder: the run's folder.
        nodes: the versions made from none, with all that was made from them.
        current: the number of the version the run stands at; None before the first apply.
        stopped: the root of a lineage → why a person has stopped it under the conditions applied last.
        trials: what loop 2 has tried, with what each cost, oldest first.
    """

    folder: RunFolder
    nodes: tuple[Node, ...]
    current: int | None
    stopped: Mapping[int, str]
    trials: tuple[Made, ...] = ()

    def start(self, version: int) -> str:
        """The line with which an experiment beside the folder of runs begins with a version."""
        return f"scaffold: {self.folder.scaffold(version).as_posix()}"

    def as_data(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "run": self.folder.name,
            "current": self.current,
            "stopped": dict(self.stopped),
            "versions": [asdict(node) for node in self.nodes],
            "trials": [asdict(one) for one in self.trials],
        }


def history(name: str, runs: Path = DEFAULT_RUNS) -> History:
    """The history of a run.

    Raises:
        RunError: there is no such run, or it cannot be read.
    """
    folder = find_run(name, runs)
    with Store.read(folder.database) as store:
        versions, candidates, episodes = store.versions(), store.candidates(), store.episodes()
        costs = store.costs()
        judged = [one for one in under_last_conditions(store, episodes) if one.row.stage == "select"]
        proposals = {one.number: total(costs.get(proposal_key(one.number), {}).values()) for one in candidates}
        stopped = {one.number: stop_reason(store, one.number, last_conditions(store)) for one in versions}
        now, trials = current(store), store.trials()
    with_specialist = {one.played for one in trials}
    alone = [one for one in episodes if one.row.conditions not in with_specialist]
    return History(
        folder,
        tree(Chronicle(versions, candidates, alone, judged, costs, proposals)),
        now.number if now else None,
        {number: reason for number, reason in stopped.items() if reason},
        made(trials, episodes, costs),
    )
