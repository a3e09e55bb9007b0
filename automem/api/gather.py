"""What a report says beyond averages: curves, episodes worth a look, diffs, places to look at, losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from automem.api.review import command_line, difference_made, parent_of, view_behind
from automem.errors import RunError
from automem.evidence.view import View
from automem.loops.proficiency.job import read_curve
from automem.loops.proficiency.ledger import made
from automem.loops.structure.lineage import patch_of
from automem.patches.model import Evidence
from automem.report.changes import Change, Look, Loss, Training
from automem.report.curves import Curve, curve_of
from automem.report.groups import Group, group_of
from automem.report.kept import ends
from automem.report.noteworthy import Gallery, Noteworthy
from automem.report.review_text import evidence_title
from automem.report.table import Report
from automem.runs.candidates import Candidate, proposal_key
from automem.runs.costs import Cost, total
from automem.runs.listing import RunDetails
from automem.runs.records import Recorded
from automem.runs.trials import TrialRow
from automem.traces.reached import Reached, reached


class Gatherer:
    """Reads the files of a run; `notes` says what could not be read so far, and is left out.

    Arguments:
        details: the run.
        report: what its database says.
        episodes: those that the report is of.
        costs: an episode's, a candidate's or a trial's key → role → cost.
    """

    def __init__(
        self,
        details: RunDetails,
        report: Report,
        episodes: Sequence[Recorded],
        costs: Mapping[str, Mapping[str, Cost]],
    ) -> None:
        self.notes: list[str] = []
        self._details, self._folder = details, details.folder
        self._episodes, self._costs = episodes, costs
        self._ends = ends(report)
        self._views: dict[str | None, View] = {}

    @cached_property
    def _groups(self) -> list[Group]:
        """What curves are drawn of: what the loops started from and what they kept; collecting aside."""
        groups = [result.group for result in self._ends.results]
        return [group for group in groups if group.stage != "train"] or groups

    @cached_property
    def _played(self) -> dict[str, Reached]:
        """What the finished episodes of these groups had reached, by their ids."""
        found, faults = dict[str, Reached](), list[str]()
        for one in self._episodes:
            if one.row.status == "done" and group_of(one.row) in self._groups:
                try:
                    found[one.id] = reached(self._folder.trace(one.id))
                except RunError as error:
                    faults.append(str(error))
        if faults:
            self.notes.append(f"curves leave out {len(faults)} traces that cannot be read: {faults[0]}")
        return found

    def curves(self) -> Iterator[Curve]:
        """The curve of each of these groups."""
        for group in self._groups:
            of = [one.id for one in self._episodes if group_of(one.row) == group and one.id in self._played]
            if of:
                yield curve_of(group, [self._played[episode] for episode in of])

    def noteworthy(self) -> Iterator[Noteworthy]:
        """The extremes of the last of these groups, and the seeds that changed most between any two."""
        gallery = Gallery(self._episodes, self._played, self._command)
        if self._groups:
            yield from gallery.extremes(self._groups[-1])
        for one in self._ends.comparisons:
            yield from gallery.changes(one.before, one.after)

    def change(self, candidate: Candidate) -> Change:
        """What stands beside a candidate."""
        patch = patch_of(candidate.patch) if candidate.patch else None
        return Change(
            candidate.number,
            self._difference(candidate),
            tuple(self._look(candidate, one) for one in (patch.evidence if patch else ())),
            total(self._costs.get(proposal_key(candidate.number), {}).values()),
        )

    def _difference(self, candidate: Candidate) -> tuple[str, ...]:
        try:
            return difference_made(self._folder, candidate)
        except RunError as error:
            self.notes.append(f"{candidate.name}: {error}")
            return ()

    def _look(self, candidate: Candidate, evidence: Evidence) -> Look:
        title = evidence_title(evidence)
        if evidence.episode is None:
            return Look(title)
        try:
            if evidence.run not in self._views:
                self._views[evidence.run] = view_behind(self._folder, evidence)
            view = self._views[evidence.run]
            episode = view.episode(evidence.episode, parent_of(self._folder, candidate, evidence))
        except RunError as error:
            return Look(f"{title} (it cannot be opened: {error})")
        return Look(title, self._command(episode.id, evidence.step or 1, view.folder.name))

    def _command(self, episode: str, step: int, run: str = "") -> str:
        words = ["automem", "view", run or self._folder.name, "--at", f"{episode}/{step}"]
        return command_line(words, self._folder.path.parent)

    def trainings(self, ledger: Sequence[TrialRow]) -> Iterator[Training]:
        """What stands beside each trial."""
        for one in made(ledger, self._details.episodes, self._costs):
            yield Training(one.trial.number, self._losses(one.trial), one.played, one.meta)

    def _losses(self, trial: TrialRow) -> tuple[Loss, ...]:
        try:
            points = read_curve(self._folder.trial(trial.number))
        except RunError as error:
            self.notes.append(f"{trial.name}: {error}")
            return ()
        return tuple(Loss(point.step, point.loss, point.held_out_loss) for point in points)
