"""What an experiment may set in a world, checked by the worlds themselves."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any

from automem.errors import AutoMemError


class Settings:
    """An experiment's `env` section without `name` and `tasks`, with the checks that worlds share.

    Arguments:
        world: the world's name, for messages.
        given: setting → its value, as the experiment has it.
        known: the settings the world has.

    Raises:
        AutoMemError: a setting is none of `known`; the message names the nearest.
    """

    def __init__(self, world: str, given: Mapping[str, Any], known: Collection[str]) -> None:
        self._world = world
        self._given = given
        for name in given:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(map(repr, known))}"
                raise AutoMemError(f"env {world}: no setting is called {name!r}; {hint}")

    def whole(self, name: str, usual: int, least: int = 1) -> int:
        """A whole number from `least`, `usual` where the experiment says nothing.

        Raises:
            AutoMemError: it is none; so for the other methods.
        """
        value = self._given.get(name, usual)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self._wrong(name, f"must be a whole number from {least}")
        return value

    def flag(self, name: str, usual: bool) -> bool:
        """True or false."""
        value = self._given.get(name, usual)
        if not isinstance(value, bool):
            raise self._wrong(name, "must be true or false")
        return value

    def choice(self, name: str, choices: Collection[str]) -> str:
        """One of `choices`; the first is the usual one."""
        value = self._given.get(name, next(iter(choices)))
        if value not in choices:
            raise self._wrong(name, f"must be {' or '.join(choices)}")
        return str(value)

    def text(self, name: str) -> str | None:
        """Text, or none where the experiment says nothing."""
        value = self._given.get(name)
        if value is not None and (not isinstance(value, str) or not value):
            raise self._wrong(name, "must be text")
        return value

    def _wrong(self, name: str, must: str) -> AutoMemError:
        return AutoMemError(f"env {self._world}: {name} {must}, not {self._given[name]!r}")


def one_of_tasks(world: str, task: str, tasks: Collection[str]) -> str:
    """`task`, which is one of the world's.

    Raises:
        AutoMemError: it is none; the message names the nearest.
    """
    if task in tasks:
        return task
    near = difflib.get_close_matches(task, tasks, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(tasks)}"
    raise AutoMemError(f"env {world}: there is no task {task!r}; {hint}")
