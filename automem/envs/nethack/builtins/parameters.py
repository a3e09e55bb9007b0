"""What a scaffold gives a built-in: parameters, checked by name and by value."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any


class Parameters:
    """The `with:` of one built-in.

    Arguments:
        builtin: its name, for messages.
        given: parameter → value, as the scaffold has it.
        known: the parameters the built-in has.

    Raises:
        ValueError: a parameter is none of `known`; the message names the nearest.
    """

    def __init__(self, builtin: str, given: Mapping[str, Any], known: Collection[str] = ()) -> None:
        self._builtin = builtin
        self._given = given
        for name in given:
            if name not in known:
                raise ValueError(f"{builtin} has no parameter {name!r}; {_instead(name, known)}")

    def whole(self, name: str, usual: int, least: int) -> int:
        """A whole number from `least`, `usual` where none is given.

        Raises:
            ValueError: it is none; so for the other methods.
        """
        value = self._given.get(name, usual)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self._wrong(name, f"must be a whole number from {least}")
        return value

    def flag(self, name: str) -> bool:
        """True or false; false where nothing is given."""
        value = self._given.get(name, False)
        if not isinstance(value, bool):
            raise self._wrong(name, "must be true or false")
        return value

    def some_of(self, name: str, words: Collection[str], usual: frozenset[str]) -> frozenset[str]:
        """A list of some of `words`, `usual` where none is given."""
        if name not in self._given:
            return usual
        value = self._given[name]
        if not isinstance(value, list) or not value:
            raise self._wrong(name, "must be a list of one or more words")
        for word in value:
            if not isinstance(word, str) or word not in words:
                raise ValueError(f"{self._builtin}: {name} has no word {word!r}; {_instead(word, words)}")
        return frozenset(value)

    def _wrong(self, name: str, must: str) -> ValueError:
        return ValueError(f"{self._builtin}: {name} {must}, not {self._given[name]!r}")


def _instead(name: Any, known: Collection[str]) -> str:
    near = difflib.get_close_matches(str(name), known, 1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"there are {', '.join(map(repr, known))}" if known else "there are none"
