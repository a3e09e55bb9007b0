"""Playing many episodes at once, and what happens when one of them cannot go on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence

from automem.errors import AutoMemError, EngineUnavailable, Owed
from automem.runs.calls import Halted
from automem.runs.keys import Episode
from automem.runs.meter import Meter
from automem.runs.play import Table
from automem.runs.rows import owed_row
from automem.runs.store import Store

_HEARTBEAT_S = 1.0


async def play_all(table: Table, episodes: Sequence[Episode], at_once: int) -> None:
    """Play episodes, `at_once` together, until all are played or owed or the run is stopped.

    An episode that meets infrastructure trouble is owed, and the others go on. When the budget is
    reached, an engine refuses or is gone altogether, `table.desk.stopped` says so: calls in flight are
    awaited (they are paid for) and recorded, and every episode ends before its next call.

    Raises:
        Exception: whatever else escapes an episode; all others are cancelled first.
    """
    waiting = iter(episodes)
    lanes = [asyncio.create_task(_lane(table, waiting)) for _ in range(min(at_once, len(episodes)))]
    try:
        await asyncio.gather(*lanes)
    finally:
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)


async def _lane(table: Table, waiting: Iterator[Episode]) -> None:
    for episode in waiting:
        if table.desk.stopped is not None:
            return
        await _play_one(table, episode)


async def _play_one(table: Table, episode: Episode) -> None:
    try:
        await table.play(episode)
    except Halted:
        pass
    except Owed as error:
        with table.store.together():
            table.store.put_episode(owed_row(table.lineup, table.version, episode, str(error)))
            table.store.log("owed", str(error), episode.id)
        table.progress.owed(episode, str(error))
        if isinstance(error, EngineUnavailable):
            await _stop_if_gone(table)
    except AutoMemError as error:
        _stop(table, error)


async def _stop_if_gone(table: Table) -> None:
    """Stop the run when a server is gone: each episode left would wait for it through all its retries."""
    try:
        await table.desk.models_of(table.lineup).check()
    except AutoMemError as error:
        _stop(table, error)


def _stop(table: Table, error: AutoMemError) -> None:
    if table.desk.stopped is None:
        table.desk.stopped = error
        table.store.log("stopped", str(error))


@contextlib.asynccontextmanager
async def heartbeat(store: Store, meter: Meter, apply: int) -> AsyncIterator[None]:
    """Keep the time that an apply has played in the database, so that a kill does not lose it."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(_HEARTBEAT_S)
            store.update_apply(apply, meter.seconds)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        store.update_apply(apply, meter.seconds)
