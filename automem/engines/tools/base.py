"""The protocol of a model with tools: what is said, what it calls, and what the calls gave."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from automem.engines.base import Answer

Content = list[dict[str, Any]]
"""An assistant's message as its vendor wrote it, as plain JSON."""

UNREADABLE = "unreadable_arguments"
"""Stands in a conversation that is sent back for arguments that are no JSON object: vendors refuse those."""


@dataclass(frozen=True)
class ToolSpec:
    """A tool as a model is told about it.

    Arguments:
        name: at most 64 letters, digits, `_` and `-`.
        about: what it does, for the model.
        schema: JSON Schema of its arguments, of type object.
    """

    name: str
    about: str
    schema: dict[str, Any]


@dataclass(frozen=True)
class ToolCall:
    """One call that a model makes.

    Arguments:
        id: the vendor's, to be repeated with the result.
        name: the tool, as the model wrote it: it need not exist.
        arguments: what it is called with; the bare text where that is no JSON object.
    """

    id: str
    name: str
    arguments: dict[str, Any] | str


@dataclass(frozen=True)
class ToolResult:
    """What a call gave.

    Arguments:
        id: of the call.
        text: for the model to read.
        is_error: whether the call failed.
    """

    id: str
    text: str
    is_error: bool = False


@dataclass(frozen=True)
class Reply:
    """One answer of a model with tools.

    Arguments:
        answer: its text, tokens, finish and timing. `finish` is `stop`, `tool` (it waits for results), `length`,
            `refusal`, `pause` (to be asked on without a word), `context` (no room left), or the server's own word.
        calls: what it calls, in order; all have to be answered.
        content: the message as the vendor wrote it, to be sent back untouched.
    """

    answer: Answer
    calls: tuple[ToolCall, ...]
    content: Content

    def timed(self, seconds: float, retries: int) -> Reply:
        """The same with the wall time of the call that gave it, and the failed attempts before."""
        return replace(self, answer=replace(self.answer, seconds=seconds, retries=retries))

    @property
    def written(self) -> Answer:
        """The answer with all that was written as its text, for whoever has to estimate tokens."""
        return replace(self.answer, text=json.dumps(self.content, ensure_ascii=False))


Turn = str | Reply | ToolResult
"""A part of a conversation: what is said to the model, what it answered, and what one of its calls gave."""


class ToolModel(Protocol):
    """A model that can be asked, with tools at hand."""

    @property
    def context_tokens(self) -> int:
        """The longest conversation, its answer included, in tokens."""
        ...

    def hide(self, text: str) -> str:
        """`text` without the key, which nothing that is kept may hold."""
        ...

    async def check(self) -> None:
        """Find out, before anything is asked, that the model can answer; see `Engine.check`.

        Raises:
            EngineRefused, EngineUnavailable: it cannot.
        """
        ...

    async def converse(self, system: str, tools: Sequence[ToolSpec], turns: Sequence[Turn], max_tokens: int) -> Reply:
        """The answer to a conversation. Retries what may pass.

        Arguments:
            system: what the model is told before all else; the same in every call of a conversation.
            tools: the same in every call of a conversation.
            turns: begins with text; each reply is followed by a result for each of its calls.
            max_tokens: the longest answer, in tokens.

        Raises:
            EngineRefused: the server rejects the request for good.
            EngineUnavailable: every retry failed.
        """
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...


def read_arguments(text: str) -> dict[str, Any] | str:
    """The arguments in a call's JSON, or the text where it is no JSON object. No text stands for no arguments."""
    if not text.strip():
        return {}
    try:
        # NaN and Infinity are not JSON, and no server would take them back.
        found = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, dict) else text


def sendable(arguments: Mapping[str, Any] | str) -> dict[str, Any]:
    """Arguments as they can be sent back: always an object."""
    return {UNREADABLE: arguments} if isinstance(arguments, str) else dict(arguments)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
