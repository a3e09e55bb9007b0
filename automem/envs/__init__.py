"""Worlds: what the agent needs of one (`base`), the process that plays it (`worker`), and the games."""

from __future__ import annotations

from typing import Any, cast

from automem.envs.base import Environment, Extract, Observation, TaskInfo, World
from automem.registry import Registry, UnknownPart

_PARTS = ("name", "tasks", "describe", "start")


class Worlds(Registry[World]):
    """The worlds by name; what `module:attribute` points to may also be a class or function that makes one."""

    def _find(self, name: str) -> World:
        found: Any = super()._find(name)
        try:
            world: Any = found() if callable(found) else found
        except Exception as error:
            raise UnknownPart(f"environment {name!r} cannot be made: {type(error).__name__}: {error}") from error
        lacking = [part for part in _PARTS if not hasattr(world, part)]
        if lacking:
            raise UnknownPart(f"environment {name!r} is no world: it lacks {', '.join(lacking)}")
        return cast(World, world)


WORLDS = Worlds(
    "environment",
    "automem.envs",
    {name: f"automem.envs.{name}:WORLD" for name in ("crafter", "minihack", "nethack")},
)

__all__ = ["WORLDS", "Environment", "Extract", "Observation", "TaskInfo", "World"]
