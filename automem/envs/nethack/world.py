"""NetHack as a world: its one task, its episodes, its pictures."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

from automem.envs.base import Observation, TaskInfo
from automem.envs.nethack import keys, picture
from automem.envs.nethack.episode import Episode, sample
from automem.envs.nethack.game import Challenge, Game
from automem.envs.nethack.progress import RULES, DeepestReached, progression
from automem.envs.nethack.text import FORMAT, VIEWS
from automem.envs.settings import one_of_tasks, world_settings

TASK = "NetHackChallenge"
MAX_STEPS, NO_PROGRESS = 100_000, 150  # BALROG's


class _Chosen(NamedTuple):
    """What an experiment has set."""

    max_steps: int
    no_progress: int
    view: str


class NetHackWorld:
    """NetHack from its start, in a random role, with every key of the keyboard that BALROG has a name for.

    Its settings:
        max_steps: actions after which an episode is cut, 100000 unless given.
        no_progress: keys, turned pages included, without game time passing after which it is given up, 150
            unless given.
        view: `hybrid` (with the map, the usual one) or `language` (with the statistics).
        rule: `ours` or `balrog`, for experiments that say it for all worlds; here they are the same.
    """

    name = "nethack"

    def tasks(self) -> Sequence[str]:
        """The only one."""
        return (TASK,)

    def describe(self, task: str, settings: Mapping[str, Any]) -> TaskInfo:
        """The facts of the game.

        Keys of `facts`:
            actions: action → what it does.
            moves: direction → its step in columns and rows, rows growing to the south.
            progression: `Dlvl:n` and `Xp:n` → what reaching it is worth.
            view: as set.
        """
        chosen = _chosen(task, settings)
        return TaskInfo(
            task=task,
            actions=tuple(keys.COMMANDS),
            default_action="esc",
            max_steps=chosen.max_steps,
            version=f"nle {version('nle')}, text {FORMAT}",
            sample=_sample(chosen.view),
            facts={**keys.facts(keys.COMMANDS), "progression": dict(progression()), "view": chosen.view},
        )

    def start(self, task: str, seed: int, settings: Mapping[str, Any]) -> Episode:
        """A fresh episode."""
        return _start(seed, _chosen(task, settings))

    def paint(self, data: Mapping[str, Any], size: int) -> bytes:
        """What lies around the hero in NetHack's tiles, as PNG; see `automem.envs.nethack.picture.paint`."""
        return picture.paint(data, size)


def _chosen(task: str, given: Mapping[str, Any]) -> _Chosen:
    one_of_tasks(NetHackWorld.name, task, (TASK,))
    settings = world_settings(NetHackWorld.name, given, ("max_steps", "no_progress", "view", "rule"))
    settings.choice("rule", RULES)
    return _Chosen(
        max_steps=settings.whole("max_steps", MAX_STEPS),
        no_progress=settings.whole("no_progress", NO_PROGRESS),
        view=settings.choice("view", VIEWS),
    )


def _start(seed: int, chosen: _Chosen) -> Episode:
    game = functools.partial(Game, Challenge, seed, chosen.no_progress)
    return Episode("NetHack", game, keys.COMMANDS, DeepestReached(), chosen.max_steps, chosen.view)


_WALK = ("far west", "far south", "search", "far east", "far north", "northeast", "inventory", "esc")


@functools.cache
def _sample(view: str) -> Observation:
    """What is read after a short walk in the dungeon of seed 42, as an example of real play."""
    return sample(_start(42, _Chosen(MAX_STEPS, NO_PROGRESS, view)), _WALK)


WORLD = NetHackWorld()
