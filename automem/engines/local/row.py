"""One sequence in flight: its prompt, what it has answered, and when that is complete."""

from __future__ import annotations

import time
from collections.abc import Hashable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import Any

from automem.engines.base import Answer, Request
from automem.engines.local.chat import Chat
from automem.engines.local.ending import cut, last_characters, pairs_of
from automem.engines.local.sampling import draw_of
from automem.engines.local.slots import Stored

_PART = "\ufffd"


@dataclass(frozen=True, eq=False)
class Job:
    """A request that waits for its answer.

    Arguments:
        request: what is asked.
        adapter: the name of the adapter that answers; None for the plain model.
        future: where the answer goes; cancelled when nobody waits any more.
        began: when it was asked, by `time.perf_counter`.
    """

    request: Request
    adapter: Hashable | None
    future: Future[Answer] = field(default_factory=Future)
    began: float = field(default_factory=time.perf_counter)


def settle(future: Future[Any], result: Any = None, error: BaseException | None = None) -> None:
    """Give a future its end, unless nobody waits for it any more."""
    try:
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)
    except InvalidStateError:  # cancelled meanwhile
        pass


class Row:
    """A sequence.

    Arguments:
        job: what is answered.
        text, prompt: the prompt, as text and as tokens.
        limit: the most tokens of the answer.
        chat: writes the answer's text.

    Attributes:
        cached, known: how many of its tokens were read before, and where their keys and values are.
        output: the tokens drawn so far.
    """

    def __init__(self, job: Job, text: str, prompt: list[int], limit: int, chat: Chat) -> None:
        self.job, self.text, self.prompt = job, text, prompt
        self.draw = draw_of(job.request)
        self.cached, self.known = 0, Stored()
        self.output: list[int] = []
        self._limit, self._chat = limit, chat
        self._pairs = pairs_of(job.request)
        self._lasts = last_characters(self._pairs)

    @property
    def length(self) -> int:
        """Tokens whose keys and values its slot holds: all but the last one drawn, once the prompt is read."""
        return len(self.prompt) + len(self.output) - 1

    @property
    def tokens(self) -> list[int]:
        """Those tokens."""
        return [*self.prompt, *self.output[:-1]]

    def take(self, token: int) -> Answer | None:
        """Go on with a token; the answer where that ends it."""
        self.output.append(token)
        if token in self._chat.ends:
            return self._answer(self._chat.write(self.output[:-1]), "stop")
        if self._may_end(token):
            text = self._chat.write(self.output)
            end = cut(text, self._pairs)
            if end is not None:
                return self._answer(text[:end], "stop")
        if len(self.output) >= self._limit:
            return self._answer(self._chat.write(self.output), "length")
        return None

    def _may_end(self, token: int) -> bool:
        """Whether a stop string can be complete with this token, told without decoding all."""
        piece = self._chat.piece(token)
        return bool(self._lasts) and (_PART in piece or not self._lasts.isdisjoint(piece))

    def _answer(self, text: str, finish: str) -> Answer:
        return Answer(
            text,
            input_tokens=len(self.prompt),
            cached_tokens=self.cached,
            output_tokens=len(self.output),
            finish=finish,
            seconds=time.perf_counter() - self.job.began,
        )
