from __future__ import annotations

import os
import signal

import pytest

from automem.envs import WORLDS
from automem.envs.worker import start_remote
from automem.errors import EnvironmentFailure

TASK = "NetHackChallenge"


async def test_a_game_that_is_killed_is_a_failure_and_another_beside_it_goes_on() -> None:
    killed, other = [await start_remote("nethack", TASK, seed, {}, 60) for seed in (1, 2)]
    here = WORLDS.load("nethack").start(TASK, 2, {})
    assert await other.reset() == here.reset()
    await killed.reset()
    await killed.step("search")
    os.kill(killed.pid or 0, signal.SIGKILL)
    with pytest.raises(EnvironmentFailure, match=r"nethack, task NetHackChallenge, seed 1, step 2: .* signal 9"):
        await killed.step("search")
    for action in ("search", "far east", "inventory", "esc", "search"):
        assert await other.step(action) == here.step(action)
    await other.close()
    here.close()
