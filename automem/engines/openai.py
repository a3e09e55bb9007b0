"""Engine `openai`: any server that speaks the Chat Completions protocol, through the official client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import openai
from pydantic import BaseModel, Field, NonNegativeInt

from automem.engines.base import Answer, Request
from automem.engines.failures import ClientErrors, Malformed, empty, parse
from automem.engines.remote import CONNECT_S, Remote
from automem.engines.retry import RetryPolicy
from automem.engines.settings import ExtraBody, Key, ServerSettings, ServerURL, leaving_out, read_settings

DOMAIN = "openai.com"
OWN_FIELDS = frozenset(
    (
        "model",
        "messages",
        "temperature",
        "top_p",
        "max_tokens",
        "max_completion_tokens",
        "seed",
        "stop",
        "stream",
    )
)
"""Fields of a request that belong to the experiment's other sections."""
BROKEN_OFF = ("abort", "error")
"""Finish words of servers that stopped in the middle for their own reasons (SGLang, OpenRouter)."""


class OpenAISettings(ServerSettings):
    """Settings of a model on a server that speaks Chat Completions; see also `ServerSettings`.

    Arguments:
        base_url: the server's `/v1`; OpenAI's own without it.
        extra_body: further fields of every request, passed on as they are (`lora_path`, `regex`, …).
    """

    base_url: ServerURL = "https://api.openai.com/v1"
    extra_body: Annotated[ExtraBody, leaving_out(OWN_FIELDS)] = Field(default_factory=dict)


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str


class _PromptDetails(BaseModel):
    cached_tokens: NonNegativeInt | None = None


class Usage(BaseModel):
    """Tokens as the server counts them, where it does."""

    prompt_tokens: NonNegativeInt | None = None
    completion_tokens: NonNegativeInt | None = None
    prompt_tokens_details: _PromptDetails | None = None

    @property
    def cached(self) -> int | None:
        """Tokens of the prompt that a cache served."""
        return self.prompt_tokens_details.cached_tokens if self.prompt_tokens_details else None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: Usage | None = None


class OpenAIServer:
    """One model on a server that speaks Chat Completions: the client, and whether it can be asked.

    Arguments:
        model: the name the server knows.
        settings: where and how.
        policy: when failed attempts are repeated; by default `settings.retries` times.
    """

    def __init__(self, model: str, settings: OpenAISettings, policy: RetryPolicy | None = None) -> None:
        self._model, self._settings = model, settings
        key = Key.find(settings, DOMAIN, "OPENAI_API_KEY")
        self._client = openai.AsyncOpenAI(
            api_key=key.to_send,
            base_url=settings.base_url,
            timeout=openai.Timeout(settings.timeout_s, connect=min(CONNECT_S, settings.timeout_s)),
            max_retries=0,
        )
        self._remote = Remote(
            url=settings.base_url,
            model=model,
            key=key,
            timeout_s=settings.timeout_s,
            policy=policy or RetryPolicy(settings.retries),
            errors=ClientErrors(openai.OpenAIError, openai.APIStatusError, key),
            list_models=self._list_models,
        )

    async def check(self) -> None:
        """Ask for the server's models, which costs nothing; where it does not list them, for one token.

        A name may go on after a colon (`base:adapter`): servers do not list such names.

        Raises:
            EngineRefused: the key is missing or rejected, or the model unknown.
            EngineUnavailable: the server cannot be reached.
        """
        known = await self._remote.listed()
        if known is None:
            body = {"messages": [{"role": "user", "content": "Hi"}], **self._length(1)}
            await self._remote.probe(lambda: self._send(body))
        elif self._model not in known and self._model.rpartition(":")[0] not in known:
            raise self._remote.unknown_model(known, "not among its models")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _length(self, tokens: int) -> dict[str, int]:
        # OpenAI's newer models refuse `max_tokens`, which all other servers know.
        own = self._settings.served_by(DOMAIN)
        return {"max_completion_tokens" if own else "max_tokens": tokens}

    async def _send(self, body: dict[str, Any]) -> bytes:
        # Raw: the client builds typed objects of an answer without checking them; `parse` checks.
        raw = await self._client.chat.completions.with_raw_response.create(
            model=self._model, extra_body=self._settings.extra_body or None, **body
        )
        content: bytes = raw.http_response.content
        return content

    async def _list_models(self) -> bytes:
        return (await self._client.models.with_raw_response.list()).http_response.content


class OpenAIEngine(OpenAIServer):
    """One model on a server that speaks Chat Completions (SGLang, vLLM, llama.cpp, hosted ones).

    What is sent depends on whose server it is. OpenAI's own gets temperature and top_p only where they differ
    from the documented default 1.0 (its reasoning models refuse others). Every other server gets always both:
    where one is missing, some take it from the model's own files.
    """

    async def ask(self, request: Request) -> Answer:
        """Answer one request; see `Engine.ask`."""
        body = self._body(request)
        return await self._remote.ask(lambda: self._send(body), _answer)

    def _body(self, request: Request) -> dict[str, Any]:
        body: dict[str, Any] = {
            "messages": [{"role": m.speaker, "content": m.text} for m in request.messages],
            "seed": request.seed,
            **self._length(request.max_tokens),
        }
        for name, value in (("temperature", request.temperature), ("top_p", request.top_p)):
            if value != 1.0 or not self._settings.served_by(DOMAIN):
                body[name] = value
        if request.stop:
            body["stop"] = list(request.stop)
        return body


def _answer(body: bytes) -> Answer:
    reply = parse(_Completion, body)
    choice, usage = reply.choices[0], reply.usage or Usage()
    text, finish = choice.message.content or "", choice.finish_reason
    if finish in BROKEN_OFF:
        raise Malformed(f"the server broke its answer off (finish {finish!r})")
    if not text.strip():
        raise Malformed(empty(finish))
    return Answer(text, usage.prompt_tokens, usage.cached, usage.completion_tokens, finish)


def create(model: str, settings: Mapping[str, Any]) -> OpenAIEngine:
    """The engine of one model of an experiment; see `EngineFactory`."""
    return OpenAIEngine(model, read_settings(OpenAISettings, "openai", model, settings))
