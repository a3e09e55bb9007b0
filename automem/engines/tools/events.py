"""A streamed message of the Messages API, put together from its events."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from automem.engines.anthropic import Usage
from automem.engines.failures import Malformed
from automem.engines.tools.base import Content, read_arguments, sendable

INPUT = "input"
GROWING = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("signature", "signature"),
    "input_json_delta": (INPUT, "partial_json"),
}
"""Sort of a delta → the field of the block that it makes longer, and its own field that says by what."""


@dataclass
class Message:
    """What a stream has said.

    Arguments:
        blocks: the content, each block as it would be sent back.
        pieces: position of a block and a field of it → what it grew by; joined when the message has ended.
        calls: position of a call among the blocks → the JSON text of its arguments.
        stop: the stop reason; empty while the message goes on.
        details: why, where the server explains it.
        usage: token counts; later events correct earlier ones.
        ended: whether the last event has come.
    """

    blocks: Content = field(default_factory=list)
    pieces: defaultdict[tuple[int, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    calls: dict[int, str] = field(default_factory=dict)
    stop: str = ""
    details: str = ""
    usage: dict[str, Any] = field(default_factory=dict)
    ended: bool = False

    @property
    def tokens(self) -> Usage:
        """The counts.

        Raises:
            Malformed: they are not there.
        """
        try:
            return Usage.model_validate(self.usage)
        except ValidationError:
            raise Malformed("a streamed answer without token counts") from None


def read_stream(body: bytes) -> Message:
    """The message of a whole stream of server-sent events.

    Events are described in the API's documentation ("Streaming messages"); unknown ones are passed over, as it asks.

    Raises:
        Malformed: it stops in the middle, reports an error, or has another shape.
    """
    message = Message()
    try:
        for event in _events(body):
            _take(message, event)
        _join(message)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise Malformed(f"a stream of the wrong shape ({type(error).__name__}: {error})") from None
    if not message.ended or not message.stop:
        raise Malformed("the stream stopped in the middle of the answer")
    return message


def _events(body: bytes) -> Iterator[dict[str, Any]]:
    """The data of each event. Not `splitlines`: it also breaks at characters that may stand inside JSON."""
    data: list[str] = []
    for line in body.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        name, _, value = line.partition(":")
        if name == "data":
            data.append(value.removeprefix(" "))
        elif not line and data:
            yield json.loads("\n".join(data))
            data = []


def _take(message: Message, event: dict[str, Any]) -> None:
    match event["type"]:
        case "message_start":
            message.usage.update(event["message"]["usage"])
        case "content_block_start":
            _begin(message, event["index"], dict(event["content_block"]))
        case "content_block_delta":
            _grow(message, event["index"], event["delta"])
        case "message_delta":
            message.stop = str(event["delta"].get("stop_reason") or message.stop)
            message.details = str((event["delta"].get("stop_details") or {}).get("explanation") or message.details)
            message.usage.update({name: n for name, n in event.get("usage", {}).items() if n is not None})
        case "message_stop":
            message.ended = True
        case "error":
            raise Malformed(f"the stream broke off: {event['error'].get('type')}: {event['error'].get('message')}")


def _begin(message: Message, index: int, block: dict[str, Any]) -> None:
    if index != len(message.blocks):
        raise ValueError(f"block {index} after {len(message.blocks)} blocks")
    message.blocks.append(block)
    if block["type"] == "tool_use":
        _must_be_text(block, "id", "name")
        # Filled by deltas; a call without arguments may have none.
        if block.get("input"):
            message.pieces[index, INPUT].append(json.dumps(block["input"]))
    elif block["type"] == "text":
        _must_be_text(block, "text")


def _must_be_text(found: dict[str, Any], *names: str) -> None:
    for name in names:
        if not isinstance(found[name], str):
            raise ValueError(f"{name} is no text")


def _grow(message: Message, index: int, delta: dict[str, Any]) -> None:
    block, sort = message.blocks[index], delta["type"]
    if sort == "citations_delta":
        block["citations"] = [*(block.get("citations") or []), delta["citation"]]
    else:
        name, grown = GROWING[sort]
        message.pieces[index, name].append(delta[grown])


def _join(message: Message) -> None:
    for at, block in enumerate(message.blocks):
        if block["type"] == "tool_use":
            message.calls[at] = "".join(message.pieces.pop((at, INPUT), ()))
            block["input"] = sendable(read_arguments(message.calls[at]))
    for (at, name), pieces in message.pieces.items():
        message.blocks[at][name] = "".join((message.blocks[at].get(name) or "", *pieces))
