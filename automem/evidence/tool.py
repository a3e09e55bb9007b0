"""What every question about a run is: a name, typed arguments, and a bounded answer in plain data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from automem.evidence.view import View

MOST_CHARS = 20_000
"""Characters of one answer as JSON; what does not fit comes with the next page."""


class Args(BaseModel):
    """Arguments of a question; unknown ones are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paged(Args):
    """Arguments of a question whose answer may be long."""

    start: int = Field(0, ge=0, description="how many entries to skip; `next` of an answer says where it goes on")
    count: int = Field(20, ge=1, le=200, description="entries wanted; fewer come where they would be too long")


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


def page(entries: list[Any], args: Paged, room: int = MOST_CHARS) -> dict[str, Any]:
    """The entries an answer has room for: `entries`, `total`, and `next` where more follow.

    Arguments:
        entries: all of them, or so many as could be wanted.
        args: what is wanted.
        room: characters for the entries as JSON.
    """
    shown: list[Any] = []
    for entry in entries[args.start : args.start + args.count]:
        room -= len(json.dumps(entry, ensure_ascii=False)) + 2
        if room < 0 and shown:
            break
        shown.append(entry)
    found: dict[str, Any] = {"entries": shown, "total": len(entries)}
    end = args.start + len(shown)
    return {**found, "next": end} if end < len(entries) else found


def clip(text: str, most: int) -> str:
    """`text`, cut beyond `most` characters with a mark that says how many are missing."""
    return text if len(text) <= most else f"{text[:most]}… [{len(text) - most} more characters]"
