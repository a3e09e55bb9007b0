"""Do what an experiment asks: reuse what is there, play what is missing, say what is left."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from automem.agent.located import RuleError
from automem.errors import BudgetReached, EngineUnavailable, SpecError
from automem.runs.calls import Desk
from automem.runs.costs import Cost, total
from automem.runs.files import write_text
from automem.runs.journal import recorded_calls
from automem.runs.layout import DEFAULT_RUNS, RunFolder
from automem.runs.lineup import STAGES, Lineup, line_up
from automem.runs.lock import hold
from automem.runs.loop import need_own_loop
from automem.runs.mend import mend
from automem.runs.meter import Meter
from automem.runs.models import make_models
from automem.runs.play import Table
from automem.runs.progress import Progress
from automem.runs.resolved import resolved_text
from automem.runs.result import Result, cost_rows
from automem.runs.schedule import heartbeat, play_all
from automem.runs.store import Store
from automem.runs.versions import adopt, file_episodes
from automem.spec.load import LoadedExperiment
from automem.traces.summary import EpisodeRow


def apply(loaded: LoadedExperiment, runs: Path = DEFAULT_RUNS, progress: Progress | None = None) -> Result:
    """Play the episodes an experiment asks for and the run does not have yet.

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
    lineup = line_up(loaded)
    folder = RunFolder(runs / loaded.experiment.name)
    folder.create()
    with hold(folder.lock), Store.open(folder.database) as store:
        return _Apply(lineup, folder, store, progress or Progress()).run()


class _Apply:
    """One apply that holds the run's lock."""

    def __init__(self, lineup: Lineup, folder: RunFolder, store: Store, progress: Progress) -> None:
        self._lineup, self._folder, self._store, self._progress = lineup, folder, store, progress
        for text in mend(store, folder):
            progress.note(text)
        self._version = adopt(store, folder, lineup.loaded.scaffold)
        file_episodes(store, lineup)
        write_text(folder.experiment, resolved_text(lineup.experiment, self._version))
        self._had = set(self._done())

    def run(self) -> Result:
        """Play what is missing."""
        if all(episode.key in self._had for episode in self._lineup.episodes):
            return self._result("")
        table = self._table()
        number = self._store.begin_apply()
        outcome = "failed"
        try:
            _run_until_signal(self._play(table, number))
            stopped = table.desk.stopped
            if stopped is not None and not isinstance(stopped, BudgetReached | EngineUnavailable):
                raise stopped
            result = self._result(str(stopped or ""))
            outcome = "incomplete" if result.left else "done"
            return result
        except KeyboardInterrupt:
            outcome = "interrupted"
            raise
        except RuleError as error:  # what no sample had shown
            raise SpecError([self._lineup.loaded.scaffold_document.issue(error.path, error.reason)]) from error
        finally:
            self._store.update_apply(number, table.desk.meter.seconds, outcome)

    async def _play(self, table: Table, number: int) -> None:
        try:
            await table.desk.models.check()
            async with heartbeat(table, number):
                for stage in STAGES:
                    await self._play_stage(table, stage)
        finally:
            await table.desk.models.close()

    async def _play_stage(self, table: Table, stage: str) -> None:
        done = self._done()
        earlier = STAGES[: STAGES.index(stage)]
        if any(e.key not in done for e in self._lineup.episodes if e.stage in earlier):
            return
        episodes = self._lineup.stage(stage)
        missing = [episode for episode in episodes if episode.key not in done]
        if episodes:
            self._progress.stage_started(stage, len(episodes), len(episodes) - len(missing))
        await play_all(table, missing, self._lineup.experiment.parallel.episodes)

    def _table(self) -> Table:
        models = make_models(self._lineup.models)
        before = sum(apply.seconds for apply in self._store.applies())
        meter = Meter(self._lineup.experiment.budget, self._spent(), before)
        desk = Desk(self._lineup, models, meter)
        return Table(self._lineup, self._version, self._folder, self._store, desk, self._progress)

    def _spent(self) -> Cost:
        """What the database knows of, and what journals hold until their episodes are finished."""
        journals = self._folder.traces.glob("*.calls")
        unfinished = (self._lineup.cost(call) for path in journals for call in recorded_calls(path))
        return self._store.total_spent() + total(unfinished)

    def _done(self) -> dict[str, EpisodeRow]:
        rows = (recorded.row for recorded in self._store.episodes())
        return {row.key: row for row in rows if row.status == "done"}

    def _result(self, stopped: str) -> Result:
        rows = {recorded.row.key: recorded.row for recorded in self._store.episodes()}
        asked = [replace(rows[e.key], reused=e.key in self._had) for e in self._lineup.episodes if e.key in rows]
        done = [row for row in asked if row.status == "done"]
        return Result(
            folder=self._folder.path,
            version=self._version,
            rows=tuple(asked),
            costs=tuple(cost_rows(self._store, {row.key for row in done})),
            reused=sum(row.reused for row in done),
            left=len(self._lineup.episodes) - len(done),
            stopped=stopped,
        )


def _run_until_signal(main: Coroutine[Any, Any, None]) -> None:
    """Run `main`; SIGINT and SIGTERM cancel it, so that it cleans up, and become KeyboardInterrupt."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    ours = threading.current_thread() is threading.main_thread()  # else their owner handles signals

    async def run() -> None:
        task = asyncio.ensure_future(main)
        for number in before if ours else ():
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        await task

    try:
        asyncio.run(run())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        for number, handler in before.items() if ours else ():
            signal.signal(number, handler)
