"""All that the choice of an action may rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from random import Random
from typing import NamedTuple

from automem.engines.scripted.nethack.level import Level
from automem.engines.scripted.nethack.notes import Notes
from automem.engines.scripted.nethack.paths import Ways
from automem.engines.scripted.nethack.screen import DIRECTIONS
from automem.engines.scripted.prompt import Page, Point

_CIVIL = re.compile(r"\b(?:shopkeeper|priest|watchman|watch captain|guard|Oracle)\b")
"""Those whom one does not attack, and who need not be asked."""
_UNCHANGED = re.compile(r"nothing has changed for (\d{1,7}) steps", re.IGNORECASE)
_LONG = 5  # what has not changed for so many steps will not change by itself


class Choice(NamedTuple):
    """What to do.

    Arguments:
        actions: actions that serve, the best first.
        why: the reason, in a few words.
        sure: whether nothing recalled could change it.
    """

    actions: tuple[str, ...]
    why: str
    sure: bool = False


class Situation:
    """A prompt of the NetHack family, and what was recalled to it.

    Arguments:
        page: the prompt.
        level: the level it shows.
        notes: what was recalled of that level.
        seed: decides what chance decides.
    """

    def __init__(self, page: Page, level: Level, notes: Notes, seed: int) -> None:
        self.page = page
        self.level = level
        self.notes = notes
        self.here: Point | None = level.screen.here
        self._seed = seed
        self._refused = page.refused()

    def can(self, action: str) -> bool:
        """Whether the prompt offers an action, every one where it lists none, and it was not refused."""
        offered = self.page.actions
        return (not offered or action.casefold() in offered) and action not in self._refused

    @property
    def is_stuck(self) -> bool:
        """Whether the prompt says that nothing has changed for long."""
        return any(int(steps) >= _LONG for steps in _UNCHANGED.findall(self.page.text))

    @property
    def counts(self) -> bool:
        """Whether a count can be typed digit by digit: the prompt or memory says where that stands."""
        return self.page.last is not None or bool(self.page.write("tail", "actions", n="1"))

    def shuffled(self, names: Iterable[str]) -> list[str]:
        """The names in an order of chance."""
        mixed = list(names)
        Random(f"{self._seed} {self.page.text}").shuffle(mixed)
        return mixed

    @cached_property
    def ways(self) -> Ways:
        """What can be walked to without moving anything, keeping away from what is better left alone."""
        return self._ways(push=False)

    @cached_property
    def pushing(self) -> Ways:
        """What can be reached by pushing boulders too, and past whatever stands in the way."""
        return self._ways(push=True)

    def _ways(self, push: bool) -> Ways:
        avoid = self._befriended() | (set() if push else self.level.dreaded | self.notes.shunned)
        return Ways(self.level, self.here or (0, 0), self.notes.barred, avoid, push)

    def is_friend(self, name: str) -> bool:
        """Whether a name is that of a pet or of a monster known to be peaceful."""
        return name.startswith(("tame ", "peaceful ")) or name in self.notes.peaceful or _CIVIL.search(name) is not None

    def _befriended(self) -> set[Point]:
        """Places beside the agent of peaceful monsters, with which places cannot be swapped."""
        x, y = self.here or (0, 0)
        return {
            (x + step[0], y + step[1])
            for name, step in DIRECTIONS.items()
            if any(
                self.is_friend(named) and not named.startswith("tame ")
                for named in self.level.screen.beside.get(name, ())
            )
        }
