"""What every question about a run is: a name, typed arguments, and a bounded answer in plain data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from automem.evidence.view import View

MOST_CHARS = 20_000
"""Characters of one answer as JSON; what does not fit comes with the next page."""
TEXT_ROOM = 16_000
"""Characters as JSON of one piece of a long text; what else an answer says needs the rest."""
FROM_FILE = "from a file"
"""Marks (in `Annotated`) a text argument for which the command line takes the name of a file that holds it."""


class Args(BaseModel):
    """Arguments of a question; unknown ones are errors. A number counts as its text, as in `episode: 42`."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Paged(Args):
    """Arguments of a question whose answer may be long."""

    start: int = Field(0, ge=0, description="how many entries to skip; `next` of an answer says where it goes on")
    count: int = Field(20, ge=1, le=200, description="entries wanted; fewer come where they would be too long")


class OfVersion(Args):
    """Arguments of a question about one version of the scaffold."""

    version: int | None = Field(None, ge=0, description="number of the scaffold's version; the incumbent when left out")


class OfEpisode(OfVersion):
    """Arguments of a question about one episode."""

    episode: str = Field(
        min_length=1, max_length=200, description="its id, the beginning of its id, or its seed where one task has it"
    )


A = TypeVar("A", bound=Args)


@dataclass(frozen=True)
class Tool(Generic[A]):
    """One question.

    Arguments:
        name: a verb or noun in words joined by `_`.
        about: what it answers, in a sentence or two, for a model and a person alike.
        args: its arguments.
        answer: gives plain data (str, int, float, bool, None, lists, dicts with text keys), at most `MOST_CHARS`
            characters as JSON. Raises RunError for what is not there.
    """

    name: str
    about: str
    args: type[A]
    answer: Callable[[View, A], Mapping[str, Any]]

    def ask(self, view: View, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer, from arguments as they come from outside.

        Raises:
            pydantic.ValidationError: the arguments are not what `args` wants.
            RunError: what is asked about is not there.
        """
        return self.answer(view, self.args.model_validate(dict(given)))


def chars_of(data: Any) -> int:
    """How long plain data is as JSON."""
    return len(json.dumps(data, ensure_ascii=False))


def page(
    entries: Iterable[Any], args: Paged, room: int = MOST_CHARS, show: Callable[[Any], Any] = lambda entry: entry
) -> dict[str, Any]:
    """The entries an answer has room for: `entries`, `total`, and `next` where more follow.

    Arguments:
        entries: all of them, or so many as could be wanted; only those shown are kept.
        args: what is wanted.
        room: characters for the whole page as JSON. The first entry is shown in any case: a maker of entries
            keeps each well below this.
        show: an entry → how it is shown, as plain data; asked only for those that are wanted.
    """
    shown: list[Any] = []
    total, room, full = 0, room - chars_of({"entries": [], "total": 10**9, "next": 10**9}), False
    for at, entry in enumerate(entries):
        total = at + 1
        if at < args.start or full:
            continue
        full = len(shown) == args.count
        if full:
            continue
        data = show(entry)
        room -= chars_of(data) + 2
        full = room < 0 and bool(shown)
        if not full:
            shown.append(data)
    found: dict[str, Any] = {"entries": shown, "total": total}
    end = args.start + len(shown)
    return {**found, "next": end} if end < total else found


def excerpt(text: str, start: int = 0, room: int = TEXT_ROOM) -> dict[str, Any]:
    """A piece of a long text: `text` from `start` on, `chars` of the whole, and `next` where more follows.

    Arguments:
        room: characters for the piece as JSON, at least 10.
    """
    piece = text[start : start + room]
    while (long := chars_of(piece)) > room:
        piece = piece[: max(1, min(len(piece) * room // long, len(piece) - 1))]
    end = start + len(piece)
    found: dict[str, Any] = {"text": piece, "chars": len(text)}
    return {**found, "next": end} if end < len(text) else found


def clip(text: str, most: int) -> str:
    """`text`, cut beyond `most` characters with a mark that says how many are missing."""
    return text if len(text) <= most else f"{text[:most]}… [{len(text) - most} more characters]"


def some(entries: Iterable[Any], most: int) -> list[Any]:
    """The first `most` entries as a list, and then how many more there are, in words."""
    listed = list(entries)
    return listed if len(listed) <= most else [*listed[:most], f"… {len(listed) - most} more"]


def within(entries: Iterable[Any], room: int) -> list[Any]:
    """The first entries that take at most `room` characters as JSON, and then how many more there are, in words."""
    listed = list(entries)
    for at, entry in enumerate(listed):
        room -= chars_of(entry) + 2
        if room < 0:
            return [*listed[:at], f"… {len(listed) - at} more"]
    return listed


def short(number: float | None) -> float | None:
    """A figure to six significant digits; whole numbers stay whole."""
    if number is None or isinstance(number, int):
        return number
    return int(number) if number.is_integer() and abs(number) < 10**15 else float(f"{number:.6g}")
