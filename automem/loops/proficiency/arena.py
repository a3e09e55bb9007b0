"""What the trials of one ledger learn from and are judged by: one scaffold, played by one base."""

from __future__ import annotations

from automem.loops.proficiency.recipes import Written
from automem.runs.costs import Cost
from automem.runs.keys import Episode
from automem.runs.lineup import Adapter
from automem.runs.records import Recorded, Version
from automem.runs.session import Session
from automem.runs.trials import TrialRow, ledger_of, trial_key
from automem.spec.experiment import Train


class Arena:
    """One ledger: a version of the scaffold under one set of conditions.

    Arguments:
        session: the apply it is played by.
        train: the experiment's section.
        first: the recipe that it names.
        version: what loop 1 has come to, else the scaffold that the experiment names.
    """

    def __init__(self, session: Session, train: Train, first: Written, version: Version) -> None:
        self.session = session
        self.train = train
        self.first = first
        self.version = version

    @property
    def ledger(self) -> list[TrialRow]:
        """The trials so far, oldest first."""
        session = self.session
        return ledger_of(session.store.trials(), self.version.number, session.lineup.conditions)

    @property
    def collected(self) -> list[Episode]:
        """The base's episodes that may be learnt from."""
        return self.session.lineup_of(self.version).stage("train")

    @property
    def select(self) -> list[Episode]:
        """The base's episodes that a specialist is judged by."""
        return self.session.lineup_of(self.version).stage("select")

    @property
    def before(self) -> list[Episode]:
        """The same with those that loop 1 has sampled afresh of them."""
        optimize = self.session.lineup.experiment.optimize
        again = range(1, optimize.replays + 1) if optimize else ()
        lineup = self.session.lineup_of(self.version)
        return [*self.select, *(episode for number in again for episode in lineup.stage("select", number))]

    def stage(self, trial: TrialRow, name: str) -> list[Episode]:
        """The episodes of a stage, played by the base and the adapter of a trial.

        Arguments:
            trial: one whose adapter is trained.
            name: the stage's.
        """
        return self.session.lineup_of(self.version, self.adapter(trial)).stage(name)

    def adapter(self, trial: TrialRow) -> Adapter:
        """What a trial has trained."""
        return Adapter(self.session.folder.adapter(trial.number), trial.weights)

    def recorded(self) -> list[Recorded]:
        """The rows of the finished episodes that may be learnt from."""
        wanted = {episode.key for episode in self.collected}
        return [one for one in self.session.store.episodes() if one.row.key in wanted and one.row.status == "done"]

    def spend(self, trial: TrialRow, cost: Cost) -> None:
        """Count what proposing or judging for a trial has cost.

        Raises:
            BudgetReached: another call would pass a limit; this one is counted all the same.
        """
        self.session.store.add_costs(trial_key(trial.number), {"meta": cost})
        self.session.desk.meter.spend(cost)

    def close(self, trial: TrialRow) -> None:
        """Record what became of a trial, and say it."""
        self.session.store.put_trial(trial)
        self.session.tell(trial.status, f"{trial.name} {trial.status}: {trial.why}")
