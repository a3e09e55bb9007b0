"""Do what an experiment asks: play the select seeds, improve, open the report seeds, say what is left."""

from __future__ import annotations

from pathlib import Path

from automem.loops.structure.loop import StructureLoop
from automem.loops.structure.proposers import make_proposer
from automem.loops.structure.proposers.base import Proposer
from automem.runs.candidates import proposal_key
from automem.runs.keys import Episode
from automem.runs.layout import DEFAULT_RUNS
from automem.runs.loop import need_own_loop
from automem.runs.progress import Progress
from automem.runs.records import Version
from automem.runs.result import Result, cost_rows
from automem.runs.seal import check_report, open_seal
from automem.runs.session import Session
from automem.spec.load import LoadedExperiment


def apply(loaded: LoadedExperiment, runs: Path = DEFAULT_RUNS, progress: Progress | None = None) -> Result:
    """Do what an experiment asks and its run has not done yet.

    Arguments:
        loaded: the experiment and its scaffold.
        runs: the folder that holds the run's folder.
        progress: told what happens, while it happens.

    Raises:
        SpecError: the experiment asks for something that cannot be done.
        RunLocked: another apply works on the run.
        RunError: the run's files cannot be used.
        EngineRefused, EngineUnavailable: found before anything is played; the former also during play.
        KeyboardInterrupt: SIGINT or SIGTERM; everything is left so that the next apply goes on.
    """
    need_own_loop("apply")
    proposer = make_proposer(loaded)
    with Session.open(loaded, runs, progress or Progress()) as session:
        course = _Course(session, proposer)
        return course.result() if course.idle else session.run(course.play, course.result)


class _Course:
    """The stages of an experiment, in order, on one session."""

    def __init__(self, session: Session, proposer: Proposer | None) -> None:
        self._session, self._proposer = session, proposer
        optimize = session.lineup.experiment.optimize
        self._loop = StructureLoop(session, optimize, proposer) if optimize and proposer else None
        if self._loop is not None:
            loaded, lineage = session.lineup.loaded, (session.root.number, session.lineup.conditions)
            check_report(session.store, *lineage, loaded.experiment, loaded.document, ended=self._ended)
        session.make_current(self._last)

    @property
    def idle(self) -> bool:
        """Whether there is nothing to play and nothing to propose now."""
        loop = self._loop
        return not self._session.missing(self._asked()) and (self._ended or (loop is not None and loop.waiting))

    async def play(self) -> None:
        """Play what is missing, as far as it can be played."""
        session = self._session
        try:
            if self._proposer is not None and not self._ended:
                await self._proposer.check()
            select = session.lineup.stage("select")
            await session.play(session.root, select, "select")
            if session.missing(select) or session.stopped is not None:
                return
            if self._loop is not None:
                await self._loop.run()
            if self._ended and session.stopped is None and not (self._loop and session.missing(self._loop.episodes())):
                await self._report()
        finally:
            if self._proposer is not None:
                await self._proposer.close()

    async def _report(self) -> None:
        session = self._session
        if self._loop is not None and session.lineup.stage("report"):
            open_seal(session.store, session.root.number, session.lineup.conditions, session.lineup.experiment)
        for version in self._reported():
            if session.stopped is None:
                title = "report" if self._loop is None else f"report, opened now: {version.label}"
                await session.play(version, session.lineup_of(version).stage("report"), title)

    @property
    def _ended(self) -> bool:
        return self._loop is None or bool(self._loop.standing.ended)

    @property
    def _last(self) -> Version:
        """The version that stands at the end so far: the loop's incumbent, else the one to begin with."""
        return self._loop.incumbent if self._loop is not None else self._session.root

    def _reported(self) -> list[Version]:
        """The versions that play the report seeds: the one to begin with, and what the loop made of it."""
        root, last = self._session.root, self._last
        return [root, last] if last != root else [root]

    def _asked(self) -> list[Episode]:
        """Every episode that is asked for as far as that is known now, the loop's own included."""
        session = self._session
        found = session.lineup.stage("select") + (self._loop.episodes() if self._loop else [])
        if self._loop is not None and self._loop.waiting:
            return found
        return found + [e for version in self._reported() for e in session.lineup_of(version).stage("report")]

    def result(self) -> Result:
        """What came of it."""
        session, loop = self._session, self._loop
        asked = self._asked()
        rows = session.rows(asked)
        done = {row.key for row in rows if row.status == "done"}
        stopped = str(session.stopped or "") if not self.idle else ""
        proposals = {proposal_key(candidate.number) for candidate in loop.lineage} if loop else set()
        return Result(
            folder=session.folder.path,
            version=self._last,
            rows=tuple(rows),
            costs=tuple(cost_rows(session.store, done | proposals)),
            reused=sum(row.reused for row in rows if row.key in done),
            left=len(asked) - len(done),
            stopped=stopped,
            pending=loop.pending if loop else "",
            loop=loop.summary if loop else "",
            candidates=tuple(loop.lineage) if loop else (),
        )
