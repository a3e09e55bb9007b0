"""Any environment with gymnasium's interface as a world, in a few lines; gymnasium itself is not needed."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from automem.envs.base import Observation, TaskInfo
from automem.envs.settings import one_of_tasks, world_settings
from automem.errors import AutoMemError

SMALLEST_PICTURE, LARGEST_PICTURE = 16, 4096  # pixels

Text = Callable[[Any, Mapping[str, Any]], str]
"""(observation, info) → what the agent reads."""

Progression = Callable[[float, bool, Mapping[str, Any]], float]
"""(total reward so far, whether the environment has ended by itself, info) → 0 to 1."""


def only_text(observation: Any, info: Mapping[str, Any]) -> str:
    """The observation itself, which must be text."""
    if not isinstance(observation, str):
        raise AutoMemError(
            f"the observation is no text but {type(observation).__name__}; "
            "give the world `text=`, a function (observation, info) -> str"
        )
    return observation


def total_reward(total: float, terminated: bool, info: Mapping[str, Any]) -> float:
    """The total reward, held between 0 and 1."""
    return min(max(total, 0.0), 1.0)


class GymnasiumWorld:
    """Environments with gymnasium's `reset(seed=…) -> (observation, info)` and five values from `step`.

    The world and all that it is given are sent to another process: functions must stand at the top level
    of a module, so no lambdas. Its only setting in an experiment is `max_steps`.

    Arguments:
        name: the world's name, by which scaffolds name it.
        make: task → a fresh environment, such as `gymnasium.make`.
        actions: every action's word → what `step` takes.
        version: all besides seed and actions that decides what is seen; part of an episode's key.
        tasks: the names of the tasks; the world's own name when left out.
        text: what the agent reads; the observation itself when left out.
        progression: the measure of success; the total reward, held between 0 and 1, when left out.
        default_action: what runs when the agent's action is none of `actions`; the first when left out.
        max_steps: steps after which an episode is cut, unless an experiment says otherwise.

    Raises:
        AutoMemError: there is no action, or `default_action` is none of them.
    """

    def __init__(
        self,
        name: str,
        make: Callable[[str], Any],
        actions: Mapping[str, Any],
        *,
        version: str,
        tasks: Sequence[str] = (),
        text: Text = only_text,
        progression: Progression = total_reward,
        default_action: str = "",
        max_steps: int = 1000,
    ) -> None:
        self.name = name
        self.actions = dict(actions)
        self.text = text
        self.progression = progression
        self._make = make
        self._version = version
        self._tasks = tuple(tasks) or (name,)
        self._default_action = default_action or next(iter(actions), "")
        self._max_steps = max_steps
        if self._default_action not in self.actions:
            raise AutoMemError(f"env {name}: {self._default_action!r} is none of its actions: {', '.join(actions)}")

    def tasks(self) -> Sequence[str]:
        """As it was given."""
        return self._tasks

    def describe(self, task: str, settings: Mapping[str, Any]) -> TaskInfo:
        """The facts of one task; its sample is what an environment of seed 0 shows first."""
        with contextlib.closing(self.start(task, 0, settings)) as episode:
            sample = episode.reset()
        return TaskInfo(
            task=task,
            actions=tuple(self.actions),
            default_action=self._default_action,
            max_steps=self._length(settings),
            version=self._version,
            sample=sample,
        )

    def start(self, task: str, seed: int, settings: Mapping[str, Any]) -> GymnasiumEpisode:
        """A fresh environment."""
        max_steps = self._length(settings)
        env = self._make(one_of_tasks(self.name, task, self._tasks))
        return GymnasiumEpisode(self, env, seed, max_steps)

    def _length(self, settings: Mapping[str, Any]) -> int:
        return world_settings(self.name, settings, ("max_steps",)).whole("max_steps", self._max_steps)


class GymnasiumEpisode:
    """One episode; made by `GymnasiumWorld.start`.

    Arguments:
        world: says how actions and observations are translated.
        env: the environment, not yet reset.
        seed: what it is reset with.
        max_steps: steps after which the episode is cut.
    """

    def __init__(self, world: GymnasiumWorld, env: Any, seed: int, max_steps: int) -> None:
        self._world = world
        self._env = env
        self._seed = seed
        self._left = max_steps
        self._total = 0.0
        self._done = True
        self._open = True

    def reset(self) -> Observation:
        """The first observation.

        Raises:
            AutoMemError: the environment does not keep to gymnasium's interface, or shows no text; so for `step`.
        """
        observation, info = self._parts("reset", self._env.reset(seed=self._seed), 2)
        self._done = False
        return Observation(self._read(observation, info), progression=self._success(False, info))

    def step(self, action: str) -> Observation:
        """Play one action."""
        if self._done:
            raise self._wrong("this episode is over or was never reset; start a fresh one")
        if action not in self._world.actions:
            raise self._wrong(f"there is no action {action!r}; it has {', '.join(self._world.actions)}")
        played = self._env.step(self._world.actions[action])
        observation, reward, terminated, truncated, info = self._parts("step", played, 5)
        self._left -= 1
        self._total += float(reward)
        end = "terminated" if terminated else "truncated" if truncated else "" if self._left else "max_steps"
        self._done = bool(end)
        progression = self._success(bool(terminated), info)
        return Observation(self._read(observation, info), float(reward), self._done, progression, end=end)

    def draw(self, size: int) -> bytes:
        """What the environment's `render` shows, as PNG; its longer side has `size` pixels.

        Raises:
            AutoMemError: `size` is out of range, or `render` fails, as where a package for drawing is missing, or
                gives no array of height, width and 3 colours.
        """
        if not SMALLEST_PICTURE <= size <= LARGEST_PICTURE:
            limits = f"{SMALLEST_PICTURE} to {LARGEST_PICTURE} pixels"
            raise self._wrong(f"the longer side of a picture has {limits}, not {size}")
        return _png(self._render(), size)

    def _render(self) -> NDArray[np.uint8]:
        try:
            frame = self._env.render()
        except Exception as error:
            raise self._wrong(f"its environment cannot draw a picture: {error}") from error
        if not isinstance(frame, np.ndarray) or frame.ndim != 3 or frame.shape[2] != 3:
            remedy = "make its environments with render_mode='rgb_array'"
            raise self._wrong(f"there is no picture, `render` gives {type(frame).__name__}; {remedy}")
        return frame.astype(np.uint8)

    def close(self) -> None:
        """Close the environment; may be called again."""
        if self._open:
            self._open = False
            self._env.close()

    def _parts(self, method: str, given: Any, count: int) -> tuple[Any, ...]:
        if not isinstance(given, tuple) or len(given) != count:
            found = f"{len(given)} values" if isinstance(given, tuple) else type(given).__name__
            raise self._wrong(f"`{method}` of its environment gives {found}, not the {count} values of gymnasium's")
        return given

    def _read(self, observation: Any, info: Mapping[str, Any]) -> str:
        try:
            text = self._world.text(observation, info)
        except AutoMemError as error:
            raise self._wrong(str(error)) from error
        if not isinstance(text, str):
            raise self._wrong(f"its `text` gives {type(text).__name__}, not str")
        return text

    def _success(self, terminated: bool, info: Mapping[str, Any]) -> float:
        progression = float(self._world.progression(self._total, terminated, info))
        if not 0 <= progression <= 1:
            raise self._wrong(f"its `progression` gives {progression:g}; it must lie between 0 and 1")
        return progression

    def _wrong(self, what: str) -> AutoMemError:
        return AutoMemError(f"env {self._world.name}: {what}")


def _png(frame: NDArray[np.uint8], size: int) -> bytes:
    height, width = frame.shape[:2]
    scale = size / max(height, width)
    shape = max(1, round(width * scale)), max(1, round(height * scale))
    png = io.BytesIO()
    Image.fromarray(frame).resize(shape, Image.Resampling.NEAREST).save(png, "PNG")
    return png.getvalue()
