"""Loop 2 at work: the base's own good memory decisions train a specialist, which is kept where the two play better."""

from __future__ import annotations

import shutil
from pathlib import Path

from automem.loops.proficiency.arena import Arena
from automem.loops.proficiency.asking import Asking
from automem.loops.proficiency.engines.base import RecipeProposer
from automem.loops.proficiency.fitting import Fitting
from automem.loops.proficiency.preparing import Preparing
from automem.loops.proficiency.standing import Standing, stand
from automem.loops.proficiency.trial import Trial
from automem.loops.structure.review import stop_reason
from automem.runs.keys import Episode
from automem.runs.lineup import Adapter
from automem.runs.seal import note_selection
from automem.runs.trials import OPEN, TrialRow, best_of


class ProficiencyLoop:
    """Loop 2 on one session. Everything it knows between two calls is in the run's database and the trials' folders.

    Arguments:
        arena: what it learns from and is judged by.
        proposer: who proposes recipes after the first.
    """

    def __init__(self, arena: Arena, proposer: RecipeProposer) -> None:
        self._arena = arena
        self._session = arena.session
        self._proposer = proposer
        self._asking = Asking(arena, proposer)
        self._preparing = Preparing(arena)
        self._fitting = Fitting(arena)
        self._trial = Trial(arena)

    @property
    def standing(self) -> Standing:
        """Where the loop stands."""
        session, arena = self._session, self._arena
        stopped = stop_reason(session.store, session.root.number, session.lineup.conditions) or ""
        return stand(arena.ledger, arena.train, arena.first.hash, stopped, self._proposer.name)

    @property
    def ledger(self) -> list[TrialRow]:
        """What was tried for this scaffold under these conditions, oldest first."""
        return self._arena.ledger

    @property
    def best(self) -> TrialRow | None:
        """The trial whose adapter is the specialist so far; None where none has passed."""
        return best_of(self.ledger)

    @property
    def adapter(self) -> Adapter | None:
        """The specialist; None where none has passed."""
        return self._arena.adapter(self.best) if self.best is not None else None

    async def run(self) -> None:
        """Go on until the loop ends, or the session is stopped."""
        while not self.standing.ended and await self._collect():
            standing = self.standing
            trial = standing.open or self._begin()
            await self._go_on(trial, standing)
            if self._session.stopped is not None or self._current(trial) == trial:
                return
        if self.standing.ended and self._session.stopped is None:
            await self._complete()

    async def _go_on(self, trial: TrialRow, standing: Standing) -> None:
        """Bring a trial one step further; its row is unchanged where that was not possible."""
        if trial.status == "proposing":
            await self._asking.ask(trial, own=standing.own)
        elif trial.status == "selecting":
            self._session.tell("selecting", f"{trial.name}: examples are selected and held against the traces")
            await self._preparing.prepare(trial)
        elif trial.status == "training":
            await self._fitting.fit(trial)
        elif trial.status == "playing":
            await self._trial.hold(trial, self._folder(trial) / "adapter")
        if self._current(trial).status not in OPEN:
            await self._clear(trial)

    async def _collect(self) -> bool:
        """Play what the base lacks of the episodes to learn from and to be judged by; whether all are finished."""
        session, arena = self._session, self._arena
        for stage, episodes in (("select", arena.before), ("train", arena.collected)):
            if session.missing(episodes):
                await session.play(arena.version, episodes, f"{stage} {arena.version.label}")
            if session.missing(episodes) or session.stopped is not None:
                return False
        return True

    async def _complete(self) -> None:
        """Let the specialist play the select seeds that it lacks, such as those that came later."""
        if (best := self.best) is not None:
            episodes, version = self._arena.stage(best, "select"), self._arena.version
            if self._session.missing(episodes):
                title = f"select {version.label} with {best.name}"
                await self._session.play(version, episodes, title, self._arena.adapter(best))

    def _begin(self) -> TrialRow:
        session, store = self._session, self._session.store
        trial = TrialRow(
            number=len(store.trials()) + 1,
            version=self._arena.version.number,
            conditions=session.lineup.conditions,
            proposer=self._proposer.name,
        )
        note_selection(store, session.lineup.experiment)
        store.put_trial(trial)
        return self._current(trial)

    def _current(self, trial: TrialRow) -> TrialRow:
        """The row of a trial as it stands now."""
        return next(one for one in self._session.store.trials() if one.number == trial.number)

    async def _clear(self, trial: TrialRow) -> None:
        """Give back what only an open trial needs."""
        shutil.rmtree(self._session.folder.checkpoints(trial.number), ignore_errors=True)
        await self._session.desk.release()

    def _folder(self, trial: TrialRow) -> Path:
        return self._session.folder.trial(trial.number)

    def episodes(self) -> list[Episode]:
        """What the loop has played, and what it waits for to go on."""
        arena, session, standing = self._arena, self._session, self.standing
        base = [*arena.before, *arena.collected]
        asked = [*base, *(one for trial in self.ledger if trial.played for one in arena.stage(trial, "select"))]
        wanted = {one.key for one in base} if not standing.ended else set()
        if (best := self.best) is not None:
            wanted |= {one.key for one in arena.stage(best, "select")}
        begun = arena.stage(standing.open, "select") if standing.open and standing.open.played else []
        known = {row.key: row.status for row in session.rows(asked)}
        wanted |= {one.key for one in begun if one.key in known}
        return [one for one in asked if one.key in wanted or known.get(one.key) == "done"]

    @property
    def pending(self) -> str:
        """What the loop has still to do, in words; empty when it has ended."""
        standing = self.standing
        if standing.ended:
            return ""
        at = f" ({standing.open.name} is {standing.open.status})" if standing.open else ""
        return f"loop 2 goes on with trial {standing.trial} of {self._arena.train.trials}{at}"

    @property
    def summary(self) -> str:
        """How the loop has ended, or where it stands."""
        ledger, best, standing = self.ledger, self.best, self.standing
        tried = len([one for one in ledger if one.status != "nothing"])
        trained = len([one for one in ledger if one.weights])
        passed = len([one for one in ledger if one.status == "passed"])
        now = f"the specialist is {best.name}" if best else "there is no specialist"
        end = f"; ended: {standing.ended}" if standing.ended else ""
        return f"loop 2: {tried} trials, {trained} trained, {passed} passed; {now}{end}"
