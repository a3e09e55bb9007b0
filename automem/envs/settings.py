"""What people set by name, checked where it is used: an experiment in a world, a scaffold in a built-in."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from automem.errors import AutoMemError, WrongSetting


class Given:
    """Named values that somebody has set, with the checks that all share.

    Arguments:
        owner: whose they are, for messages, such as `env nethack`.
        sort: what each is called in messages, such as `setting`.
        given: name → value.
        known: the names there are.
        error: (name, what is wrong with it and what was probably meant) → what is raised.
    """

    def __init__(
        self,
        owner: str,
        sort: str,
        given: Mapping[str, Any],
        known: Collection[str],
        error: Callable[[str, str], Exception],
    ) -> None:
        self._owner = owner
        self._given = given
        self._error = error
        for name in given:
            if name not in known:
                raise error(name, f"{owner}: no {sort} is called {name!r}; {instead(name, known)}")

    def whole(self, name: str, usual: int, least: int = 1) -> int:
        """A whole number from `least`, `usual` where nothing is set."""
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

    def some_of(self, name: str, words: Collection[str], usual: frozenset[str]) -> frozenset[str]:
        """A list of some of `words`."""
        if name not in self._given:
            return usual
        value = self._given[name]
        if not isinstance(value, list) or not value:
            raise self._wrong(name, "must be a list of one or more words")
        for word in value:
            if not isinstance(word, str) or word not in words:
                raise self._error(name, f"{self._owner}: {name} has no word {word!r}; {instead(word, words)}")
        return frozenset(value)

    def text(self, name: str) -> str | None:
        """Text, or none where nothing is set."""
        value = self._given.get(name)
        if value is not None and (not isinstance(value, str) or not value):
            raise self._wrong(name, "must be text")
        return value

    def _wrong(self, name: str, must: str) -> Exception:
        given = json.dumps(self._given[name], ensure_ascii=False, default=repr)  # as YAML would have it
        return self._error(name, f"{self._owner}: {name} {must}, not {given}")


def world_settings(world: str, given: Mapping[str, Any], known: Collection[str]) -> Given:
    """An experiment's `env` section without `name` and `tasks`.

    Arguments:
        world: the world's name.
        given: setting → its value.
        known: the settings the world has.

    Raises:
        WrongSetting: a setting is none of `known`; so do the checks of what is given back.
    """
    return Given(world, "setting", given, known, WrongSetting)


def builtin_parameters(builtin: str, given: Mapping[str, Any], known: Collection[str] = ()) -> Given:
    """The `with:` of one built-in.

    Arguments:
        builtin: its name.
        given: parameter → its value.
        known: the parameters the built-in has.

    Raises:
        ValueError: a parameter is none of `known`; so do the checks of what is given back.
    """
    return Given(builtin, "parameter", given, known, lambda _name, message: ValueError(message))


def one_of_tasks(world: str, task: str, tasks: Collection[str]) -> str:
    """`task`, which is one of the world's.

    Raises:
        AutoMemError: it is none; the message names the nearest.
    """
    if task in tasks:
        return task
    raise AutoMemError(f"{world}: there is no task {task!r}; {instead(task, tasks)}")


def instead(name: object, known: Collection[str]) -> str:
    """What somebody who wrote `name` probably meant, or all that there is."""
    near = difflib.get_close_matches(str(name), known, 1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"it has {', '.join(known)}" if known else "it has none"
