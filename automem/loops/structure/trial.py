"""The trial of a candidate: it plays the incumbent's seeds as far as the gate needs, and the gate decides."""

from __future__ import annotations

from dataclasses import replace

from automem.loops.contest import Challenger, Contest
from automem.loops.effects import effects_of
from automem.loops.gates import make_gate
from automem.loops.structure.arena import Arena
from automem.patches.check import check_patch
from automem.runs.candidates import Candidate, Decision, Status
from automem.runs.files import write_text
from automem.runs.records import Version
from automem.spec.source import read_document


class Trial:
    """Plays and judges the candidates of a lineage.

    Arguments:
        arena: the lineage.
    """

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self._contest = Contest(arena.session, make_gate(arena.optimize), arena.optimize.screen)

    async def hold(self, candidate: Candidate) -> bool:
        """Try a candidate; whether it is decided. Else the session was stopped, or episodes are owed."""
        parent = self._arena.version(candidate.parent)
        version = self._adopt(candidate, parent)
        if version is None:
            return True
        candidate = replace(candidate, version=version.number)
        self._arena.session.store.put_candidate(candidate)
        decision = await self._judge(parent, version)
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
        arena = self._arena
        before = arena.session.rows(arena.select(parent) + arena.replays(parent))
        return await self._contest.judge(
            Challenger(version, None, f"select {version.label}"), arena.select(version), before
        )

    def _settle(self, candidate: Candidate, parent: Version, version: Version, decision: Decision) -> None:
        arena, rows = self._arena, self._arena.session.rows
        effects = effects_of(rows(arena.select(parent) + arena.replays(parent)), rows(arena.select(version)))
        status: Status = "accepted" if decision.accepted else "rejected"
        if decision.accepted:
            arena.session.make_current(version)
        arena.close(replace(candidate, status=status, why=decision.why, decision=decision, effects=effects))
