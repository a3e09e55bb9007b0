"""How far an episode has come: BALROG's progression in NetHack, and whether a MiniHack task is solved."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Protocol

from nle import nethack
from ruamel.yaml import YAML

from automem.envs.nethack.game import Moment

RULES = ("ours", "balrog")
"""Whose measure of success counts; the first is the usual one."""


class Progress(Protocol):
    """How far one episode has come."""

    value: float

    def update(self, moment: Moment) -> tuple[str, ...]:
        """Take notice of what an action led to; names what was newly reached by it."""
        ...


@functools.cache
def progression() -> dict[str, float]:
    """`Dlvl:n` (depth) and `Xp:n` (experience level) → the chance that a human game is won once it is reached."""
    table = resources.files(__package__).joinpath("progression.yaml").read_text(encoding="utf-8")
    return {str(name): float(chance) for name, chance in YAML(typ="safe").load(table).items()}


class DeepestReached:
    """NetHack's: the largest chance in `progression` over every depth and experience level that was reached.

    This is BALROG's rule, and ours too. Depth is nle's, which counts levels below the surface in every branch.
    """

    def __init__(self) -> None:
        self.value = 0.0
        self._reached: set[str] = set()

    def update(self, moment: Moment) -> tuple[str, ...]:
        """Take notice of what an action led to; names what was newly reached by it, such as `Dlvl:2`."""
        stats = moment.screen["blstats"]
        now = (f"Dlvl:{stats[nethack.NLE_BL_DEPTH]}", f"Xp:{stats[nethack.NLE_BL_XP]}")
        new = tuple(name for name in now if name in progression() and name not in self._reached)
        self._reached.update(new)
        self.value = max(self.value, *(progression()[name] for name in new)) if new else self.value
        return new


class TaskSolved:
    """MiniHack's: 1 once the task is solved.

    Arguments:
        rule: `ours` asks the task itself. `balrog` asks for a reward of 1 in one step, as BALROG does: it
            misses wins in a step that took no game time, which heroes faster than the clock take now and
            then, since such a step costs a hundredth.
    """

    def __init__(self, rule: str) -> None:
        self.value = 0.0
        self._rule = rule

    def update(self, moment: Moment) -> tuple[str, ...]:
        """Take notice of what an action led to; `solved` if that was the goal."""
        if moment.reward >= 1.0 if self._rule == "balrog" else moment.end == "solved":
            self.value = 1.0
            return ("solved",)
        return ()
