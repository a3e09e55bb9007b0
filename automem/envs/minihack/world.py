"""MiniHack as a world: its eight tasks, their episodes and pictures."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

from automem.envs.base import Observation, TaskInfo
from automem.envs.minihack import boxoban
from automem.envs.minihack.tasks import TASKS, maker
from automem.envs.nethack import keys, picture
from automem.envs.nethack.episode import Episode, sample
from automem.envs.nethack.game import Game, Tamed
from automem.envs.nethack.progress import RULES, TaskSolved
from automem.envs.nethack.text import FORMAT, VIEWS
from automem.envs.settings import one_of_tasks, world_settings

MAX_STEPS = 100  # BALROG's length of an episode


class _Chosen(NamedTuple):
    """What an experiment has set."""

    task: str
    max_steps: int
    autopickup: bool
    view: str
    rule: str
    levels: str | None


class MiniHackWorld:
    """Small levels of NetHack with a goal, the eight that BALROG plays.

    One thing is told that BALROG's player misses: where the game says more than fits its first line, nle turns
    the page unread in these tasks, and here all pages are joined.

    Its settings:
        max_steps: actions after which an episode is cut, 100 unless given.
        autopickup: whether what one walks over is picked up, true unless given.
        view: `hybrid` (with the map, the usual one) or `language` (with the statistics).
        rule: when a task counts as solved: `ours` (the usual one) or `balrog`; see `TaskSolved`.
        levels: for the Boxoban tasks, the folder of their levels, or `generated`; see `boxoban.find_levels`.
    """

    name = "minihack"

    def tasks(self) -> Sequence[str]:
        """BALROG's eight; Boxoban, whose levels must be had first, comes last."""
        return tuple(TASKS)

    def describe(self, task: str, settings: Mapping[str, Any]) -> TaskInfo:
        """The facts of one task.

        Keys of `facts`:
            goal: what is to be done.
            actions: action → what it does.
            moves: direction → its step in columns and rows, rows growing to the south.
            autopickup: whether what one walks over is picked up.
            view: as set.

        Raises:
            AutoMemError: a setting is wrong, or there are no levels for Boxoban; the message says what to do.
        """
        chosen = _chosen(task, settings)
        known = TASKS[task]
        levels = _levels(chosen)
        return TaskInfo(
            task=task,
            actions=known.actions,
            default_action="north",
            max_steps=chosen.max_steps,
            version=_version(levels),
            sample=_sample(chosen._replace(max_steps=MAX_STEPS), _version(levels)),
            facts={
                "goal": known.goal,
                **keys.facts(known.actions),
                "autopickup": chosen.autopickup,
                "view": chosen.view,
            },
            note=levels.note if levels else "",
            covered=frozenset({"levels"}),
        )

    def start(self, task: str, seed: int, settings: Mapping[str, Any]) -> Episode:
        """A fresh episode."""
        return _start(_chosen(task, settings), seed)

    def paint(self, data: Mapping[str, Any], size: int) -> bytes:
        """What lies around the hero in NetHack's tiles, as PNG; see `automem.envs.nethack.picture.paint`."""
        return picture.paint(data, size)


def _chosen(task: str, given: Mapping[str, Any]) -> _Chosen:
    one_of_tasks(MiniHackWorld.name, task, TASKS)
    settings = world_settings(MiniHackWorld.name, given, ("max_steps", "autopickup", "view", "rule", "levels"))
    return _Chosen(
        task=task,
        max_steps=settings.whole("max_steps", MAX_STEPS),
        autopickup=settings.flag("autopickup", True),
        view=settings.choice("view", VIEWS),
        rule=settings.choice("rule", RULES),
        levels=settings.text("levels"),
    )


def _levels(chosen: _Chosen) -> boxoban.Levels | None:
    """The levels of a Boxoban task; None for the others, whose levels the package makes."""
    return boxoban.find_levels(chosen.task, chosen.levels) if chosen.task in boxoban.FOLDERS else None


def _version(levels: boxoban.Levels | None) -> str:
    parts = [f"nle {version('nle')}", f"minihack {version('minihack')}", f"text {FORMAT}"]
    return ", ".join([*parts, f"levels {levels.digest}"] if levels else parts)


def _start(chosen: _Chosen, seed: int) -> Episode:
    start = functools.partial(Game, _maker(chosen, seed), seed)
    name, actions = f"MiniHack's {chosen.task}", TASKS[chosen.task].actions
    return Episode(name, start, actions, TaskSolved(chosen.rule), chosen.max_steps, chosen.view)


def _maker(chosen: _Chosen, seed: int) -> Callable[[], Tamed]:
    levels = _levels(chosen)
    level = levels.level(seed) if levels else None
    return maker(chosen.task, chosen.autopickup, level)


@functools.cache
def _sample(chosen: _Chosen, _version: str) -> Observation:
    """What is read after two steps of seed 42, as an example of real play; remembered by what is played on."""
    return sample(_start(chosen, 42), ("east", "south"))


WORLD = MiniHackWorld()
