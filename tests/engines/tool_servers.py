"""The two loopback servers with tools: strict about what they are sent, and streaming where the vendor streams.

server.answers = [Scripted(calls=[("overview", {})]), Scripted("Done.")]     # by how many answers there are already
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .loopback import ChatServer, MessagesServer

NAME = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")


@dataclass(frozen=True)
class Scripted:
    """One answer of a model.

    Arguments:
        text: what it says.
        calls: tool and arguments; text stands for broken JSON, sent as it is.
        stop: the stop reason, in Anthropic's words; by what there is when left out.
        thinking: what comes before, with a signature.
        usage: tokens in and out.
    """

    text: str = ""
    calls: Sequence[tuple[str, dict[str, Any] | str]] = ()
    stop: str = ""
    thinking: str = ""
    usage: tuple[int, int] = (100, 20)

    @property
    def reason(self) -> str:
        return self.stop or ("tool_use" if self.calls else "end_turn")


def signature(thinking: str) -> str:
    return f"signed:{len(thinking)}:{thinking[:3]}"


class ToolMessages(MessagesServer):
    """The Messages API with tools, streamed."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Scripted] = []

    def refuses_body(self, body: Any, headers: dict[str, str]) -> str:
        if body.keys() == {"model", "messages", "max_tokens"}:
            return super().refuses_body(body, headers)
        known = {"model", "messages", "max_tokens", "system", "tools", "stream", "thinking"}
        if extra := body.keys() - known:
            return f"{', '.join(sorted(extra))}: Extra inputs are not permitted"
        if body.get("stream") is not True:
            return "the test wants long answers streamed"
        blocks = [block for message in body["messages"] for block in message["content"]]
        if sum("cache_control" in part for part in [*body["system"], *body["tools"], *blocks]) > 4:
            return "A maximum of 4 blocks with cache_control may be provided"
        return _tools_wrong(body["tools"], "input_schema") or _turns_wrong(body["messages"])

    def answer(self, body: Any, **changes: Any) -> Any:
        if "tools" not in body:
            return super().answer(body, **changes)
        number = sum(message["role"] == "assistant" for message in body["messages"])
        return events_of(self.answers[number], number)


def _tools_wrong(tools: list[Any], schema: str) -> str:
    for tool in tools:
        if tool.keys() - {"cache_control"} != {"name", "description", schema}:
            return "tools: Extra inputs are not permitted"
        if not NAME.match(tool["name"]) or tool[schema].get("type") != "object":
            return f"tools: {tool['name']} has no usable name or schema"
    return ""


def _turns_wrong(messages: list[Any]) -> str:
    asked: list[str] = []
    for at, message in enumerate(messages):
        if message["role"] != ("user" if at % 2 == 0 else "assistant"):
            return f"messages.{at}: roles must alternate"
        if words := next(filter(None, map(_block_wrong, message["content"])), ""):
            return f"messages.{at}: {words}"
        if not message["content"]:
            return f"messages.{at}: content must be non-empty"
        if message["role"] == "user":
            sorts = [block["type"] for block in message["content"]]
            if sorts != sorted(sorts, key=("tool_result", "text").index):
                return f"messages.{at}: tool_result blocks come first"
            given = [block["tool_use_id"] for block in message["content"] if block["type"] == "tool_result"]
            if given != asked:
                return f"messages.{at}: tool_use ids were found without tool_result blocks immediately after"
        asked = [block["id"] for block in message["content"] if block["type"] == "tool_use"]
    return ""


FIELDS = {
    "text": {"type", "text"},
    "tool_use": {"type", "id", "name", "input"},
    "tool_result": {"type", "tool_use_id", "content"},
    "thinking": {"type", "thinking", "signature"},
}


def _block_wrong(block: dict[str, Any]) -> str:
    optional = {"cache_control", "is_error"} if block["type"] == "tool_result" else {"cache_control"}
    if block.keys() - optional != FIELDS[block["type"]]:
        return f"{block['type']}: fields {sorted(block)}"
    if block["type"] == "text" and not block["text"].strip():
        return "text content blocks must contain non-whitespace text"
    if block["type"] == "tool_use" and not isinstance(block["input"], dict):
        return "tool_use.input: Input should be a valid dictionary"
    if block["type"] == "thinking" and block["signature"] != signature(block["thinking"]):
        return "Invalid `signature` in `thinking` block"
    return ""


def events_of(scripted: Scripted, number: int) -> bytes:
    """The stream of one answer, event by event."""
    return b"".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n".encode() for one in _events(scripted, number))


def _events(scripted: Scripted, number: int) -> Iterator[dict[str, Any]]:
    prompt, written = scripted.usage
    usage = {"input_tokens": prompt - 70, "cache_read_input_tokens": 64, "cache_creation_input_tokens": 6}
    message = {"id": f"msg_{number}", "type": "message", "role": "assistant", "content": [], "stop_reason": None}
    yield {"type": "message_start", "message": {**message, "usage": {**usage, "output_tokens": 1}}}
    yield {"type": "ping"}
    for at, (start, deltas) in enumerate(_blocks(scripted, number)):
        yield {"type": "content_block_start", "index": at, "content_block": start}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": at, "delta": delta}
        yield {"type": "content_block_stop", "index": at}
    delta = {"stop_reason": scripted.reason, "stop_sequence": None}
    yield {"type": "message_delta", "delta": delta, "usage": {"output_tokens": written}}
    yield {"type": "message_stop"}


def _blocks(scripted: Scripted, number: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    if scripted.thinking:
        deltas = [{"type": "thinking_delta", "thinking": piece} for piece in _pieces(scripted.thinking)]
        signed = {"type": "signature_delta", "signature": signature(scripted.thinking)}
        yield {"type": "thinking", "thinking": "", "signature": ""}, [*deltas, signed]
    if scripted.text:
        yield {"type": "text", "text": ""}, [{"type": "text_delta", "text": one} for one in _pieces(scripted.text)]
    for place, (name, arguments) in enumerate(scripted.calls):
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        start = {"type": "tool_use", "id": f"toolu_{number}_{place}", "name": name, "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ("", *_pieces(text))]
        yield start, deltas if arguments else []


def _pieces(text: str) -> Iterator[str]:
    size = max(11, len(text) // 100)
    return (text[at : at + size] for at in range(0, len(text), size))


class ToolChat(ChatServer):
    """Chat Completions with tools."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Scripted] = []

    def refuses_body(self, body: Any, headers: dict[str, str]) -> str:
        if "tools" not in body:
            return super().refuses_body(body, headers)
        if extra := body.keys() - {"model", "messages", "tools", "max_tokens", "temperature"}:
            return f"Unrecognized request argument supplied: {', '.join(sorted(extra))}"
        return _tools_wrong([tool["function"] for tool in body["tools"]], "parameters") or _chat_wrong(body["messages"])

    def answer(self, body: Any, **changes: Any) -> Any:
        if "tools" not in body:
            return super().answer(body, **changes)
        number = sum(message["role"] == "assistant" for message in body["messages"])
        scripted = self.answers[number]
        calls = [
            {"id": f"call_{number}_{place}", "type": "function", "function": {"name": name, "arguments": _text(given)}}
            for place, (name, given) in enumerate(scripted.calls)
        ]
        message = {"role": "assistant", "content": scripted.text or None, "refusal": None, "annotations": []}
        if scripted.thinking:
            message["reasoning_content"] = scripted.thinking
        finish = {"tool_use": "tool_calls", "end_turn": "stop", "max_tokens": "length", "refusal": "content_filter"}
        whole = super().answer(body, message=message | ({"tool_calls": calls} if calls else {}))
        whole["choices"][0]["finish_reason"] = finish[scripted.reason]
        whole["usage"] |= {"prompt_tokens": scripted.usage[0], "completion_tokens": scripted.usage[1]}
        return whole


def _text(given: dict[str, Any] | str) -> str:
    return given if isinstance(given, str) else json.dumps(given)


def _chat_wrong(messages: list[Any]) -> str:
    owed: list[str] = []
    for at, message in enumerate(messages):
        if (message["role"] == "system") != (at == 0) or not isinstance(message["content"], str):
            return f"messages.{at}: a system message first, and content everywhere"
        if message["role"] == "tool":
            if not owed or message["tool_call_id"] != owed.pop(0):
                return f"messages.{at}: a tool message must answer a call"
            continue
        if owed:
            return f"messages.{at}: 'tool_calls' must be followed by tool messages for each 'tool_call_id'"
        for call in message.get("tool_calls", ()):
            if not isinstance(json.loads(call["function"]["arguments"]), dict):
                return f"messages.{at}: arguments must be an object"
            owed.append(call["id"])
    return "the last call has no result" if owed else ""
