"""The report of a run: everything it says, gathered, and written as HTML, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from automem.api.gather import Gatherer
from automem.report.kept import shifts
from automem.report.published import published
from automem.report.spending import spending_of, whole_of
from automem.report.table import Report, build
from automem.report.written import FORMS, write_report
from automem.runs.candidates import Candidate, proposal_key
from automem.runs.layout import DEFAULT_RUNS
from automem.runs.listing import show_run
from automem.runs.records import Recorded
from automem.runs.result import cost_rows
from automem.runs.store import Store
from automem.runs.trials import TrialRow, trial_key
from automem.runs.versions import last_conditions, last_ledger, last_lineage, root

__all__ = ["FORMS", "run_report", "write_report"]


def run_report(name: str, runs: Path = DEFAULT_RUNS) -> Report:
    """The results of every version and stage that a run has played; where loops were at work, of one lineage alone.

    That is the lineage of the scaffold that was named last, under the conditions that were applied last. Of the traces
    only those are read that curves are drawn of; what cannot be read is left out, and the report's notes say so.

    Raises:
        RunError: there is no such run, or its database cannot be read.
    """
    details = show_run(name, runs)
    with Store.read(details.folder.database) as store:
        lineage, ledger = last_lineage(store), last_ledger(store)
        episodes = _of_lineage(store, lineage, ledger, details.episodes)
        costs, rows = store.costs(), [recorded.row for recorded in episodes]
        meta = {proposal_key(one.number) for one in lineage} | {trial_key(one.number) for one in ledger}
        models = list(cost_rows(store, {row.key for row in rows} | meta))
    owed = sum(row.status == "owed" for row in rows)
    report = build(rows, run=name, owed=owed, costs=models, candidates=lineage, trials=ledger)
    gatherer = Gatherer(details, report, episodes, costs)
    return replace(
        report,
        shifts=tuple(shifts(report, rows)),
        published=tuple(published(row.env for row in rows)),
        curves=tuple(gatherer.curves()),
        noteworthy=tuple(gatherer.noteworthy()),
        changes=tuple(map(gatherer.change, lineage)),
        trainings=tuple(gatherer.trainings(ledger)),
        spending=tuple(spending_of(rows, lineage, ledger, costs)),
        whole=whole_of(details.applies, details.spent, working=bool(details.locked_by)),
        notes=tuple(gatherer.notes),
    )


def _of_lineage(
    store: Store, lineage: Sequence[Candidate], ledger: Sequence[TrialRow], episodes: Sequence[Recorded]
) -> Sequence[Recorded]:
    """Those episodes that loops are about; where they have tried nothing, all but what others have made."""
    begun = root(store)
    own = {one.version for one in lineage} | {begun.number if begun else None}
    if lineage or ledger:
        conditions = {last_conditions(store), *(one.played for one in ledger)}
        return [one for one in episodes if one.version in own and one.row.conditions in conditions]
    others = {one.version for one in store.candidates()} - own
    return [one for one in episodes if one.version not in others]
