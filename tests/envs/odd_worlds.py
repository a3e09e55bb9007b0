"""Worlds that misbehave on purpose, for the process that plays them."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import Any

from automem.envs.base import Environment, Observation, TaskInfo
from automem.errors import AutoMemError, EngineUnavailable

NUMBERS: dict[str, Any] = {
    "nan": {"progression": float("nan")},
    "endless": {"reward": float("inf")},
    "wordy": {"progression": "half"},
    "absent": {"reward": None},
}


class Odd:
    """Its task says how it goes wrong, at every action named `now`."""

    def __init__(self, task: str, seed: int) -> None:
        self._task, self._seed, self._steps = task, seed, 0
        self._left = tempfile.mkdtemp()

    def reset(self) -> Observation:
        return Observation(f"seed {self._seed}")

    def step(self, action: str) -> Observation:
        self._steps += 1
        if action == "now":
            return self._go_wrong()
        return Observation(f"{action} {self._steps}", reward=0.5, progression=0.25, events=("moved",))

    def _go_wrong(self) -> Observation:
        if self._task == "raises":
            raise ValueError("the dragon has no tail")
        if self._task == "exits":
            os._exit(7)
        if self._task == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._task == "hangs":
            while True:
                time.sleep(0.01)
        if self._task == "undecodable":
            return Observation("now", data={"where": {1, object()}})
        if self._task == "refuses":
            raise AutoMemError("odd: its progression gives nan")
        if self._task in NUMBERS:
            return Observation("now", **NUMBERS[self._task])
        if self._task == "owed":
            raise EngineUnavailable("the game server is silent")
        return Observation("\ud800" if self._task == "surrogate" else "é🙂\x00\r\n")

    def close(self) -> None:
        """Nothing is held."""


class OddWorld:
    name = "odd"

    def tasks(self) -> Sequence[str]:
        return (
            "raises",
            "exits",
            "killed",
            "hangs",
            "refuses",
            "undecodable",
            "owed",
            "surrogate",
            "strange",
            *NUMBERS,
        )

    def describe(self, task: str, settings: Mapping[str, Any]) -> TaskInfo:
        return TaskInfo(task, ("now",), "now", 10, "1", Observation("seed 0"))

    def start(self, task: str, seed: int, settings: Mapping[str, Any]) -> Environment:
        if settings:
            raise AutoMemError(f"odd: no setting is called {next(iter(settings))!r}")
        return Odd(task, seed)


WORLD = OddWorld()
