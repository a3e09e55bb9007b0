"""Paths: the keys of a patch's edit joined by `/`, led through a scaffold that may have `/` in its keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from automem.patches.plain import value_at
from automem.spec.issues import near
from automem.spec.source import Steps

_WHOLE = ("templates", "replies")


class Astray(Exception):
    """A path leads nowhere.

    Arguments:
        steps: how far it leads.
        message: what is missing there.
    """

    def __init__(self, steps: Steps, message: str) -> None:
        super().__init__(message)
        self.steps = tuple(steps)


@dataclass(frozen=True)
class Found:
    """Where a path leads.

    Arguments:
        steps: the keys and positions of what is there.
        new: the keys below that are still to be made; for a list, one position.
    """

    steps: tuple[str | int, ...]
    new: tuple[str | int, ...] = ()


def find(path: str, data: Any) -> Found:
    """The value that a path names: an existing key that matches the longest stretch wins.

    Raises:
        Astray: there is none.
    """
    found = find_new(path, data)
    if found.new:
        rest = "/".join(map(str, found.new))
        inside = value_at(data, found.steps)
        names = [str(name) for name in inside] if isinstance(inside, dict) else []
        name = rest if _whole(found.steps) else str(found.new[0])
        raise Astray(found.steps, f"there is no {name!r} in {_named(found.steps)}{near(name, names)}")
    return found


def find_new(path: str, data: Any) -> Found:
    """How much of a path exists, and what is new of it.

    Raises:
        Astray: it leads into a text or number, or to a place that a list does not have.
    """
    steps: tuple[str | int, ...] = ()
    parts = path.split("/")
    while parts:
        if isinstance(data, list):
            at = _position(parts[0], len(data), steps)
            if at == len(data):
                if len(parts) > 1:
                    raise Astray(steps, f"{_named(steps)} is a list of {len(data)}; add its entries whole")
                return Found(steps, (at,))
            data, steps, parts = data[at], (*steps, at), parts[1:]
        elif isinstance(data, dict):
            length = next((n for n in range(len(parts), 0, -1) if "/".join(parts[:n]) in data), 0)
            if not length:
                return Found(steps, _new(steps, parts))
            key = "/".join(parts[:length])
            data, steps, parts = data[key], (*steps, key), parts[length:]
        elif data is None:
            return Found(steps, _new(steps, parts))
        else:
            raise Astray(steps, f"{_named(steps)} is {type_name(data)}; nothing stands below it")
    return Found(steps)


def type_name(value: Any) -> str:
    """What a value is, in words."""
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    return "a text" if isinstance(value, str) else "nothing" if value is None else f"{value!r}".lower()


def _position(part: str, length: int, steps: Steps) -> int:
    if part == "-":
        return length
    if not (part.isascii() and part.isdigit()) or len(part) > 6 or int(part) > length:
        raise Astray(steps, f"{_named(steps)} is a list of {length}; {part!r} is no position in it, counted from 0")
    return int(part)


def _new(steps: Steps, parts: Sequence[str]) -> tuple[str, ...]:
    """The keys that the rest of a path stands for where nothing of it exists."""
    keys: tuple[str, ...] = ()
    for at, part in enumerate(parts):
        if _whole((*steps, *keys)):
            return (*keys, "/".join(parts[at:]))
        keys = (*keys, part)
    return keys


def _whole(steps: Steps) -> bool:
    """Whether the rest of a path is one key: the names of templates and replies hold `/`."""
    inside = steps[3:] if len(steps) > 3 and steps[0] == "variants" and steps[2] == "set" else steps
    return len(inside) == 1 and inside[0] in _WHOLE


def _named(steps: Steps) -> str:
    return joined(steps) or "the scaffold"


def joined(steps: Sequence[str | int]) -> str:
    """The path of some steps."""
    return "/".join(map(str, steps))
