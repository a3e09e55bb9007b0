"""Worlds whose process kills itself in the third step while a file names the seed."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from automem.envs import WORLDS, Environment, Observation, TaskInfo


def _without_fuse(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name != "fuse"}


class FragileEpisode:
    def __init__(self, inner: Environment, seed: int, fuse: Path) -> None:
        self._inner, self._seed, self._fuse, self._steps = inner, str(seed), fuse, 0

    def reset(self) -> Observation:
        return self._inner.reset()

    def step(self, action: str) -> Observation:
        self._steps += 1
        if self._steps == 3 and self._fuse.is_file():
            doomed = self._fuse.read_text().split()
            if self._seed in doomed:
                doomed.remove(self._seed)
                self._fuse.write_text(" ".join(doomed))
                os.kill(os.getpid(), signal.SIGKILL)
        return self._inner.step(action)

    def close(self) -> None:
        self._inner.close()


class FragileWorld:
    """The world `inner`, made fragile."""

    def __init__(self, inner: str) -> None:
        self.name = f"fragile-{inner}"
        self._inner = inner

    def tasks(self) -> Sequence[str]:
        return WORLDS.load(self._inner).tasks()

    def describe(self, task: str, settings: Mapping[str, Any]) -> TaskInfo:
        return WORLDS.load(self._inner).describe(task, _without_fuse(settings))

    def start(self, task: str, seed: int, settings: Mapping[str, Any]) -> FragileEpisode:
        inner = WORLDS.load(self._inner).start(task, seed, _without_fuse(settings))
        return FragileEpisode(inner, seed, Path(settings["fuse"]))
