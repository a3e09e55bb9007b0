"""Engine `anthropic`: Claude models through the official client and the Messages API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import anthropic
from pydantic import BaseModel, NonNegativeInt

from automem.engines.base import Answer, Message, Request
from automem.engines.failures import ClientErrors, Malformed, empty, parse
from automem.engines.remote import CONNECT_S, NOT_LISTING, Remote
from automem.engines.retry import Failure, RetryPolicy
from automem.engines.settings import Key, ServerSettings, ServerURL, read_settings
from automem.errors import EngineRefused

DOMAIN = "anthropic.com"
API_VERSION = "2023-06-01"
"""Pinned, because newer clients send a version (2026-10-21) that takes no sampling parameter at all."""
MOST_CACHE_MARKS = 4
"""The API refuses a request with more."""
FINISH = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length"}


class AnthropicSettings(ServerSettings):
    """Settings of a model behind the Messages API; see `ServerSettings`.

    Arguments:
        base_url: what comes before `/v1/messages`; Anthropic's own server without it.
    """

    base_url: ServerURL = "https://api.anthropic.com"


class _Block(BaseModel):
    type: str
    text: str = ""


class Usage(BaseModel):
    """Tokens as the API counts them: what a cache served or took in is not among `input_tokens`."""

    input_tokens: NonNegativeInt
    output_tokens: NonNegativeInt
    cache_read_input_tokens: NonNegativeInt | None = None
    cache_creation_input_tokens: NonNegativeInt | None = None

    @property
    def prompt(self) -> int:
        """Tokens of the whole prompt."""
        return self.input_tokens + (self.cache_read_input_tokens or 0) + (self.cache_creation_input_tokens or 0)


class _Reply(BaseModel):
    content: list[_Block]
    stop_reason: str
    usage: Usage


class AnthropicServer:
    """One Claude model behind the Messages API: the client, and whether it can be asked.

    Arguments:
        model: the name or alias the API knows.
        settings: where and how.
        policy: when failed attempts are repeated; by default `settings.retries` times.
    """

    def __init__(self, model: str, settings: AnthropicSettings, policy: RetryPolicy | None = None) -> None:
        self._model = model
        key = Key.find(settings, DOMAIN, "ANTHROPIC_API_KEY")
        self._client = anthropic.AsyncAnthropic(
            api_key=key.to_send,
            base_url=settings.base_url,
            timeout=anthropic.Timeout(settings.timeout_s, connect=min(CONNECT_S, settings.timeout_s)),
            max_retries=0,
            default_headers={"anthropic-version": API_VERSION},
        )
        # Older clients would send the token of ANTHROPIC_AUTH_TOKEN besides the key.
        self._client.auth_token = None
        self._remote = Remote(
            url=settings.base_url,
            model=model,
            key=key,
            timeout_s=settings.timeout_s,
            policy=policy or RetryPolicy(settings.retries),
            errors=ClientErrors(anthropic.AnthropicError, anthropic.APIStatusError, key),
            list_models=self._list_models,
        )

    async def check(self) -> None:
        """Ask the API for the model, which costs nothing; a server without that route, for one token.

        Raises:
            EngineRefused: the key is missing or rejected, or the model unknown.
            EngineUnavailable: the server cannot be reached.
        """
        outcome, attempts = await self._remote.attempt(self._retrieve, bytes, self._remote.checking)
        if not isinstance(outcome, Failure):
            return
        if outcome.status not in NOT_LISTING:
            raise await self._remote.explain(outcome, attempts)
        known = await self._remote.listed()
        if known is None:
            body = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}
            await self._remote.probe(lambda: self._send(body))
        elif self._model not in known:
            raise self._remote.unknown_model(known, outcome.cause)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _send(self, body: dict[str, Any]) -> bytes:
        # Raw: the client builds typed objects of an answer without checking them; `parse` checks.
        raw = await self._client.messages.with_raw_response.create(model=self._model, **body)
        content: bytes = raw.http_response.content
        return content

    async def _retrieve(self) -> bytes:
        return (await self._client.models.with_raw_response.retrieve(self._model)).http_response.content

    async def _list_models(self) -> bytes:
        return (await self._client.models.with_raw_response.list(limit=1000)).http_response.content


class AnthropicEngine(AnthropicServer):
    """One Claude model.

    The API has no seed: `Request.seed` has no effect. Temperature and top_p are sent only where they differ
    from 1.0, the API's default: the newest models refuse any other value, in words that are passed on.
    """

    async def ask(self, request: Request) -> Answer:
        """Answer one request; see `Engine.ask`.

        Raises:
            EngineRefused: also for a temperature above 1, and for temperature and top_p together.
        """
        body = {
            "messages": _messages(request.messages),
            "max_tokens": request.max_tokens,
            "extra_body": self._sampling(request),
            **({"stop_sequences": list(request.stop)} if request.stop else {}),
        }
        return await self._remote.ask(lambda: self._send(body), _answer)

    def _sampling(self, request: Request) -> dict[str, float]:
        given = {"temperature": request.temperature, "top_p": request.top_p}
        sent = {name: value for name, value in given.items() if value != 1.0}
        if request.temperature > 1.0:
            raise EngineRefused(
                f"model {self._model!r}: the Messages API takes a temperature from 0 to 1, not {request.temperature:g}"
            )
        if len(sent) == 2:
            raise EngineRefused(
                f"model {self._model!r}: the Messages API takes temperature or top_p, not both; "
                "leave one of them at 1.0"
            )
        return sent


def _messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The conversation as the API takes it, with a cache mark after each message's stable part.

    The API refuses text of white space alone, which an answer that was cut early can be. Such messages are
    left out; the API joins the neighbours, then of one speaker, into one turn.
    """
    marks = MOST_CACHE_MARKS
    sent: list[dict[str, Any]] = []
    for message in messages:
        if not message.text.strip():
            continue
        head, tail = message.text[: message.stable], message.text[message.stable :]
        marked = marks > 0 and bool(head.strip())
        marks -= marked
        sent.append({"role": message.speaker, "content": _blocks(head, tail) if marked else message.text})
    return sent


def _blocks(head: str, tail: str) -> list[dict[str, Any]]:
    if not tail.strip():
        head, tail = head + tail, ""
    first = {"type": "text", "text": head, "cache_control": {"type": "ephemeral"}}
    return [first, {"type": "text", "text": tail}] if tail else [first]


def _answer(body: bytes) -> Answer:
    reply = parse(_Reply, body)
    text = "".join(block.text for block in reply.content if block.type == "text")
    finish = FINISH.get(reply.stop_reason, reply.stop_reason)
    if not text.strip():
        raise Malformed(empty(finish))
    usage = reply.usage
    return Answer(text, usage.prompt, usage.cache_read_input_tokens, usage.output_tokens, finish)


def create(model: str, settings: Mapping[str, Any]) -> AnthropicEngine:
    """The engine of one model of an experiment; see `EngineFactory`."""
    return AnthropicEngine(model, read_settings(AnthropicSettings, "anthropic", model, settings))
