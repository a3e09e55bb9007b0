"""MiniHack's tasks: their goals, their actions and their games."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, cast

from minihack.envs.corridor import MiniHackCorridor3
from minihack.envs.fightcorridor import MiniHackFightCorridorDark
from minihack.envs.mazewalk import MiniHackMazeWalk9x9, MiniHackMazeWalk15x15
from minihack.envs.skills_quest import MiniHackQuestEasy, MiniHackQuestMedium
from nle.env.base import NLE

from automem.envs.minihack.boxoban import BoxobanGame, Level
from automem.envs.minihack.levels import install
from automem.envs.nethack.game import Tamed
from automem.envs.nethack.keys import MOVES
from automem.errors import EnvironmentFailure


class Installed(Tamed):
    """To be mixed into a MiniHack environment besides: its level is compiled and installed here."""

    def _patch_nhdat(self, des_file: str) -> None:
        try:
            install(des_file, Path(self.nethack._vardir))
        except EnvironmentFailure:
            self.close()
            raise


def _installed(kind: type[NLE]) -> type[Tamed]:
    return cast("type[Tamed]", type(kind.__name__, (Installed, kind), {}))


class Task(NamedTuple):
    """One task.

    Arguments:
        goal: what is to be done, in words for the player.
        actions: the actions its environment has, by BALROG's names.
        kind: its game.
    """

    goal: str
    actions: tuple[str, ...]
    kind: type[Tamed]


_EIGHT = tuple(MOVES)
_QUEST = (
    *_EIGHT,
    *(f"far {way}" for way in MOVES),
    *("down", "wait", "more", "apply", "close", "open", "eat", "force", "kick", "loot", "pickup", "pray"),
    *("puton", "quaff", "search", "zap"),
)
_BOXOBAN = "Push every boulder onto a fountain; a boulder can be pushed but not pulled, and only one at a time."
_MAZE = "Find the stairs down in a maze that is seen only where one stands."

TASKS: dict[str, Task] = {
    "MazeWalk-9x9": Task(_MAZE, _EIGHT, _installed(MiniHackMazeWalk9x9)),
    "MazeWalk-15x15": Task(_MAZE, _EIGHT, _installed(MiniHackMazeWalk15x15)),
    "Corridor-R3": Task(
        "Find the stairs down in one of three rooms joined by corridors; doors may be closed, locked or hidden.",
        (*_EIGHT, "open", "kick", "search"),
        _installed(MiniHackCorridor3),
    ),
    "CorridorBattle-Dark": Task(
        "Get past a pack of giant rats to the stairs down in the eastern room, in the dark. In the corridor the "
        "rats can come only one by one.",
        _EIGHT,
        _installed(MiniHackFightCorridorDark),
    ),
    "Quest-Easy": Task(
        "Cross the lava to the east with the help of the items in the western room, fight what monsters there are "
        "and reach the stairs down in the eastern room.",
        _QUEST,
        _installed(MiniHackQuestEasy),
    ),
    "Quest-Medium": Task(
        "Lead the giant rats into the corridor and fight them there one by one, cross the lava in the eastern room "
        "with the help of the items in the western one and reach the stairs down behind it.",
        _QUEST,
        _installed(MiniHackQuestMedium),
    ),
    "Boxoban-Hard": Task(_BOXOBAN, _EIGHT[:4], _installed(BoxobanGame)),
    "Boxoban-Medium": Task(_BOXOBAN, _EIGHT[:4], _installed(BoxobanGame)),
}
"""Name → task. Boxoban comes last: its levels must be had before it can be played."""


def maker(task: str, autopickup: bool, level: Level | None) -> Callable[[], Tamed]:
    """What makes the game of a task as BALROG does; the hero is a random one except where the task fixes him.

    Arguments:
        task: one of `TASKS`.
        autopickup: whether what one walks over is picked up.
        level: Boxoban's; None for the other tasks.
    """
    options = {"character": "@", "autopickup": autopickup, "penalty_step": -0.01, "fix_moon_phase": True}
    game = TASKS[task].kind
    return functools.partial(game, level, **options) if level else functools.partial(game, **options)
