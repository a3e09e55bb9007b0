"""Asking the proposer for one patch, and the cheap checks that come before any play."""

from __future__ import annotations

from dataclasses import replace

from automem.errors import BudgetReached, EngineRefused, EngineUnavailable
from automem.evidence.render_under import screen_on_recorded
from automem.evidence.view import View
from automem.loops.meta.proposer import Proposal
from automem.loops.structure.arena import Arena
from automem.loops.structure.proposers.base import Assignment, Proposer
from automem.patches.check import Checked, check_patch
from automem.runs.candidates import Candidate, Status, proposal_key
from automem.runs.costs import Cost
from automem.runs.files import write_text
from automem.spec.source import read_document


class Asking:
    """Turns a candidate that is being proposed into one that is played, waits for a person, or has failed.

    Arguments:
        arena: its lineage.
        proposer: who is asked.
    """

    def __init__(self, arena: Arena, proposer: Proposer) -> None:
        self._arena = arena
        self._proposer = proposer

    async def ask(self, candidate: Candidate, continuing: Candidate | None) -> None:
        """Ask for the candidate's patch, or go on asking; where that is cut off the session is stopped.

        Arguments:
            candidate: with status `proposing`.
            continuing: the failed candidate whose episodes may be looked at; None for a fresh attempt.
        """
        session = self._arena.session
        candidate = replace(candidate, proposer=self._proposer.name)
        assignment = self._assignment(candidate, continuing)
        try:
            session.desk.meter.check()
            proposal = await self._proposer.propose(assignment)
        except (BudgetReached, EngineUnavailable, EngineRefused) as error:
            session.stop(error)
        else:
            self._take(candidate, proposal, assignment)

    def _take(self, candidate: Candidate, proposal: Proposal, assignment: Assignment) -> None:
        arena, session = self._arena, self._arena.session
        if proposal.text is None:
            status: Status = "nothing" if proposal.exhausted else "refused"
            arena.close(replace(candidate, status=status, why=proposal.said or "no patch was proposed"))
            return
        proposed = replace(candidate, patch=proposal.text)
        write_text(session.folder.patch(candidate.number), proposal.text)
        checked = assignment.check(proposal.text)
        if fault := self._fault(checked, assignment):
            arena.close(replace(proposed, status="refused", why=fault))
            return
        session.tell("proposed", f"{candidate.name} ({candidate.place}), {candidate.proposer}: {_first(checked)}")
        state: Status = "waiting" if arena.optimize.approval == "manual" else "playing"
        session.store.put_candidate(replace(proposed, status=state))

    def _assignment(self, candidate: Candidate, continuing: Candidate | None) -> Assignment:
        arena, session = self._arena, self._arena.session
        parent = arena.version(candidate.parent)
        document, env = read_document(session.folder.scaffold(parent.number)), session.lineup.experiment.env
        return Assignment(
            number=candidate.number,
            scaffold=document,
            scaffold_hash=parent.hash,
            evidence=View(session.folder, self._visible(parent.number, continuing)),
            lineage=tuple(one for one in arena.lineage if one.number != candidate.number),
            continuing=continuing,
            check=lambda text: check_patch(text, session.folder.patch(candidate.number).name, document, env),
            transcript=session.folder.transcript(candidate.number),
            limits=arena.optimize.propose,
            spend=lambda cost: self._spend(candidate, cost),
        )

    def _visible(self, parent: int, continuing: Candidate | None) -> tuple[int, ...]:
        """The versions that may be looked at, the incumbent last: its own line, and what is continued."""
        seen = {self._arena.root.number, *(one.version for one in self._arena.lineage if one.status == "accepted")}
        if continuing is not None:
            seen.add(continuing.version)
        return (*sorted(number for number in seen if number is not None and number != parent), parent)

    def _spend(self, candidate: Candidate, cost: Cost) -> None:
        self._arena.session.store.add_costs(proposal_key(candidate.number), {"meta": cost})
        self._arena.session.desk.meter.spend(cost)

    def _fault(self, checked: Checked, assignment: Assignment) -> str:
        """Why a patch is not worth playing; empty where cheap checks say nothing against it."""
        arena = self._arena
        if checked.scaffold is None:
            return "; ".join(map(str, checked.errors))
        tried = {arena.root.number, *(one.version for one in arena.lineage)}
        for version in arena.session.store.versions():
            if version.hash == checked.scaffold.hash and version.number in tried:
                return f"it makes the scaffold that v{version.number} is"
        return screen_on_recorded(assignment.evidence, checked.scaffold, arena.session.lineup.experiment.env)


def _first(checked: Checked) -> str:
    """The beginning of a patch's reason."""
    return checked.patch.reason.strip().splitlines()[0] if checked.patch is not None else ""
