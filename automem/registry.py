"""Where named parts are found: built in, installed by another package, or given as `module:attribute`."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Generic, TypeVar, cast

from automem.errors import AutoMemError

T = TypeVar("T")


class UnknownPart(AutoMemError):
    """No part of that name is built in or installed."""


class MissingPart(UnknownPart):
    """There is a part of that name, but not all that it needs is installed."""


class Registry(Generic[T]):
    """Names of one sort of part (environments, engines, file kinds, …), imported only when used.

    Arguments:
        what: what a part is called in messages, such as `environment`.
        group: the entry point group through which other packages add parts.
        builtin: name → `module:attribute` of the parts this package brings.
    """

    def __init__(self, what: str, group: str, builtin: Mapping[str, str]) -> None:
        self.what = what
        self.group = group
        self._targets = dict(builtin)
        self._loaded: dict[str, T] = {}

    def names(self) -> list[str]:
        """All names that `load` accepts, sorted; `module:attribute` works besides."""
        return sorted({*self._targets, *self._loaded, *(point.name for point in entry_points(group=self.group))})

    def add(self, name: str, part: T) -> None:
        """Register a part of the calling program under `name`, before any of the same name."""
        self._loaded[name] = part

    def load(self, name: str) -> T:
        """The part called `name`, or the attribute a `module:attribute` name points to.

        Raises:
            UnknownPart: nothing of that name can be found; names the nearest one.
            MissingPart: it cannot be imported.
        """
        if name not in self._loaded:
            self._loaded[name] = self._find(name)
        return self._loaded[name]

    def _find(self, name: str) -> T:
        if ":" in name:
            return self._import(name, name)
        if name in self._targets:
            return self._import(name, self._targets[name])
        for point in entry_points(group=self.group):
            if point.name == name:
                return self._attempt(name, point.value, point.load)
        near = difflib.get_close_matches(name, self.names(), 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(self.names()) or 'none'}"
        raise UnknownPart(f"no {self.what} is called {name!r}; {hint}")

    def _import(self, name: str, target: str) -> T:
        module, _, attribute = target.partition(":")
        return self._attempt(name, target, lambda: getattr(importlib.import_module(module), attribute))

    def _attempt(self, name: str, target: str, load: Callable[[], object]) -> T:
        try:
            return cast(T, load())
        except Exception as error:  # whatever the module does when it is imported
            kind = MissingPart if isinstance(error, ImportError) else UnknownPart
            named = "" if isinstance(error, ImportError | AttributeError) else f"{type(error).__name__}: "
            raise kind(f"{self.what} {name!r} cannot be imported{_from(name, target)}: {named}{error}") from error


def _from(name: str, target: str) -> str:
    return f" from {target!r}" if name != target else ""
