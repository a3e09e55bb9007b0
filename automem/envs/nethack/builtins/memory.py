"""What is learnt of levels from one observation to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from nle import nethack

from automem.envs.nethack.builtins.compass import COMPASS
from automem.envs.nethack.builtins.level import Glyphs, Level, cell_of, passage
from automem.envs.nethack.builtins.moment import Moment
from automem.envs.nethack.builtins.search import moves, search
from automem.envs.nethack.cells import EDGE, ROCK, STONE, TERRAIN
from automem.envs.nethack.data import COLUMNS, ROWS, pack, unpack

_MOVES = moves(COMPASS)
_BESIDE = np.array([move.offset for move in _MOVES])


def look(moment: Moment, before: Mapping[str, Any] | None) -> Level:
    """The level of this moment.

    Nothing is learnt while the game asks something: a level may then be half drawn, or not yet the one that
    the status line tells.

    Arguments:
        moment: what is shown.
        before: the `memory` of the level of the observation before, none at the first.
    """
    memory: Mapping[str, Any] = before or {"level": "", "cell": 0, "turn": 0, "levels": {}}
    known = memory["levels"].get(moment.level)
    glyphs = _framed(moment.glyphs)
    ground = np.where(glyphs == EDGE, glyphs, STONE) if known is None else _framed(unpack(known))
    if not moment.asks:
        _learn(moment, glyphs, ground, memory)
        memory = {
            "level": moment.level,
            "cell": cell_of(moment.place),
            "turn": moment.stats[nethack.NLE_BL_TIME],
            "levels": {**memory["levels"], moment.level: pack(ground[1:-1, 1:-1])},
        }
    return Level(moment.level, moment.place, _shown(glyphs, ground), ground, memory)


def _framed(glyphs: Glyphs) -> Glyphs:
    framed = np.full((ROWS + 2, COLUMNS + 2), EDGE, np.int16)
    framed[1:-1, 1:-1] = glyphs
    return framed


def _shown(glyphs: Glyphs, ground: Glyphs) -> Glyphs:
    return np.where(glyphs == STONE, ground, glyphs)


def _learn(moment: Moment, glyphs: Glyphs, ground: Glyphs, memory: Mapping[str, Any]) -> None:
    """Write into the ground what is shown now; what is still dark beside the agent's way is rock."""
    np.copyto(ground, glyphs, where=TERRAIN[glyphs])
    if moment.stats[nethack.NLE_BL_CONDITION] & nethack.BL_MASK_BLIND:
        return
    for cell in _way(moment, glyphs, ground, memory):
        beside = cell + _BESIDE
        dark = (ground.flat[beside] == STONE) & (glyphs.flat[beside] == STONE)
        ground.flat[beside[dark]] = ROCK


def _way(moment: Moment, glyphs: Glyphs, ground: Glyphs, memory: Mapping[str, Any]) -> Iterator[int]:
    """The agent's cell, and those it ran through since the observation before, corners of corridors and all.

    Where too few turns have gone by for the way, it was no run (but a fall or a jump through space).
    """
    here, there = cell_of(moment.place), memory["cell"]
    yield here
    if memory["level"] != moment.level or there == here or there in here + _BESIDE:
        return
    reach = search(passage(_shown(glyphs, ground), ground, here), there, _MOVES)
    turns = moment.stats[nethack.NLE_BL_TIME] - memory["turn"]
    if 0 <= reach.steps[here] <= 2 * turns:
        cell = reach.origin[here]
        while cell != there:
            yield cell
            cell = reach.origin[cell]
