"""Crafter as a world: its one task, its episodes, its pictures."""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from crafter import constants
from PIL import Image

from automem.envs.base import Observation, TaskInfo
from automem.envs.crafter.facts import ACTIONS, facts
from automem.envs.crafter.game import Game
from automem.envs.crafter.text import FORMAT, describe
from automem.envs.settings import one_of_tasks, world_settings
from automem.errors import AutoMemError

TASK = "crafter"
MAX_STEPS = 2000  # BALROG's length of an episode
SMALLEST_PICTURE, LARGEST_PICTURE = 18, 4096  # pixels; the package cannot draw cells of a single one


class CrafterWorld:
    """The game of the `crafter` package, read as text.

    Its settings:
        max_steps: steps after which an episode is cut, 2000 unless given.
    """

    name = "crafter"

    def tasks(self) -> Sequence[str]:
        """The only one."""
        return (TASK,)

    def describe(self, task: str, settings: Mapping[str, Any]) -> TaskInfo:
        """The facts of the game; see `automem.envs.crafter.facts.facts` for what `facts` holds."""
        return TaskInfo(
            task=task,
            actions=tuple(ACTIONS),
            default_action="Noop",
            max_steps=_max_steps(task, settings),
            version=f"crafter {version('crafter')}, opensimplex {version('opensimplex')}, text {FORMAT}",
            sample=_sample(),
            facts=facts(),
        )

    def start(self, task: str, seed: int, settings: Mapping[str, Any]) -> CrafterEpisode:
        """A fresh episode."""
        return CrafterEpisode(seed, _max_steps(task, settings))


class CrafterEpisode:
    """One episode, from `reset` until the player dies or `max_steps` actions are played."""

    def __init__(self, seed: int, max_steps: int) -> None:
        self.game = Game(seed)
        self._max_steps = max_steps
        self._steps = 0
        self._unlocked: set[str] = set()
        self._done = True

    def reset(self) -> Observation:
        """Make the world and look at it; nothing is played yet."""
        self.game.reset()
        self._steps, self._done = 0, False
        self._unlocked.clear()
        return Observation(describe(self.game))

    def step(self, action: str) -> Observation:
        """Play one action.

        Raises:
            AutoMemError: the episode is over or not begun, or the action is none of Crafter's.
        """
        if self._done:
            raise AutoMemError("this episode of Crafter is over or was never reset; start a fresh one")
        if action not in ACTIONS:
            raise AutoMemError(f"Crafter has no action {action!r}; it has {', '.join(ACTIONS)}")
        _, reward, died, _ = self.game.step(ACTIONS[action])
        self._steps += 1
        end = "died" if died else "max_steps" if self._steps >= self._max_steps else ""
        self._done = bool(end)
        events = self._newly_unlocked()
        progression = len(self._unlocked) / len(constants.achievements)
        return Observation(describe(self.game), float(reward), self._done, progression, events, end)

    def draw(self, size: int) -> bytes:
        """The package's own picture of this moment, as PNG, `size` pixels a side.

        Raises:
            AutoMemError: `size` is out of range.
        """
        if not SMALLEST_PICTURE <= size <= LARGEST_PICTURE:
            limits = f"{SMALLEST_PICTURE} to {LARGEST_PICTURE} pixels a side"
            raise AutoMemError(f"a picture of Crafter has {limits}, not {size}")
        png = io.BytesIO()
        Image.fromarray(self.game.render((size, size))).save(png, "PNG")
        return png.getvalue()

    def close(self) -> None:
        """Nothing is held outside the process."""

    def _newly_unlocked(self) -> tuple[str, ...]:
        counts = self.game.player.achievements
        new = tuple(name for name, count in counts.items() if count and name not in self._unlocked)
        self._unlocked.update(new)
        return new


def _max_steps(task: str, settings: Mapping[str, Any]) -> int:
    """The length of an episode, once task and settings are known to be right."""
    one_of_tasks(CrafterWorld.name, task, (TASK,))
    return world_settings(CrafterWorld.name, settings, ("max_steps",)).whole("max_steps", MAX_STEPS)


# A walk in the world of seed 42 that gathers wood from two trees and ends with water in sight.
_WALK = (*["Move East"] * 2, *["Move North"] * 3, "Do", "Move East", "Move North", "Do")


@functools.cache
def _sample() -> Observation:
    """What is read after a short walk, as an example of real play."""
    episode = CrafterEpisode(42, MAX_STEPS)
    seen = episode.reset()
    for action in _WALK:
        seen = episode.step(action)
    return Observation(seen.text)
