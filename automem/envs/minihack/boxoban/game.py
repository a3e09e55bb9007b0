"""Boxoban played in NetHack: boulders are pushed onto fountains between iron bars."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from minihack import LevelGenerator, MiniHackNavigation
from nle import nethack
from numpy.typing import NDArray

from automem.envs.minihack.boxoban.level import BOX, FLOOR, GOAL, PLAYER, WALL, Level
from automem.errors import EnvironmentFailure

Cells = frozenset[tuple[int, int]]
"""Places by row and column."""

MOVES = tuple(nethack.CompassCardinalDirection)

_STEP, _BOX = -0.001, 0.1  # minihack's rewards of a step and of a box that comes to stand on a goal
_BOULDER = nethack.GLYPH_OBJ_OFF + next(
    number for number in range(nethack.NUM_OBJECTS) if nethack.objdescr.from_idx(number).oc_name == "boulder"
)
_FOUNTAIN = nethack.GLYPH_CMAP_OFF + next(
    number for number in range(nethack.MAXPCHARS) if nethack.symdef.from_idx(number).explanation == "fountain"
)


class BoxobanGame(MiniHackNavigation):  # type: ignore[misc]  # minihack has no annotations
    """minihack's Boxoban task for one given level.

    The package's own class cannot be reset by nle 1.3, and asks whether the game is won before it knows the
    goals. Here both are right; rewards are those of its Medium and Hard tasks: 1 for the move that solves
    the level, 0 for one that ends the game otherwise, else -0.001 and 0.1 for each boulder more (or less) on a
    fountain.

    Arguments:
        level: what is played.
        settings: further arguments of `MiniHackNavigation`; `actions` are the four moves unless given.
    """

    def __init__(self, level: Level, **settings: Any) -> None:
        self._level = level
        self._goals: Cells = frozenset()
        super().__init__(des_file=describe(level), **{"actions": MOVES, **settings})

    def reset(self, *args: Any, **settings: Any) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Start the game, with the arguments of nle's `reset`.

        Raises:
            EnvironmentFailure: the game does not show the level, so that minihack has failed to build it.
        """
        self._goals = frozenset()  # nothing is solved while the goals' place on the screen is not known
        observation, information = super().reset(*args, **settings)
        self._goals = self._locate()
        return observation, information

    def _locate(self) -> Cells:
        """The goals' places on the screen: they are shifted as the player is, and must be where fountains are."""
        x, y = (int(place) for place in self.last_observation[self._blstats_index][:2])
        ((row, column),) = self._level.cells(PLAYER)
        expected = [
            frozenset((cell[0] + y - row, cell[1] + x - column) for cell in self._level.cells(kind))
            for kind in (GOAL, BOX)
        ]
        if expected != [self._seen(_FOUNTAIN, self.last_observation), self._seen(_BOULDER, self.last_observation)]:
            raise EnvironmentFailure(
                f"the game does not show the level {self._level.source}: minihack's level compiler may have failed; "
                "its words are in the output of this program"
            )
        return expected[0]

    def _seen(self, glyph: int, observation: tuple[NDArray[Any], ...]) -> Cells:
        rows, columns = np.nonzero(observation[self._glyph_index] == glyph)
        return frozenset(zip(rows.tolist(), columns.tolist(), strict=True))

    def _on_goals(self, observation: tuple[NDArray[Any], ...]) -> int:
        return len(self._goals & self._seen(_BOULDER, observation))

    def _is_episode_end(self, observation: tuple[NDArray[Any], ...]) -> IntEnum:
        # A boulder on a fountain hides it, as the player does, so only the boulders are looked for.
        solved = self._goals == self._seen(_BOULDER, observation)
        status: IntEnum = self.StepStatus.TASK_SUCCESSFUL if solved else self.StepStatus.RUNNING
        return status

    def _reward_fn(
        self,
        last_observation: tuple[NDArray[Any], ...],
        action: int,
        observation: tuple[NDArray[Any], ...],
        end_status: int,
    ) -> float:
        if end_status != self.StepStatus.RUNNING:
            return float(end_status == self.StepStatus.TASK_SUCCESSFUL)
        return _STEP + _BOX * (self._on_goals(observation) - self._on_goals(last_observation))


def describe(level: Level) -> str:
    """The level in NetHack's level description language: lit, known from the start, and without teleporting."""
    to_map = str.maketrans({WALL: "F", FLOOR: ".", PLAYER: ".", BOX: ".", GOAL: "."})
    generator = LevelGenerator(
        map="\n".join(level.rows).translate(to_map), lit=True, flags=("noteleport", "premapped"), solidfill=" "
    )
    for kind, add in ((BOX, generator.add_boulder), (GOAL, generator.add_fountain), (PLAYER, generator.set_start_pos)):
        for row, column in sorted(level.cells(kind)):
            add((column, row))
    return str(generator.get_des())
