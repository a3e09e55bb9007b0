"""The trial of a candidate: it plays the incumbent's seeds as far as the gate needs, and the gate decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from automem.agent.located import RuleError
from automem.errors import AutoMemError, EngineRefused
from automem.loops.effects import effects_of
from automem.loops.gates import make_gate, screen
from automem.loops.gates.base import over
from automem.loops.pairs import Pair, pairs_of
from automem.loops.structure.arena import Arena
from automem.patches.check import check_patch
from automem.runs.candidates import Candidate, Decision, Status
from automem.runs.files import write_text
from automem.runs.keys import Episode
from automem.runs.records import Version
from automem.spec.source import read_document


class Trial:
    """Plays and judges the candidates of a lineage.

    Arguments:
        arena: the lineage.
    """

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self._gate = make_gate(arena.optimize)

    async def hold(self, candidate: Candidate) -> bool:
        """Try a candidate; whether it is decided. Else the session was stopped, or episodes are owed."""
        parent = self._arena.version(candidate.parent)
        version = self._adopt(candidate, parent)
        if version is None:
            return True
        candidate = replace(candidate, version=version.number)
        self._arena.session.store.put_candidate(candidate)
        decision = await self._judge(parent, version) or await self._refusal()
        if decision is not None:
            self._settle(candidate, parent, version, decision)
        return decision is not None

    def _adopt(self, candidate: Candidate, parent: Version) -> Version | None:
        """The version that a candidate's patch makes; None where it makes none any more."""
        session = self._arena.session
        document = read_document(session.folder.scaffold(parent.number))
        checked = check_patch(candidate.patch, f"{candidate.name}.yaml", document, session.lineup.experiment.env)
        if checked.scaffold is None:  # a person or a newer program has changed what it rests on
            self._arena.close(replace(candidate, status="refused", why="; ".join(map(str, checked.errors))))
            return None
        write_text(session.folder.undo(candidate.number), checked.inverse)
        return session.adopt(checked.scaffold, parent)

    async def _judge(self, parent: Version, version: Version) -> Decision | None:
        """What the gate says; None where the session was stopped or episodes are owed."""
        session, pairs = self._arena.session, list[Pair]()
        episodes = self._arena.select(version)
        before = session.rows(self._arena.select(parent) + self._arena.replays(parent))
        for look in self._looks(len(episodes)):
            if not await self._play(version, episodes[:look]):
                return None
            pairs = pairs_of(before, session.rows(episodes[:look]))
            decision = self._look(pairs, look, len(episodes))
            if decision is not None:
                # later candidates are measured against all that an accepted one can play
                whole = not decision.accepted or await self._play(version, episodes)
                return decision if whole else None
        why = f"only {over(len(pairs))} of {len(episodes)} can be compared: the other episodes reached no progression"
        return Decision(self._gate.name, False, why, len(pairs))

    async def _play(self, version: Version, episodes: Sequence[Episode]) -> bool:
        """Play what is missing of some episodes; whether all of them are finished."""
        session = self._arena.session
        await session.play(version, episodes, f"select {version.label}")
        return session.stopped is None and not session.missing(episodes)

    @property
    def _screened(self) -> int:
        """How many episodes the screen looks at."""
        return self._arena.optimize.screen * len(self._arena.session.lineup.tasks)

    def _looks(self, total: int) -> Sequence[int]:
        return sorted({*self._gate.looks(total), *([self._screened] if 0 < self._screened < total else [])})

    def _look(self, pairs: Sequence[Pair], look: int, total: int) -> Decision | None:
        if look == self._screened and (dropped := screen(pairs)) is not None:
            return dropped
        return self._gate.judge(pairs, total) if look in self._gate.looks(total) else None

    async def _refusal(self) -> Decision | None:
        """A rejection of what cannot be played, or whose prompts are refused by a server that answers otherwise."""
        desk = self._arena.session.desk
        error = desk.stopped
        if isinstance(error, RuleError):  # what no sample and no recorded step had shown
            desk.stopped = None
            return Decision(self._gate.name, False, f"it cannot be played: {error}", 0)
        if not isinstance(error, EngineRefused):
            return None
        try:
            await desk.models.check()
        except AutoMemError:
            return None
        desk.stopped = None
        return Decision(self._gate.name, False, f"its prompts are refused: {error}", 0)

    def _settle(self, candidate: Candidate, parent: Version, version: Version, decision: Decision) -> None:
        arena, rows = self._arena, self._arena.session.rows
        effects = effects_of(rows(arena.select(parent) + arena.replays(parent)), rows(arena.select(version)))
        status: Status = "accepted" if decision.accepted else "rejected"
        if decision.accepted:
            arena.session.make_current(version)
        arena.close(replace(candidate, status=status, why=decision.why, decision=decision, effects=effects))
