"""The built-in `grid_map`: what is around the agent, what is where on the level, and the ways there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from automem.envs.base import Extract, Observation, TaskInfo
from automem.envs.nethack.builtins.compass import COMPASS, bearing, distance
from automem.envs.nethack.builtins.level import Level, what
from automem.envs.nethack.builtins.memory import look
from automem.envs.nethack.builtins.moment import moment
from automem.envs.nethack.builtins.paths import Paths
from automem.envs.nethack.builtins.search import WIDTH, moves
from automem.envs.nethack.cells import KINDS, STEPS, glyphs_of
from automem.envs.settings import builtin_parameters

LIMIT = 40  # entries of `seen` where the scaffold says nothing

_ENTERED = ("walk", "swap", "push")
_KINDS = frozenset(STEPS) - {"edge"}
_COMMON = frozenset({"dark", "rock", "wall", "bars", "floor", "corridor"})  # Boxoban's walls are bars


class _Rule(NamedTuple):
    kinds: frozenset[str]
    limit: int
    path: bool
    frontier: int


def grid_map(parameters: Mapping[str, Any], info: TaskInfo) -> Extract:
    """The level as data.

    Its parameters:
        kinds: the kinds of what `seen` and `counts` list; all but dark, rock, wall, bars, floor and corridor unless
            given.
        limit: the most entries of `seen`, 40 unless given.
        path: whether each entry of `seen` tells the way there.
        frontier: the most entries of `frontier`, none unless given.

    Its value:
        here: `[x, y]`, the agent's column and row.
        level: `dungeon:level`, two numbers.
        under: `{kind, name}` of what is known of the agent's own cell, `dark` if nothing.
        around: direction → `{kind, name, step, walkable}`: the eight neighbours, clockwise from north. `step` is
            what a step there does (`automem.envs.nethack.cells.STEPS`), with diagonal steps into and out of doors
            and boulders that cannot roll on told as `blocked`; walkable are `walk`, `swap` and `push`.
        seen: `{kind, name, x, y, distance, bearing}`, the nearest first, then from north to south, then from
            west to east; the agent's own cell is left out. What is known beneath a thing is listed too.
            With `path`, also `path`: `{direction, steps}`, or none where no way is known.
        counts: kind → how many of it are known, whether or not `seen` has room for them.
        frontier: `{x, y, distance, bearing, direction, steps}` of cells that can be reached and that something
            never seen borders on, the fewest steps first.
        memory: what is remembered of each level; not meant for scaffolds.

    Arguments:
        parameters: as above.
        info: the task; ways are made of the directions among its actions.

    Raises:
        ValueError: a parameter is unknown or wrong.
    """
    given = builtin_parameters("grid_map", parameters, _Rule._fields)
    rule = _Rule(
        given.some_of("kinds", sorted(_KINDS), _KINDS - _COMMON),
        given.whole("limit", LIMIT, 1),
        given.flag("path", False),
        given.whole("frontier", 0, 0),
    )
    wanted = glyphs_of(rule.kinds)
    steps = moves(info.actions) or moves(COMPASS)

    def extract(observation: Observation, _variables: Mapping[str, Any], before: Any) -> dict[str, Any]:
        level = look(moment(observation), before["memory"] if before else None)
        found = _found(level, wanted)
        paths = Paths(level, steps) if rule.path or rule.frontier else None
        return {
            "here": list(level.place),
            "level": level.name,
            "under": what(int(level.ground.flat[level.cell])),
            "around": {direction: _neighbour(level, direction) for direction in COMPASS},
            "seen": [_entry(level, cell, glyph, paths if rule.path else None) for cell, glyph in found[: rule.limit]],
            "counts": dict(sorted(Counter(KINDS[glyph] for _, glyph in found).items())),
            "frontier": _frontier(level, paths, rule.frontier) if paths else [],
            "memory": level.memory,
        }

    return extract


def _neighbour(level: Level, direction: str) -> dict[str, Any]:
    dx, dy = COMPASS[direction]
    step = level.step(direction)
    return {**what(int(level.shown.flat[level.cell + dy * WIDTH + dx])), "step": step, "walkable": step in _ENTERED}


def _found(level: Level, wanted: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Cells and the glyphs of what is wanted of them, the nearest first, what lies on top before the ground."""
    shown, ground, here = level.shown.ravel(), level.ground.ravel(), level.cell
    top = np.flatnonzero(wanted[shown])
    beneath = np.flatnonzero(wanted[ground] & (ground != shown))
    found = [(int(cell), int(glyph)) for cell, glyph in zip(top, shown[top], strict=True) if cell != here]
    found += [(int(cell), int(glyph)) for cell, glyph in zip(beneath, ground[beneath], strict=True) if cell != here]
    found.sort(key=lambda one: (distance(*_offset(here, one[0])), one[0]))
    return found


def _offset(here: int, cell: int) -> tuple[int, int]:
    return cell % WIDTH - here % WIDTH, cell // WIDTH - here // WIDTH


def _where(level: Level, cell: int) -> dict[str, Any]:
    dx, dy = _offset(level.cell, cell)
    x, y = level.place
    return {"x": x + dx, "y": y + dy, "distance": distance(dx, dy), "bearing": bearing(dx, dy)}


def _entry(level: Level, cell: int, glyph: int, paths: Paths | None) -> dict[str, Any]:
    entry = {**what(glyph), **_where(level, cell)}
    if paths:
        way = paths.to(cell)
        entry["path"] = way and way._asdict()
    return entry


def _frontier(level: Level, paths: Paths, limit: int) -> list[dict[str, Any]]:
    ways = ((cell, paths.to(cell)) for cell in paths.frontier(limit))
    return [{**_where(level, cell), **way._asdict()} for cell, way in ways if way]
