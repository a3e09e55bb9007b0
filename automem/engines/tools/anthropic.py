"""Claude models with tools: the Messages API, streamed, with cache marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import anthropic
from pydantic import Field

from automem.engines.anthropic import MOST_CACHE_MARKS, AnthropicServer, AnthropicSettings
from automem.engines.base import Answer
from automem.engines.failures import Malformed
from automem.engines.retry import RetryPolicy
from automem.engines.settings import ExtraBody, leaving_out
from automem.engines.tools.base import Reply, ToolCall, ToolResult, ToolSpec, Turn, read_arguments
from automem.engines.tools.events import read_stream

OWN_FIELDS = frozenset(("model", "messages", "system", "tools", "max_tokens", "stream"))
FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool",
    "max_tokens": "length",
    "refusal": "refusal",
    "pause_turn": "pause",
    "model_context_window_exceeded": "context",
}
MARK = {"cache_control": {"type": "ephemeral"}}


class AnthropicToolSettings(AnthropicSettings):
    """Settings of a Claude model with tools; see also `AnthropicSettings`.

    Arguments:
        timeout_s: longer than for play: an answer may think, and hold a whole patch.
        context_tokens: the longest conversation, its answer included, in tokens.
        extra_body: further fields of every request, such as `thinking: {type: adaptive}`.
    """

    timeout_s: float = Field(default=900.0, gt=0, allow_inf_nan=False)
    context_tokens: int = Field(default=200_000, ge=10_000)
    extra_body: Annotated[ExtraBody, leaving_out(OWN_FIELDS)] = Field(default_factory=dict)


class AnthropicTools(AnthropicServer):
    """One Claude model with tools.

    Answers are streamed, because the API cuts long ones off otherwise, and used when they are complete.

    Arguments:
        model: the name or alias the API knows.
        settings: where and how.
        policy: when failed attempts are repeated; by default `settings.retries` times.
    """

    def __init__(self, model: str, settings: AnthropicToolSettings, policy: RetryPolicy | None = None) -> None:
        super().__init__(model, settings, policy)
        self._extra = settings.extra_body
        self.context_tokens = settings.context_tokens

    def hide(self, text: str) -> str:
        """`text` without the key."""
        return self._remote.key.hide_in(text)

    async def converse(self, system: str, tools: Sequence[ToolSpec], turns: Sequence[Turn], max_tokens: int) -> Reply:
        """The answer to a conversation; see `ToolModel.converse`."""
        body = {
            "system": [{"type": "text", "text": system, **MARK}],
            "tools": [{"name": one.name, "description": one.about, "input_schema": one.schema} for one in tools],
            "messages": messages_of(turns),
            "max_tokens": max_tokens,
            "extra_body": self._extra or None,
        }
        called = await self._remote.call(lambda: self._stream(body), _reply, self._remote.policy)
        return called.value.timed(called.seconds, called.retries)

    async def _stream(self, body: dict[str, Any]) -> bytes:
        create = self._client.messages.with_streaming_response.create
        async with create(model=self._model, stream=True, **body) as response:
            try:
                content: bytes = await response.read()
            except Exception as error:
                # While a body is read, the client lets the errors of its transport through as they are.
                raise anthropic.APIConnectionError(request=response.http_request) from error
        return content


def messages_of(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The conversation as the API takes it.

    What one side says in a row becomes one message: an answer that paused and what followed it, too. Cache marks stand
    at the end of the first and of the last two user messages: the system prompt has the fourth.
    """
    sent: list[dict[str, Any]] = []
    for turn in turns:
        role, blocks = ("assistant", _sendable(turn)) if isinstance(turn, Reply) else ("user", [_said(turn)])
        if not blocks:
            continue
        if sent and sent[-1]["role"] == role:
            sent[-1]["content"].extend(blocks)
        else:
            sent.append({"role": role, "content": blocks})
    users = [message["content"] for message in sent if message["role"] == "user"]
    for content in [*users[:1], *users[1:][-(MOST_CACHE_MARKS - 2) :]]:
        content[-1] = {**content[-1], **MARK}
    return sent


def _said(turn: str | ToolResult) -> dict[str, Any]:
    if isinstance(turn, str):
        return {"type": "text", "text": turn}
    error = {"is_error": True} if turn.is_error else {}
    return {"type": "tool_result", "tool_use_id": turn.id, "content": turn.text or "(nothing)", **error}


def _sendable(reply: Reply) -> list[dict[str, Any]]:
    """The blocks of an answer that the API takes back: it refuses blank texts and thinking cut before its signature."""
    return [
        block
        for block in reply.content
        if (block["type"] != "text" or block["text"].strip())
        and (block["type"] != "thinking" or block.get("signature"))
    ]


def _reply(body: bytes) -> Reply:
    message = read_stream(body)
    usage, blocks = message.tokens, message.blocks
    calls = tuple(
        ToolCall(blocks[at]["id"], blocks[at]["name"], read_arguments(text)) for at, text in message.calls.items()
    )
    if len({call.id for call in calls}) < len(calls):
        raise Malformed("two calls of one answer have the same id")
    text = "".join(block["text"] for block in blocks if block["type"] == "text") or message.details
    finish = FINISH.get(message.stop, message.stop)
    answer = Answer(text, usage.prompt, usage.cache_read_input_tokens, usage.output_tokens, finish)
    return Reply(answer, calls, blocks)
