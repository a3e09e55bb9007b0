"""The stages of an experiment in order, on one session: select, loop 1, loop 2, and the sealed seeds at the end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from automem.errors import AutoMemError
from automem.loops.proficiency.arena import Arena
from automem.loops.proficiency.engines import make_training_engine
from automem.loops.proficiency.engines.base import RecipeProposer
from automem.loops.proficiency.fitting import missing_packages
from automem.loops.proficiency.loop import ProficiencyLoop
from automem.loops.proficiency.recipes import Written, first_recipe
from automem.loops.proficiency.training import find_launch
from automem.loops.structure.loop import StructureLoop
from automem.loops.structure.proposers.base import Proposer
from automem.runs.candidates import proposal_key
from automem.runs.keys import Episode
from automem.runs.lineup import Adapter
from automem.runs.records import Version
from automem.runs.result import Result, cost_rows
from automem.runs.seal import check_report, open_seal
from automem.runs.session import Session
from automem.runs.trials import trial_key
from automem.spec.load import LoadedExperiment


@dataclass(frozen=True)
class Training:
    """What loop 2 begins with.

    Arguments:
        first: the experiment's recipe.
        proposer: who proposes those after it.
    """

    first: Written
    proposer: RecipeProposer


def make_training(loaded: LoadedExperiment) -> Training | None:
    """What loop 2 of an experiment begins with; None where it has none.

    Raises:
        SpecError: its recipe or its training engine cannot be used.
        AutoMemError: there is no accelerate configuration of the name that it gives.
    """
    train, proposer = loaded.experiment.train, make_training_engine(loaded)
    if train is None or proposer is None:
        return None
    if train.launch is not None:
        find_launch(train.launch, Path(loaded.document.file))
    return Training(first_recipe(loaded), proposer)


@dataclass(frozen=True)
class Player:
    """Who plays the report seeds: a version, alone or with a specialist.

    Arguments:
        version: the scaffold's.
        adapter: the specialist's; None for the version alone.
        label: a name for people.
    """

    version: Version
    adapter: Adapter | None
    label: str


class Course:
    """What an apply does.

    Arguments:
        session: the apply's.
        proposer: of patches; None where there is no loop 1.
        training: None where there is no loop 2.
    """

    def __init__(self, session: Session, proposer: Proposer | None, training: Training | None) -> None:
        self._session, self._proposer, self._training = session, proposer, training
        optimize = session.lineup.experiment.optimize
        self._structure = StructureLoop(session, optimize, proposer) if optimize and proposer else None
        if self._structure is not None or training is not None:
            loaded, lineage = session.lineup.loaded, (session.root.number, session.lineup.conditions)
            check_report(session.store, *lineage, loaded.experiment, loaded.document, ended=self._ended)
        session.make_current(self._last)

    @property
    def idle(self) -> bool:
        """Whether there is nothing to play, to propose and to train now."""
        waiting = self._structure is not None and self._structure.waiting
        return not self._session.missing(self._asked()) and (self._ended or waiting)

    async def play(self) -> None:
        """Play what is missing, as far as it can be played."""
        try:
            await self._check()
            if await self._evaluate() and await self._improve():
                await self._report()
        finally:
            for proposer in self._proposers:
                await proposer.close()

    @property
    def _proposers(self) -> list[Proposer | RecipeProposer]:
        return [*([self._proposer] if self._proposer else []), *([self._training.proposer] if self._training else [])]

    async def _check(self) -> None:
        """Find out, where it may be wanted, that proposals can be had and an adapter trained."""
        if not self._ended:
            if self._training is not None and (fault := missing_packages()):
                raise AutoMemError(fault)
            for proposer in self._proposers:
                await proposer.check()

    async def _evaluate(self) -> bool:
        """Play the select seeds of the experiment's own scaffold; whether all are finished."""
        session, select = self._session, self._session.lineup.stage("select")
        await session.play(session.root, select, "select")
        return not session.missing(select) and session.stopped is None

    async def _improve(self) -> bool:
        """Let the loops work; whether they have ended and owe nothing."""
        session = self._session
        if self._structure is not None:
            await self._structure.run()
            if session.stopped is not None or self._structure.pending or session.missing(self._structure.episodes()):
                return False
        if (loop := self._proficiency) is not None:
            await loop.run()
            return session.stopped is None and not loop.pending and not session.missing(loop.episodes())
        return True

    @property
    def _proficiency(self) -> ProficiencyLoop | None:
        """Loop 2, once it is known for which version."""
        if self._training is None or (self._structure is not None and self._structure.pending):
            return None
        train = self._session.lineup.experiment.train
        if train is None:
            return None
        arena = Arena(self._session, train, self._training.first, self._last)
        return ProficiencyLoop(arena, self._training.proposer)

    async def _report(self) -> None:
        session, looped = self._session, self._structure is not None or self._training is not None
        if looped and session.lineup.stage("report"):
            open_seal(session.store, session.root.number, session.lineup.conditions, session.lineup.experiment)
        for player in self._reported():
            if session.stopped is None:
                title = f"report, opened now: {player.label}" if looped else "report"
                await session.play(player.version, self._sealed(player), title, player.adapter)

    def _sealed(self, player: Player) -> list[Episode]:
        return self._session.lineup_of(player.version, player.adapter).stage("report")

    def _reported(self) -> list[Player]:
        """Who plays the report seeds: the version to begin with, what loop 1 made of it, and that with a specialist."""
        root, last, loop = self._session.root, self._last, self._proficiency
        found = [Player(version, None, version.label) for version in dict.fromkeys((root, last))]
        if loop is not None and loop.best is not None:
            found.append(Player(last, loop.adapter, f"{last.label} with {loop.best.name}"))
        return found

    @property
    def _ended(self) -> bool:
        """Whether the loops have nothing further to try."""
        if self._structure is not None and not self._structure.standing.ended:
            return False
        return self._training is None or (self._proficiency is not None and bool(self._proficiency.standing.ended))

    @property
    def _last(self) -> Version:
        """The version that stands at the end so far: loop 1's incumbent, else the one to begin with."""
        return self._structure.incumbent if self._structure is not None else self._session.root

    def _asked(self) -> list[Episode]:
        """Every episode that is asked for as far as that is known now, the loops' own included."""
        session, structure, proficiency = self._session, self._structure, self._proficiency
        found = session.lineup.stage("select")
        found += structure.episodes() if structure is not None else []
        found += proficiency.episodes() if proficiency is not None else []
        if structure is None or not structure.waiting:
            found += [episode for player in self._reported() for episode in self._sealed(player)]
        return list({episode.key: episode for episode in found}.values())

    def result(self) -> Result:
        """What came of it."""
        session, structure, proficiency = self._session, self._structure, self._proficiency
        asked = self._asked()
        rows = session.rows(asked)
        done = {row.key for row in rows if row.status == "done"}
        lineage = structure.lineage if structure is not None else []
        ledger = proficiency.ledger if proficiency is not None else []
        meta = {*(proposal_key(one.number) for one in lineage), *(trial_key(one.number) for one in ledger)}
        pending = [loop.pending for loop in (structure, proficiency) if loop is not None and loop.pending]
        return Result(
            folder=session.folder.path,
            version=self._last,
            rows=tuple(rows),
            costs=tuple(cost_rows(session.store, done | meta)),
            reused=sum(row.reused for row in rows if row.key in done),
            left=len(asked) - len(done),
            stopped="" if self.idle else str(session.stopped or ""),
            pending=next(iter(pending), ""),
            loop=structure.summary if structure is not None else "",
            candidates=tuple(lineage),
            training=proficiency.summary if proficiency is not None else "",
            trials=tuple(ledger),
        )
