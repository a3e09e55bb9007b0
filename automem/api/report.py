"""The report of a run: everything it says, gathered, and written as Markdown, JSON and HTML."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from automem.api.review import difference_made, parent_of, view_behind
from automem.errors import RunError
from automem.evidence.view import View
from automem.loops.proficiency.job import read_curve
from automem.loops.proficiency.ledger import made
from automem.loops.structure.lineage import patch_of
from automem.patches.model import Evidence
from automem.report.changes import Change, Look, Loss, Training
from automem.report.curves import Curve, curve_of
from automem.report.groups import Group, group_of
from automem.report.kept import ends, shifts
from automem.report.noteworthy import Gallery, Noteworthy
from automem.report.published import published
from automem.report.review_text import evidence_title
from automem.report.spending import spending_of, whole_of
from automem.report.table import Report, build
from automem.report.written import FORMS, write_report
from automem.runs.candidates import Candidate, proposal_key
from automem.runs.costs import Cost, total
from automem.runs.layout import DEFAULT_RUNS
from automem.runs.listing import RunDetails, show_run
from automem.runs.records import Recorded
from automem.runs.result import cost_rows
from automem.runs.store import Store
from automem.runs.trials import TrialRow, trial_key
from automem.runs.versions import last_conditions, last_ledger, last_lineage, root
from automem.traces.reached import Reached, reached

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
    reader = _Reader(details, report, episodes, costs)
    return replace(
        report,
        shifts=tuple(shifts(report, rows)),
        published=tuple(published(row.env for row in rows)),
        curves=tuple(reader.curves()),
        noteworthy=tuple(reader.noteworthy()),
        changes=tuple(map(reader.change, lineage)),
        trainings=tuple(reader.trainings(ledger)),
        spending=tuple(spending_of(rows, lineage, ledger, costs)),
        whole=whole_of(details.applies, details.spent, working=bool(details.locked_by)),
        notes=tuple(reader.notes),
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


@dataclass(frozen=True)
class _Reader:
    """Reads what stands in the files of a run.

    Arguments:
        details: the run.
        report: what its database says.
        episodes: those that the report is of.
        costs: an episode's, a candidate's or a trial's key → role → cost.
    """

    details: RunDetails
    report: Report
    episodes: Sequence[Recorded]
    costs: Mapping[str, Mapping[str, Cost]]

    @cached_property
    def notes(self) -> list[str]:
        """What could not be read so far."""
        return []

    @cached_property
    def _views(self) -> dict[str | None, View]:
        return {}

    @cached_property
    def _groups(self) -> list[Group]:
        """What curves are drawn of: what the loops started from and what they kept; collecting aside."""
        groups = [result.group for result in ends(self.report).results]
        return [group for group in groups if group.stage != "train"] or groups

    @cached_property
    def _played(self) -> dict[str, Reached]:
        wanted = [one for one in self.episodes if one.row.status == "done" and group_of(one.row) in self._groups]
        return dict(self._read(wanted))

    def _read(self, episodes: Iterable[Recorded]) -> Iterator[tuple[str, Reached]]:
        faults = []
        for one in episodes:
            try:
                yield one.id, reached(self.details.folder.trace(one.id))
            except RunError as error:
                faults.append(str(error))
        if faults:
            self.notes.append(f"{len(faults)} traces cannot be read, and curves leave them out: {faults[0]}")

    def curves(self) -> Iterator[Curve]:
        for group in self._groups:
            of = [self._played[one.id] for one in self.episodes if group_of(one.row) == group and one.id in self._played]
            if of:
                yield curve_of(group, of)

    def noteworthy(self) -> Iterator[Noteworthy]:
        gallery = Gallery(self.episodes, self._played, self._command)
        if self._groups:
            yield from gallery.extremes(self._groups[-1])
        for one in ends(self.report).comparisons:
            yield from gallery.changes(one.before, one.after)

    def change(self, candidate: Candidate) -> Change:
        patch = patch_of(candidate.patch) if candidate.patch else None
        return Change(
            candidate.number,
            self._difference(candidate),
            tuple(self._look(candidate, one) for one in (patch.evidence if patch else ())),
            total(self.costs.get(proposal_key(candidate.number), {}).values()),
        )

    def _difference(self, candidate: Candidate) -> tuple[str, ...]:
        try:
            return difference_made(self.details.folder, candidate)
        except RunError as error:
            self.notes.append(f"{candidate.name}: {error}")
            return ()

    def _look(self, candidate: Candidate, evidence: Evidence) -> Look:
        title = evidence_title(evidence)
        if evidence.episode is None:
            return Look(title)
        folder = self.details.folder
        try:
            if evidence.run not in self._views:
                self._views[evidence.run] = view_behind(folder, evidence)
            view = self._views[evidence.run]
            episode = view.episode(evidence.episode, parent_of(folder, candidate, evidence))
        except RunError as error:
            return Look(f"{title} (it cannot be opened: {error})")
        return Look(title, self._command(episode.id, evidence.step or 1, view.folder.name))

    def _command(self, episode: str, step: int, run: str = "") -> str:
        runs = self.details.folder.path.parent
        where = [] if runs == DEFAULT_RUNS else ["--runs", str(runs)]
        return shlex.join(["automem", "view", run or self.report.run, "--at", f"{episode}/{step}", *where])

    def trainings(self, ledger: Sequence[TrialRow]) -> Iterator[Training]:
        for one in made(ledger, self.details.episodes, self.costs):
            yield Training(one.trial.number, self._losses(one.trial), one.played, one.meta)

    def _losses(self, trial: TrialRow) -> tuple[Loss, ...]:
        try:
            points = read_curve(self.details.folder.trial(trial.number))
        except RunError as error:
            self.notes.append(f"{trial.name}: {error}")
            return ()
        return tuple(Loss(point.step, point.loss, point.held_out_loss) for point in points)
