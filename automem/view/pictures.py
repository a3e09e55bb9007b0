"""Pictures of steps, drawn on demand: from what the trace holds, or by playing its actions again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Sequence

from automem.agent.record import Header
from automem.envs import WORLDS
from automem.envs.base import Painter
from automem.envs.worker import RemoteEnvironment, start_remote
from automem.errors import AutoMemError
from automem.traces.store import some_steps
from automem.view.recording import Recording

DRAWN, PAINTED = 360, 624
"""Pixels of the longer side: of what is played again, and of NetHack's tiles at their own size."""

MOST_BYTES = 64 << 20
"""Of pictures kept, in bytes; the least recently seen are given up first."""

MOST_PLAYED = 4
"""Episodes that are being played again at a time, a process each."""

_BEFORE = 24
"""Steps before the one asked for that are drawn with it where an episode begins anew: whoever goes back goes on so."""

_TIMEOUT_S = 60.0


class Pictures:
    """Draws steps of recordings. To be used within one event loop.

    What is played again is played in processes of their own. Going forward from the step drawn last costs one step
    of play, going back a start from the first; either way what was drawn is kept for a while.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Recording, int, int], bytes] = OrderedDict()
        self._bytes = 0
        self._players: OrderedDict[tuple[Recording, int], _Player] = OrderedDict()
        self._locks: defaultdict[Recording, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, recording: Recording, step: int) -> bytes:
        """A PNG of what was seen when a step began, counted from 1.

        Raises:
            RunError: there is no such step (yet), or its trace is damaged.
            AutoMemError: the world has no pictures, is not the version that was played, or fails.
        """
        async with self._locks[recording]:
            key = (recording, recording.edition, step)
            if key not in self._kept:
                await self._draw(recording, step)
            self._kept.move_to_end(key)
            return self._kept[key]

    async def close(self) -> None:
        """End every process."""
        while self._players:
            await self._players.popitem()[1].close()

    async def _draw(self, recording: Recording, step: int) -> None:
        actions = await asyncio.to_thread(recording.actions_before, step)
        painted = await asyncio.to_thread(_paint, recording, step)
        if painted is not None:
            self._keep(recording, step, painted)
            return
        player = await self._player(recording)
        try:
            for number, png in await player.draw(actions):
                self._keep(recording, number, png)
        except BaseException:
            await self._players.pop((recording, recording.edition)).close()
            raise

    async def _player(self, recording: Recording) -> _Player:
        key = (recording, recording.edition)
        if key not in self._players:
            await asyncio.to_thread(_check_version, recording.header)
            self._players[key] = _Player(recording.header)
        self._players.move_to_end(key)
        idle = [player for player in self._players if player != key and not self._locks[player[0]].locked()]
        if len(self._players) > MOST_PLAYED and idle:
            await self._players.pop(idle[0]).close()
        return self._players[key]

    def _keep(self, recording: Recording, step: int, png: bytes) -> None:
        before = self._kept.pop((recording, recording.edition, step), b"")
        self._kept[recording, recording.edition, step] = png
        self._bytes += len(png) - len(before)
        while self._bytes > MOST_BYTES and len(self._kept) > 1:
            self._bytes -= len(self._kept.popitem(last=False)[1])


class _Player:
    """An episode played again as far as it is wanted, in a process of its own."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._world: RemoteEnvironment | None = None
        self._played = 0

    async def draw(self, actions: Sequence[str]) -> list[tuple[int, bytes]]:
        """What is seen after `actions`, and where it had to begin anew some steps before: (step, PNG)."""
        first = len(actions)
        if self._world is None or self._played > len(actions):
            first = max(0, len(actions) - _BEFORE) if self._world else first
            await self._begin()
        drawn = []
        while True:
            if self._played >= first:
                drawn.append((self._played + 1, await self._remote.draw(DRAWN)))
            if self._played == len(actions):
                return drawn
            await self._remote.step(actions[self._played])
            self._played += 1

    async def close(self) -> None:
        if self._world is not None:
            await self._world.close()

    @property
    def _remote(self) -> RemoteEnvironment:
        assert self._world is not None, "begun by `draw`"  # noqa: S101
        return self._world

    async def _begin(self) -> None:
        await self.close()
        header = self._header
        self._world = await start_remote(header.env, header.task, header.seed, header.settings, _TIMEOUT_S)
        self._played = 0
        await self._world.reset()


def _paint(recording: Recording, step: int) -> bytes | None:
    """The picture from recorded data alone; None where the world has to be played for it."""
    world = WORLDS.load(recording.header.env)
    if not isinstance(world, Painter):
        return None
    (found,) = some_steps(recording.trace, step, 1)
    return world.paint(found.data, PAINTED)


def _check_version(header: Header) -> None:
    now = WORLDS.load(header.env).describe(header.task, header.settings).version
    if now != header.env_version:
        raise AutoMemError(f"the episode was played in {header.env_version}; installed is {now}")
