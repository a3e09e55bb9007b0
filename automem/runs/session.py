"""One apply at work on a run: it holds the lock, and plays the episodes of any version within one budget."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from automem.agent.located import RuleError
from automem.errors import AutoMemError, BudgetReached, EngineUnavailable, SpecError
from automem.runs.calls import Desk
from automem.runs.costs import Cost, total
from automem.runs.files import write_text
from automem.runs.journal import recorded_calls
from automem.runs.keys import Episode
from automem.runs.layout import RunFolder
from automem.runs.lineup import Adapter, Lineup, line_up
from automem.runs.lock import hold
from automem.runs.mend import mend
from automem.runs.meter import Meter
from automem.runs.models import make_models
from automem.runs.play import Table
from automem.runs.progress import Progress
from automem.runs.records import Version
from automem.runs.resolved import resolved_text
from automem.runs.result import Result
from automem.runs.schedule import heartbeat, play_all
from automem.runs.seal import check_select
from automem.runs.store import Store
from automem.runs.versions import adopt, file_episodes, make_current
from automem.spec.load import LoadedExperiment, load_scaffold
from automem.spec.resolve import ResolvedScaffold
from automem.spec.source import read_document
from automem.traces.summary import EpisodeRow


class Session:
    """One apply. Use `Session.open`.

    Arguments:
        lineup: the experiment with the scaffold it names, made ready.
        folder, store: the run's, held.
        progress: told what happens.
    """

    def __init__(self, lineup: Lineup, folder: RunFolder, store: Store, progress: Progress) -> None:
        self.lineup, self.folder, self.store, self.progress = lineup, folder, store, progress
        check_select(store, lineup.experiment, lineup.loaded.document)
        for text in mend(store, folder):
            progress.note(text)
        self.root = adopt(store, folder, lineup.loaded.scaffold)
        file_episodes(store, lineup)
        write_text(folder.experiment, resolved_text(lineup.experiment, self.root))
        self._lineups = {(self.root.number, ""): lineup}
        self._at_play = self.root
        self._had = {row.key for row in self._known().values() if row.status == "done"}

    @classmethod
    @contextmanager
    def open(cls, loaded: LoadedExperiment, runs: Path, progress: Progress) -> Iterator[Session]:
        """A session on the run of an experiment, in the folder `runs`.

        Raises:
            SpecError: the experiment asks for something that cannot be done.
            RunLocked: another apply works on the run.
            RunError: the run's files cannot be used.
        """
        lineup = line_up(loaded)
        folder = RunFolder(runs / loaded.experiment.name)
        folder.create()
        with hold(folder.lock), Store.open(folder.database) as store:
            yield cls(lineup, folder, store, progress)

    @cached_property
    def desk(self) -> Desk:
        """Engines and budget of this apply; made when something is to be played."""
        before = sum(apply.seconds for apply in self.store.applies())
        meter = Meter(self.lineup.experiment.budget, self._spent(), before)
        return Desk(make_models(self.lineup.models), meter)

    @property
    def stopped(self) -> AutoMemError | None:
        """Why no further call may be made; None while they may."""
        return self.desk.stopped

    def stop(self, error: AutoMemError) -> None:
        """Make no further call, because of `error`."""
        if self.desk.stopped is None:
            self.desk.stopped = error
            self.store.log("stopped", str(error))

    def tell(self, kind: str, text: str) -> None:
        """Record an event, and say it."""
        self.store.log(kind, text)
        self.progress.note(text)

    def adopt(self, scaffold: ResolvedScaffold, parent: Version) -> Version:
        """The version that a patched scaffold is, recorded if the run does not know it yet."""
        return adopt(self.store, self.folder, scaffold, parent)

    def make_current(self, version: Version) -> None:
        """Make a version the one that is meant where the run is named without one."""
        make_current(self.store, version)

    def lineup_of(self, version: Version, adapter: Adapter | None = None) -> Lineup:
        """The experiment with a version in place of the scaffold it names, and an adapter as its specialist."""
        name = (version.number, adapter.weights if adapter else "")
        if name not in self._lineups:
            self._lineups[name] = self.lineup_of(version).with_adapter(adapter) if adapter else self._loaded(version)
        return self._lineups[name]

    def _loaded(self, version: Version) -> Lineup:
        path = self.folder.scaffold(version.number)
        return self.lineup.with_scaffold(load_scaffold(path), read_document(path))

    def rows(self, episodes: Iterable[Episode]) -> list[EpisodeRow]:
        """The rows of those episodes that are finished or owed, in their order."""
        known = self._known()
        return [replace(known[e.key], reused=e.key in self._had) for e in episodes if e.key in known]

    def missing(self, episodes: Iterable[Episode]) -> list[Episode]:
        """Those episodes that are not finished."""
        known = self._known()
        return [episode for episode in episodes if episode.key not in known or known[episode.key].status != "done"]

    def run(self, play: Callable[[], Awaitable[None]], result: Callable[[], Result]) -> Result:
        """Play, with models that have been found to answer; then say what came of it.

        Raises:
            SpecError: a rule of the scaffold that was played last cannot be carried out, which no sample had shown.
            EngineRefused, EngineUnavailable: found before anything is played; the former also during play.
            KeyboardInterrupt: SIGINT or SIGTERM; everything is left so that the next apply goes on.
        """
        desk, number, outcome = self.desk, self.store.begin_apply(), "failed"
        try:
            _run_until_signal(self._open(play, number))
            if desk.stopped is not None and not isinstance(desk.stopped, BudgetReached | EngineUnavailable):
                raise desk.stopped
            found = result()
            outcome = "incomplete" if found.exit_code else "done"
            return found
        except KeyboardInterrupt:
            outcome = "interrupted"
            raise
        except RuleError as error:  # what no sample had shown
            document = self.lineup_of(self._at_play).loaded.scaffold_document
            raise SpecError([document.issue(error.path, error.reason)]) from error
        finally:
            self.store.update_apply(number, desk.meter.seconds, outcome)

    async def _open(self, play: Callable[[], Awaitable[None]], number: int) -> None:
        desk = self.desk
        try:
            await desk.models.check()
            async with heartbeat(self.store, desk.meter, number):
                await play()
        finally:
            await desk.close()

    async def play(
        self, version: Version, episodes: Sequence[Episode], title: str, adapter: Adapter | None = None
    ) -> None:
        """Play those episodes that are not finished; afterwards `missing` says which are owed, `stopped` why.

        Arguments:
            version: the scaffold's.
            episodes: of that version.
            title: what is played, for people.
            adapter: the specialist's; None where the run's models play as the experiment names them.
        """
        self._at_play, missing = version, self.missing(episodes)
        if episodes:
            self.progress.stage_started(title, len(episodes), len(episodes) - len(missing))
        lineup = self.lineup_of(version, adapter)
        table = Table(lineup, version, self.folder, self.store, self.desk, self.progress)
        await play_all(table, missing, self.lineup.experiment.parallel.episodes)

    def _spent(self) -> Cost:
        """What the database knows of, and what journals hold until their episodes are finished."""
        journals = self.folder.traces.glob("*.calls")
        unfinished = (self.lineup.cost(call) for path in journals for call in recorded_calls(path))
        return self.store.total_spent() + total(unfinished)

    def _known(self) -> dict[str, EpisodeRow]:
        return {recorded.row.key: recorded.row for recorded in self.store.episodes()}


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
