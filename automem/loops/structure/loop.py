"""Loop 1 at work: a patch is proposed, checked, played on the incumbent's seeds, and kept where play improves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from automem.agent.located import RuleError
from automem.errors import AutoMemError, BudgetReached, EngineRefused, EngineUnavailable
from automem.evidence.render_under import screen_on_recorded
from automem.evidence.view import View
from automem.loops.effects import effects_of
from automem.loops.gates import make_gate, screen
from automem.loops.gates.base import over
from automem.loops.pairs import Pair, pairs_of
from automem.loops.structure.proposers.base import Assignment, Proposer
from automem.loops.structure.review import stop_reason
from automem.loops.structure.standing import Standing, stand
from automem.patches.check import Checked, check_patch
from automem.runs.candidates import Candidate, Decision, Status, lineage_of, proposal_key
from automem.runs.costs import Cost
from automem.runs.files import write_text
from automem.runs.keys import Episode
from automem.runs.records import Version
from automem.runs.seal import note_selection
from automem.runs.session import Session
from automem.spec.experiment import Optimize
from automem.spec.source import read_document


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
        self._gate = make_gate(optimize)

    @property
    def standing(self) -> Standing:
        """Where the loop stands."""
        root = self._session.root.number
        return stand(
            root, self.lineage, self._optimize, stop_reason(self._session.store, root) or "", self._proposer.name
        )

    @property
    def incumbent(self) -> Version:
        """The version to beat."""
        return self._version(self.standing.incumbent)

    async def run(self) -> None:
        """Go on until the loop ends, a person is waited for, or the session is stopped."""
        while await self._measure() and not (standing := self.standing).ended:
            candidate = standing.open or self._begin(standing)
            if candidate.status == "proposing":
                await self._propose(candidate, standing)
            elif candidate.status == "playing" and not await self._try(candidate):
                return
            if self._session.stopped is not None or self.waiting:
                return

    def episodes(self) -> list[Episode]:
        """The select episodes besides its root's: what is finished, and what it waits for to go on."""
        tried = [self._session.root.number, *(one.version for one in self.lineage if one.version is not None)]
        asked = [episode for number in dict.fromkeys(tried) for episode in self._asked(self._version(number))]
        status = {row.key: row.status for row in self._session.rows(asked)}
        done = {key for key, found in status.items() if found == "done"}
        open_, wanted = self.standing.open, {one.key for one in self._wanted()}
        begun = self._asked(self._version(open_.version)) if open_ and open_.version is not None else []
        counted = done | wanted | ({one.key for one in begun} & set(status))
        return [one for one in asked if one.key in counted]

    def _asked(self, version: Version) -> list[Episode]:
        """Every select episode that the loop may play of a version; those of the root are the experiment's own."""
        return self._replays(version) + ([] if version == self._session.root else self._of(version))

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
        session = self._session
        return lineage_of(session.store.candidates(), session.root.number, session.lineup.conditions)

    def _version(self, number: int) -> Version:
        return next(version for version in self._session.store.versions() if version.number == number)

    def _of(self, version: Version) -> list[Episode]:
        return self._session.lineup_of(version).stage("select")

    def _replays(self, version: Version) -> list[Episode]:
        again = range(1, self._optimize.replays + 1)
        return [episode for number in again for episode in self._session.lineup_of(version).stage("select", number)]

    def _wanted(self) -> list[Episode]:
        """What the incumbent must have played: freshly sampled too, while candidates are measured against it."""
        version = self.incumbent
        return self._of(version) + ([] if self.standing.ended else self._replays(version))

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

    async def _propose(self, candidate: Candidate, standing: Standing) -> None:
        candidate = replace(candidate, proposer=self._proposer.name)
        assignment = self._assignment(candidate, standing.continuing)
        try:
            self._session.desk.meter.spend(Cost())  # no call where the budget is met already
            proposal = await self._proposer.propose(assignment)
        except (BudgetReached, EngineUnavailable, EngineRefused) as error:
            self._session.stop(error)
            return
        if proposal.patch is None:
            status: Status = "nothing" if proposal.exhausted else "refused"
            self._close(replace(candidate, status=status, why=proposal.said or "no patch was proposed"))
            return
        proposed = replace(candidate, patch=proposal.patch)
        write_text(self._session.folder.patch(candidate.number), proposal.patch)
        checked = assignment.check(proposal.patch)
        if fault := self._fault(checked, assignment):
            self._close(replace(proposed, status="refused", why=fault))
            return
        self._session.tell("proposed", f"{candidate.name} ({candidate.place}), {candidate.proposer}: {_first(checked)}")
        state: Status = "waiting" if self._optimize.approval == "manual" else "playing"
        self._session.store.put_candidate(replace(proposed, status=state))

    def _assignment(self, candidate: Candidate, continuing: Candidate | None) -> Assignment:
        session = self._session
        parent = self._version(candidate.parent)
        document = read_document(session.folder.scaffold(parent.number))
        seen = {session.root.number, *(one.version for one in self.lineage if one.status == "accepted")}
        if continuing is not None:
            seen.add(continuing.version)
        versions = sorted(number for number in seen if number is not None and number != parent.number)
        env = session.lineup.experiment.env
        return Assignment(
            number=candidate.number,
            scaffold=document,
            scaffold_hash=parent.hash,
            evidence=View(session.folder, (*versions, parent.number)),
            lineage=tuple(one for one in self.lineage if one.number != candidate.number),
            continuing=continuing,
            check=lambda text: check_patch(text, session.folder.patch(candidate.number).name, document, env),
            transcript=session.folder.transcript(candidate.number),
            limits=self._optimize.propose,
            spend=lambda cost: self._spend(candidate, cost),
        )

    def _spend(self, candidate: Candidate, cost: Cost) -> None:
        self._session.store.add_costs(proposal_key(candidate.number), {"meta": cost})
        self._session.desk.meter.spend(cost)

    def _fault(self, checked: Checked, assignment: Assignment) -> str:
        """Why a patch is not worth playing; empty where cheap checks say nothing against it."""
        if checked.scaffold is None:
            return "; ".join(map(str, checked.errors))
        tried = {self._session.root.number, *(one.version for one in self.lineage)}
        for version in self._session.store.versions():
            if version.hash == checked.scaffold.hash and version.number in tried:
                return f"it makes the scaffold that v{version.number} is"
        return screen_on_recorded(assignment.evidence, checked.scaffold, self._session.lineup.experiment.env)

    async def _try(self, candidate: Candidate) -> bool:
        """Play a candidate as far as the gate needs it, and let the gate decide; whether it is decided."""
        parent = self._version(candidate.parent)
        version = self._adopt(candidate, parent)
        if version is None:
            return True
        candidate = replace(candidate, version=version.number)
        self._session.store.put_candidate(candidate)
        decision = await self._judge(parent, version) or await self._refusal()
        if decision is not None:
            self._settle(candidate, parent, version, decision)
        return decision is not None

    def _adopt(self, candidate: Candidate, parent: Version) -> Version | None:
        """The version that a candidate's patch makes."""
        document = read_document(self._session.folder.scaffold(parent.number))
        checked = check_patch(candidate.patch, f"{candidate.name}.yaml", document, self._session.lineup.experiment.env)
        if checked.scaffold is None:  # a person or a newer program has changed what it rests on
            self._close(replace(candidate, status="refused", why="; ".join(map(str, checked.errors))))
            return None
        write_text(self._session.folder.undo(candidate.number), checked.inverse)
        return self._session.adopt(checked.scaffold, parent)

    async def _judge(self, parent: Version, version: Version) -> Decision | None:
        """What the gate says; None where the session was stopped or episodes are owed."""
        pairs: list[Pair] = []
        episodes, before = self._of(version), self._session.rows(self._of(parent) + self._replays(parent))
        tasks = len(self._session.lineup.tasks)
        for look in self._looks(len(episodes), tasks):
            await self._session.play(version, episodes[:look], f"select {version.label}")
            if self._session.stopped is not None or self._session.missing(episodes[:look]):
                return None
            pairs = pairs_of(before, self._session.rows(episodes[:look]))
            decision = self._look(pairs, look, len(episodes), self._optimize.screen * tasks)
            if decision is not None:
                whole = not decision.accepted or await self._complete(version, episodes)
                return decision if whole else None
        why = f"only {over(len(pairs))} of {len(episodes)} can be compared: the other episodes reached no progression"
        return Decision(self._gate.name, False, why, len(pairs))

    async def _complete(self, version: Version, episodes: Sequence[Episode]) -> bool:
        """Play what an early acceptance has left out, which later candidates are measured against."""
        await self._session.play(version, episodes, f"select {version.label}")
        return self._session.stopped is None and not self._session.missing(episodes)

    def _looks(self, total: int, tasks: int) -> Sequence[int]:
        screened = self._optimize.screen * tasks
        return sorted({*self._gate.looks(total), *([screened] if 0 < screened < total else [])})

    def _look(self, pairs: Sequence[Pair], look: int, total: int, screened: int) -> Decision | None:
        if look == screened and (dropped := screen(pairs)) is not None:
            return dropped
        return self._gate.judge(pairs, total) if look in self._gate.looks(total) else None

    async def _refusal(self) -> Decision | None:
        """A rejection of what cannot be played, or whose prompts are refused by a server that answers otherwise."""
        error = self._session.stopped
        if isinstance(error, RuleError):  # what no sample and no recorded step had shown
            self._session.desk.stopped = None
            return Decision(self._gate.name, False, f"it cannot be played: {error}", 0)
        if not isinstance(error, EngineRefused):
            return None
        try:
            await self._session.desk.models.check()
        except AutoMemError:
            return None
        self._session.desk.stopped = None
        return Decision(self._gate.name, False, f"its prompts are refused: {error}", 0)

    def _settle(self, candidate: Candidate, parent: Version, version: Version, decision: Decision) -> None:
        rows = self._session.rows
        before = rows(self._of(parent) + self._replays(parent))
        effects = effects_of(before, rows(self._of(version)))
        status: Status = "accepted" if decision.accepted else "rejected"
        if decision.accepted:
            self._session.make_current(version)
        self._close(replace(candidate, status=status, why=decision.why, decision=decision, effects=effects))

    def _close(self, candidate: Candidate) -> None:
        self._session.store.put_candidate(candidate)
        made = f" (v{candidate.version})" if candidate.version is not None else ""
        self._session.tell(candidate.status, f"{candidate.name}{made} {candidate.status}: {candidate.why}")


def _first(checked: Checked) -> str:
    """The beginning of a patch's reason."""
    return checked.patch.reason.strip().splitlines()[0] if checked.patch is not None else ""
