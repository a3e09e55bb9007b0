"""The built-in `visits`: how often the agent came to each cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automem.envs.base import Extract, Observation, TaskInfo
from automem.envs.nethack.builtins.compass import COMPASS
from automem.envs.nethack.builtins.level import Level, cell_of
from automem.envs.nethack.builtins.memory import look
from automem.envs.nethack.builtins.moment import moment
from automem.envs.settings import builtin_parameters

RECENT = 6  # observations that `trail` looks back over where the scaffold says nothing


def visits(parameters: Mapping[str, Any], info: TaskInfo) -> Extract:
    """Counts of arrivals: the first observation is one, and each that finds the agent in another cell or level.

    Standing still counts nothing, and while the game asks something the value stays as it was.

    Its parameters:
        recent: how many observations `trail` has, 6 unless given.

    Its value:
        here: arrivals in the agent's cell.
        new: whether that is the first.
        counts: `"x,y"` → arrivals, for the cells of this level, in the order of the first.
        around: direction → arrivals in the eight neighbours, clockwise from north.
        least: the directions among the task's actions in which the agent can walk or swap with a pet, as far as
            one sees, to the least visited of the neighbours.
        trail: where the agent was, `[x, y]`, at the last observations on this level, the latest last.
        recent: how many different cells are in `trail`.
        levels: how many levels were visited.
        past, memory: counts and cells of all levels; not meant for scaffolds.

    Arguments:
        parameters: as above.
        info: the task.

    Raises:
        ValueError: a parameter is unknown or wrong.
    """
    length = builtin_parameters("visits", parameters, ("recent",)).whole("recent", RECENT, 1)
    directions = set(COMPASS).intersection(info.actions) or set(COMPASS)

    def extract(observation: Observation, _variables: Mapping[str, Any], before: Any) -> Any:
        now = moment(observation)
        if now.asks and before:
            return before
        level = look(now, before["memory"] if before else None)
        past, trail, stayed = _history(level, before)
        key = _key(*level.place)
        counts: Mapping[str, int] = past.get(level.name, {})
        if not stayed:
            counts = {**counts, key: counts.get(key, 0) + 1}
            past = {**past, level.name: counts}
        trail = [*trail, list(level.place)][-length:]
        around = _around(level, counts)
        return {
            "here": counts[key],
            "new": counts[key] == 1,
            "counts": counts,
            "around": around,
            "least": _least(level, around, directions),
            "trail": trail,
            "recent": len({tuple(place) for place in trail}),
            "levels": len(past),
            "past": past,
            "memory": level.memory,
        }

    return extract


def _history(level: Level, before: Any) -> tuple[Mapping[str, Any], list[list[int]], bool]:
    """Counts by level, the trail on this level, and whether the agent is where it was."""
    if not before:
        return {}, [], False
    memory = before["memory"]
    if memory["level"] != level.name:
        return before["past"], [], False
    return before["past"], before["trail"], memory["cell"] == cell_of(level.place)


def _key(x: int, y: int) -> str:
    return f"{x},{y}"


def _around(level: Level, counts: Mapping[str, int]) -> dict[str, int]:
    x, y = level.place
    return {name: counts.get(_key(x + dx, y + dy), 0) for name, (dx, dy) in COMPASS.items()}


def _least(level: Level, around: Mapping[str, int], directions: set[str]) -> list[str]:
    free = [name for name in around if name in directions and level.step(name) in ("walk", "swap")]
    fewest = min((around[name] for name in free), default=0)
    return [name for name in free if around[name] == fewest]
