"""The engine protocol: a conversation in; text, token counts, finish reason and timing out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

Speaker = Literal["user", "assistant"]


@dataclass(frozen=True)
class Message:
    """One message of a conversation.

    Arguments:
        speaker: who says it. Conversations begin with a `user` message and alternate.
        text: what is said, verbatim.
        stable: how many leading characters of `text` are the same at every step of an episode; a
            server's prompt cache may be told so. Always 0 on assistant messages.
    """

    speaker: Speaker
    text: str
    stable: int = 0


@dataclass(frozen=True)
class Request:
    """One call.

    Arguments:
        messages: the conversation so far; the last message is the user's.
        temperature: 0 is greedy.
        max_tokens: the longest answer, in tokens.
        top_p: nucleus mass, 1.0 for all.
        seed: decides the sampling where the engine can be seeded, 0 to 2**31 - 1.
        stop: strings after which the answer ends, when the engine can stop on them.
        ends: pairs (opening, closing): once the answer holds `opening` and after it `closing`, which may be empty,
            nothing more is needed. An engine that writes token by token ends there, with the closing kept in the
            text; servers are not told, because they would leave the closing out.
    """

    messages: tuple[Message, ...]
    temperature: float
    max_tokens: int
    top_p: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    ends: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Answer:
    """What came back.

    Arguments:
        text: the answer, verbatim but for lone surrogates, which no file can hold: they become U+FFFD.
        input_tokens: tokens of the prompt, cached ones included; None when the engine does not count.
        cached_tokens: tokens of the prompt read from a cache, included in `input_tokens`.
        output_tokens: tokens of the answer; None when the engine does not count.
        finish: `stop` for a natural end, `length` when `max_tokens` cut it, else the server's own word.
        seconds: wall time of the call that succeeded.
        retries: failed attempts before it.
    """

    text: str
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    finish: str = "stop"
    seconds: float = 0.0
    retries: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", encodable(self.text))


def encodable(text: str) -> str:
    """`text` with surrogate pairs joined and lone surrogates, which no file can hold, made U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class Engine(Protocol):
    """A model that can be asked. One engine serves all episodes of a run at once."""

    async def check(self) -> None:
        """Find out, before anything is played, that the engine can answer.

        Raises:
            EngineRefused: a key is missing, the model is unknown: nothing will ever be answered.
            EngineUnavailable: the server cannot be reached.
        """
        ...

    async def ask(self, request: Request) -> Answer:
        """Answer one request; safe to call concurrently. Retries what may pass.

        Raises:
            EngineRefused: the server rejects the request for good.
            EngineUnavailable: every retry failed.
        """
        ...

    async def close(self) -> None:
        """Give back connections and processes."""
        ...


@runtime_checkable
class Adapting(Protocol):
    """An engine that can put low-rank adapters on its model, any number of them beside the plain model."""

    def adapted(self, adapter: Path) -> Engine:
        """An engine that answers with `adapter` on this one's model. The model is loaded once for all of them.

        Nothing is loaded before the first `check` or `ask`; what the adapter takes is given back by its own `close`.

        Arguments:
            adapter: a PEFT folder, with `adapter_config.json` and `adapter_model.safetensors`.

        Raises:
            AutoMemError: the folder holds no adapter, or one that this engine would not serve rightly.
        """
        ...


@runtime_checkable
class Identifying(Protocol):
    """An engine's factory that knows better than its settings what decides the answers of a model."""

    def identity(self, model: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """All that decides what the model answers, as plain data; episodes are reused where it is equal.

        Arguments: as for the factory itself. A model whose files are not there yet must not be an error here.
        """
        ...


class EngineFactory(Protocol):
    """What the registry holds: settings of one model in the experiment → an engine."""

    def __call__(self, model: str, settings: Mapping[str, Any]) -> Engine:
        """Make an engine; must not touch the network.

        Arguments:
            model: the model's name, as the engine knows it.
            settings: the rest of the model's entry in the experiment (`base_url`, `key_env`, …).

        Raises:
            AutoMemError: a setting is unknown or wrong; the message names it.
        """
        ...
