"""What the candidates of one lineage are played on: its versions, their select episodes, and what was tried."""

from __future__ import annotations

from automem.runs.candidates import Candidate, lineage_of
from automem.runs.keys import Episode
from automem.runs.records import Version
from automem.runs.session import Session
from automem.spec.experiment import Optimize


class Arena:
    """One lineage: the scaffold that the experiment names, and what came of it under the same conditions.

    Arguments:
        session: the apply it is played by.
        optimize: the experiment's section.
    """

    def __init__(self, session: Session, optimize: Optimize) -> None:
        self.session = session
        self.optimize = optimize

    @property
    def root(self) -> Version:
        """The version it begins with."""
        return self.session.root

    @property
    def lineage(self) -> list[Candidate]:
        """What was proposed so far, oldest first."""
        session = self.session
        return lineage_of(session.store.candidates(), session.root.number, session.lineup.conditions)

    def version(self, number: int) -> Version:
        """The version of that number."""
        return next(version for version in self.session.store.versions() if version.number == number)

    def select(self, version: Version) -> list[Episode]:
        """The episodes that a version is judged by, seed by seed with all tasks of each."""
        return self.session.lineup_of(version).stage("select")

    def replays(self, version: Version) -> list[Episode]:
        """The same, as often sampled afresh as the experiment wants an incumbent to play them again."""
        again = range(1, self.optimize.replays + 1)
        return [episode for number in again for episode in self.session.lineup_of(version).stage("select", number)]

    def close(self, candidate: Candidate) -> None:
        """Record what became of a candidate, and say it."""
        self.session.store.put_candidate(candidate)
        made = f" (v{candidate.version})" if candidate.version is not None else ""
        self.session.tell(candidate.status, f"{candidate.name}{made} {candidate.status}: {candidate.why}")
