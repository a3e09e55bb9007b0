"""Loop 1 at work: a patch is proposed, checked, played on the incumbent's seeds, and kept where play improves."""

from __future__ import annotations

from automem.loops.structure.arena import Arena
from automem.loops.structure.asking import Asking
from automem.loops.structure.proposers.base import Proposer
from automem.loops.structure.review import stop_reason
from automem.loops.structure.standing import Standing, stand
from automem.loops.structure.trial import Trial
from automem.runs.candidates import Candidate
from automem.runs.keys import Episode
from automem.runs.records import Version
from automem.runs.seal import note_selection
from automem.runs.session import Session
from automem.spec.experiment import Optimize


class StructureLoop:
    """Loop 1 on one session. Everything it knows between two calls is in the run's database.

    Arguments:
        session: the apply it belongs to.
        optimize: the experiment's section.
        proposer: who proposes.
    """

    def __init__(self, session: Session, optimize: Optimize, proposer: Proposer) -> None:
        self._session = session
        self._optimize = optimize
        self._proposer = proposer
        self._arena = Arena(session, optimize)
        self._asking = Asking(self._arena, proposer)
        self._trial = Trial(self._arena)

    @property
    def standing(self) -> Standing:
        """Where the loop stands."""
        root = self._session.root.number
        stopped = stop_reason(self._session.store, root, self._session.lineup.conditions) or ""
        return stand(root, self.lineage, self._optimize, stopped, self._proposer.name)

    @property
    def incumbent(self) -> Version:
        """The version to beat."""
        return self._arena.version(self.standing.incumbent)

    async def run(self) -> None:
        """Go on until the loop ends, a person is waited for, or the session is stopped."""
        while await self._measure() and not (standing := self.standing).ended:
            candidate = standing.open or self._begin(standing)
            if candidate.status == "proposing":
                await self._asking.ask(candidate, standing.continuing)
            elif candidate.status == "playing" and not await self._trial.hold(candidate):
                return
            if self._session.stopped is not None or self.waiting:
                return

    def episodes(self) -> list[Episode]:
        """The select episodes besides its root's: what is finished, and what it waits for to go on."""
        tried = [self._session.root.number, *(one.version for one in self.lineage if one.version is not None)]
        asked = [episode for number in dict.fromkeys(tried) for episode in self._asked(self._arena.version(number))]
        status = {row.key: row.status for row in self._session.rows(asked)}
        done = {key for key, found in status.items() if found == "done"}
        open_, wanted = self.standing.open, {one.key for one in self._wanted()}
        begun = self._asked(self._arena.version(open_.version)) if open_ and open_.version is not None else []
        counted = done | wanted | ({one.key for one in begun} & set(status))
        return [one for one in asked if one.key in counted]

    def _asked(self, version: Version) -> list[Episode]:
        """Every select episode that the loop may play of a version; those of the root are the experiment's own."""
        return self._arena.replays(version) + ([] if version == self._session.root else self._arena.select(version))

    @property
    def waiting(self) -> bool:
        """Whether a person must decide before anything goes on."""
        found = self.standing.open
        return found is not None and found.status == "waiting"

    @property
    def pending(self) -> str:
        """What the loop has still to do, in words; empty when it has ended."""
        standing = self.standing
        if standing.ended:
            return ""
        if self.waiting and standing.open is not None:
            run = self._session.folder.name
            return f"{standing.open.name} waits for a person: `automem review {run}` shows it"
        return f"loop 1 goes on with revision {standing.revision}, attempt {standing.attempt}"

    @property
    def summary(self) -> str:
        """How the loop has ended, or where it stands."""
        standing = self.standing
        tried = len([one for one in self.lineage if one.version is not None])
        kept = len([one for one in self.lineage if one.status == "accepted"])
        end = f"; ended: {standing.ended}" if standing.ended else ""
        return f"loop 1: {len(self.lineage)} proposed, {tried} played, {kept} kept; now {self.incumbent.label}{end}"

    @property
    def lineage(self) -> list[Candidate]:
        """What was proposed for the scaffold that the experiment names, and for what came of it, in its conditions."""
        return self._arena.lineage

    def _wanted(self) -> list[Episode]:
        """What the incumbent must have played: freshly sampled too, while candidates are measured against it."""
        version = self.incumbent
        return self._arena.select(version) + ([] if self.standing.ended else self._arena.replays(version))

    async def _measure(self) -> bool:
        """Play what the incumbent's select seeds lack; whether all of them are finished."""
        version, episodes = self.incumbent, self._wanted()
        if self._session.missing(episodes):
            await self._session.play(version, episodes, f"select {version.label}")
        return not self._session.missing(episodes) and self._session.stopped is None

    def _begin(self, standing: Standing) -> Candidate:
        store = self._session.store
        candidate = Candidate(
            number=len(store.candidates()) + 1,
            root=self._session.root.number,
            parent=standing.incumbent,
            revision=standing.revision,
            attempt=standing.attempt,
            continuation=standing.continuation,
            proposer=self._proposer.name,
            conditions=self._session.lineup.conditions,
        )
        note_selection(store, self._session.lineup.experiment)
        store.put_candidate(candidate)
        return store.candidates()[-1]
