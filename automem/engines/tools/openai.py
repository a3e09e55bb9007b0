"""Models with tools on any server that speaks the Chat Completions protocol."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from automem.engines.base import Answer
from automem.engines.failures import Malformed, parse
from automem.engines.openai import BROKEN_OFF, OpenAIServer, OpenAISettings, Usage
from automem.engines.openai import OWN_FIELDS as PLAIN_FIELDS
from automem.engines.retry import RetryPolicy
from automem.engines.settings import ExtraBody, leaving_out
from automem.engines.tools.base import Reply, ToolCall, ToolResult, ToolSpec, Turn, read_arguments, sendable

SAMPLING = frozenset(("temperature", "top_p", "seed"))
OWN_FIELDS = (PLAIN_FIELDS - SAMPLING) | {"tools"}
"""Sampling is left to the server's defaults here, or to `extra_body`."""
FINISH = {"tool_calls": "tool", "function_call": "tool", "content_filter": "refusal"}


class OpenAIToolSettings(OpenAISettings):
    """Settings of a model with tools on such a server; see also `OpenAISettings`.

    Arguments:
        timeout_s: longer than for play: an answer may think, and hold a whole patch.
        context_tokens: the longest conversation, its answer included, in tokens.
        extra_body: further fields of every request (`temperature`, `reasoning_effort`, …).
    """

    timeout_s: float = Field(default=900.0, gt=0, allow_inf_nan=False)
    context_tokens: int = Field(default=128_000, ge=10_000)
    extra_body: Annotated[ExtraBody, leaving_out(OWN_FIELDS)] = Field(default_factory=dict)


class _Function(BaseModel):
    name: str
    arguments: str | dict[str, Any] | None = None


class _Call(BaseModel):
    id: str = Field(min_length=1)
    function: _Function


class _Message(BaseModel):
    model_config = ConfigDict(extra="allow")

    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: Usage | None = None


class OpenAITools(OpenAIServer):
    """One model with tools on a server that speaks Chat Completions.

    Arguments:
        model: the name the server knows.
        settings: where and how.
        policy: when failed attempts are repeated; by default `settings.retries` times.
    """

    def __init__(self, model: str, settings: OpenAIToolSettings, policy: RetryPolicy | None = None) -> None:
        super().__init__(model, settings, policy)
        self.context_tokens = settings.context_tokens

    def hide(self, text: str) -> str:
        """`text` without the key."""
        return self._remote.key.hide_in(text)

    async def converse(self, system: str, tools: Sequence[ToolSpec], turns: Sequence[Turn], max_tokens: int) -> Reply:
        """The answer to a conversation; see `ToolModel.converse`."""
        body = {
            "messages": [{"role": "system", "content": system}, *map(_message, turns)],
            "tools": [
                {"type": "function", "function": {"name": one.name, "description": one.about, "parameters": one.schema}}
                for one in tools
            ],
            **self._length(max_tokens),
        }
        called = await self._remote.call(lambda: self._send(body), _reply, self._remote.policy)
        return called.value.timed(called.seconds, called.retries)


def _message(turn: Turn) -> dict[str, Any]:
    if isinstance(turn, str):
        return {"role": "user", "content": turn}
    if isinstance(turn, ToolResult):
        # The protocol has no mark for a failed call.
        text = f"ERROR: {turn.text}" if turn.is_error else turn.text
        return {"role": "tool", "tool_call_id": turn.id, "content": text}
    return turn.content[0]


def _reply(body: bytes) -> Reply:
    completion = parse(_Completion, body)
    choice, usage = completion.choices[0], completion.usage or Usage()
    message, finish = choice.message, FINISH.get(choice.finish_reason, choice.finish_reason)
    if finish in BROKEN_OFF:
        raise Malformed(f"the server broke its answer off (finish {finish!r})")
    calls = tuple(ToolCall(one.id, one.function.name, _arguments(one.function)) for one in message.tool_calls or ())
    if len({call.id for call in calls}) < len(calls):
        raise Malformed("two calls of one answer have the same id")
    finish = "refusal" if message.refusal else finish
    text = message.content or message.refusal or ""
    answer = Answer(text, usage.prompt_tokens, usage.cached, usage.completion_tokens, finish)
    return Reply(answer, calls, [_sendable(message, calls)])


def _arguments(function: _Function) -> dict[str, Any] | str:
    # Some servers give the object itself and not its text.
    given = function.arguments
    return given if isinstance(given, dict) else read_arguments(given or "")


def _sendable(message: _Message, calls: Sequence[ToolCall]) -> dict[str, Any]:
    """The message as servers take it back: what it holds besides (`reasoning_content`) stays, what is empty goes."""
    besides = {name: value for name, value in (message.model_extra or {}).items() if value and name != "role"}
    sent = {"role": "assistant", "content": message.content or "", **besides}
    if calls:
        sent["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(sendable(call.arguments), ensure_ascii=False)},
            }
            for call in calls
        ]
    return sent
