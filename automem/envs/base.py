"""What the engine needs of a world: a few facts about each task, and one episode at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True)
class Observation:
    """What one reset or step gives.

    Arguments:
        text: what the agent reads.
        data: the same moment as plain data (text, numbers, lists, mappings), for the scaffold's named
            built-ins. The agent never sees it; it is recorded, so it must be small or compress well.
        reward: the world's own reward of this step.
        done: the episode is over; no further step may be taken.
        progression: the task's measure of success so far, 0 to 1.
        events: names of what was newly achieved in this step (`collect_wood`, `Dlvl:2`).
        end: why the episode is over (`died`, `max_steps`, `solved`, …), empty while it goes on.
    """

    text: str
    reward: float = 0.0
    done: bool = False
    progression: float = 0.0
    events: tuple[str, ...] = ()
    end: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


Extract = Callable[[Observation, Mapping[str, Any], Any], Any]
"""How a variable is read out of an observation: (observation, variables so far, this variable's value at the
observation before) → value. The last is None at an episode's first; no value may be changed once it is given."""


@dataclass(frozen=True)
class TaskInfo:
    """What is known of a task before it is played. All of it is plain data: specs and templates read it.

    Arguments:
        task: the task's name; worlds with a single task call it as themselves.
        actions: every action the world accepts, in its canonical spelling.
        default_action: what runs when the agent's action is not one of them.
        max_steps: the length after which an episode is cut, in steps.
        facts: further plain data (achievements, recipes, …) offered to templates as `env.facts`.
        version: everything outside the seed and the actions that decides what is seen, such as the
            version of the game's package; part of an episode's key.
        sample: an observation of real play, for rendering prompts without playing.
        note: what every result must say of this task, such as that its levels are made up.
        covered: settings whose whole effect `version` tells, such as the folder that data is read from; they are
            no part of an episode's key.
    """

    task: str
    actions: tuple[str, ...]
    default_action: str
    max_steps: int
    version: str
    sample: Observation
    facts: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    covered: frozenset[str] = frozenset()


class Environment(Protocol):
    """One episode. It is made fresh, reset once, stepped until done, and closed."""

    def reset(self) -> Observation:
        """The first observation."""
        ...

    def step(self, action: str) -> Observation:
        """Play one action, which must be one of the task's `actions`."""
        ...

    def close(self) -> None:
        """Give back what the episode holds."""
        ...


@runtime_checkable
class Drawable(Protocol):
    """An episode whose moments can be drawn; what an `Environment` may offer besides."""

    def draw(self, size: int) -> bytes:
        """A PNG of what is seen now; its longer side has `size` pixels. Nothing of the episode changes by it.

        Raises:
            AutoMemError: it cannot be drawn, or not at that size.
        """
        ...


@runtime_checkable
class Painter(Protocol):
    """A world whose moments can be drawn from what a trace holds of them; what a `World` may offer besides."""

    def paint(self, data: Mapping[str, Any], size: int) -> bytes:
        """A PNG of the moment that gave `data` with its observation; its longer side has `size` pixels.

        Raises:
            AutoMemError: it cannot be drawn, or not at that size.
        """
        ...


class World(Protocol):
    """A game or any other long-horizon text world. Same seed and actions must give bit-identical text."""

    name: str

    def tasks(self) -> Sequence[str]:
        """The names of the tasks, in the order reports show them."""
        ...

    def describe(self, task: str, settings: Mapping[str, Any]) -> TaskInfo:
        """The facts of one task.

        Arguments:
            task: one of `tasks()`.
            settings: the experiment's `env` section without `name` and `tasks`, such as `max_steps`.

        Raises:
            AutoMemError: a setting is unknown or out of range; the message names it.
        """
        ...

    def start(self, task: str, seed: int, settings: Mapping[str, Any]) -> Environment:
        """A fresh episode; nothing is shared with any other."""
        ...
