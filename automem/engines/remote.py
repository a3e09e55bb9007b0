"""A model on a server: calls with a time limit and retries, and errors that say what to do."""

from __future__ import annotations

import dataclasses
import difflib
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import anyio
from pydantic import BaseModel

from automem.engines.base import Answer
from automem.engines.failures import ClientErrors, Malformed, parse
from automem.engines.retry import Failure, RetryPolicy
from automem.engines.settings import Key
from automem.errors import AutoMemError, ContextExceeded, EngineRefused, EngineUnavailable

T = TypeVar("T")
Send = Callable[[], Awaitable[bytes]]
"""One attempt with the vendor's client; gives the body of a successful answer, raises otherwise."""

NOT_LISTING = (403, 404, 405, 501)
"""Answers of servers that do not list their models, or not to this key."""
_TOO_LONG = re.compile(
    r"^413: |prompt is too long|context (?:length|size|window|limit)|input token count", re.IGNORECASE
)
"""How servers say that a request is longer than the model takes."""
CONNECT_S = 10.0
"""The longest that opening a connection may take, in seconds."""
CHECK_RETRIES = 2
"""Retries while checking: somebody is waiting to hear that a server is not there."""


class _Model(BaseModel):
    id: str


class _Listing(BaseModel):
    data: list[_Model]


@dataclass(frozen=True)
class Called(Generic[T]):
    """What a successful call gave, its wall time in seconds, and the failed attempts before it."""

    value: T
    seconds: float
    retries: int = 0


@dataclass(frozen=True)
class Remote:
    """One model on one server.

    Arguments:
        url: the server, as errors name it.
        model: the model's name.
        key: what must not be seen anywhere.
        timeout_s: the longest that one attempt may take, in seconds.
        policy: when a failed attempt is repeated.
        errors: what the vendor's client raises.
        list_models: asks the server for its models.
    """

    url: str
    model: str
    key: Key
    timeout_s: float
    policy: RetryPolicy
    errors: ClientErrors
    list_models: Send

    async def ask(self, send: Send, read: Callable[[bytes], Answer]) -> Answer:
        """The answer that `read` makes of a body, with time and retries.

        Raises:
            EngineRefused: the key is missing, or the server rejects the request for good.
            EngineUnavailable: every retry failed.
        """
        called = await self.call(send, read, self.policy)
        return dataclasses.replace(called.value, seconds=called.seconds, retries=called.retries)

    async def probe(self, send: Send) -> None:
        """Send a request and look only at whether the server accepts it.

        Raises:
            EngineRefused, EngineUnavailable: as `ask`.
        """
        await self.call(send, bytes, self.checking)

    async def call(self, send: Send, read: Callable[[bytes], T], policy: RetryPolicy) -> Called[T]:
        """Send until `read`, which raises `Malformed` where it cannot, makes something of the body.

        Raises:
            EngineRefused, EngineUnavailable: as `ask`.
        """
        outcome, attempts = await self.attempt(send, read, policy)
        if isinstance(outcome, Failure):
            raise await self.explain(outcome, attempts)
        return dataclasses.replace(outcome, retries=attempts - 1)

    async def attempt(
        self, send: Send, read: Callable[[bytes], T], policy: RetryPolicy
    ) -> tuple[Called[T] | Failure, int]:
        """As `call`, but a failure is a value. Gives the number of attempts besides.

        Raises:
            EngineRefused: the key is missing.
        """
        if self.key.fault:
            raise EngineRefused(f"model {self.model!r} at {self.url}: {self.key.fault}")
        return await policy.run(lambda: self._once(send, read))

    async def _once(self, send: Send, read: Callable[[bytes], T]) -> Called[T] | Failure:
        began = time.perf_counter()
        # The client's own time limits are per read; an endless trickle never meets them.
        with anyio.move_on_after(self.timeout_s):
            try:
                body = await send()
            except self.errors.base as error:
                return self.errors.failure(error)
            try:
                return Called(read(body), time.perf_counter() - began)
            except Malformed as error:
                return self.errors.of_malformed(error, body)
        return Failure(f"no complete answer within {self.timeout_s:g} s")

    @property
    def checking(self) -> RetryPolicy:
        """The policy while somebody waits for a check."""
        return dataclasses.replace(self.policy, retries=min(self.policy.retries, CHECK_RETRIES))

    async def listed(self) -> list[str] | None:
        """The names of the server's models; None when it does not list them.

        Raises:
            EngineRefused, EngineUnavailable: as `ask`.
        """
        outcome, attempts = await self.attempt(self.list_models, _names, self.checking)
        if isinstance(outcome, Called):
            return outcome.value or None
        if outcome.status in NOT_LISTING:
            return None
        raise await self.explain(outcome, attempts)

    async def explain(self, failure: Failure, attempts: int) -> AutoMemError:
        """The error for a call that ended in `failure`."""
        if failure.status == 404:
            known, _ = await self.attempt(self.list_models, _names, RetryPolicy(retries=0))
            return self.unknown_model(known.value if isinstance(known, Called) else [], failure.cause)
        if failure.status in (401, 403):
            return EngineRefused(f"{self.url} rejects the key for model {self.model!r}: {self._mend_key(failure)}")
        if not failure.passing:
            refused = ContextExceeded if _TOO_LONG.search(failure.cause) else EngineRefused
            return refused(f"{self.url} rejects the request to model {self.model!r}: {failure.cause}")
        if failure.retry_after > self.policy.patience_s:
            wait = f"the server asks for a pause of {failure.retry_after:.0f} s; "
        else:
            wait = ""
        tries = f"{attempts} attempt{'s' if attempts > 1 else ''}"
        return EngineUnavailable(
            f"model {self.model!r} at {self.url} gave no answer in {tries}; {wait}last: {failure.cause}"
        )

    def unknown_model(self, known: list[str], cause: str) -> EngineRefused:
        """The error for a model the server does not have, with the nearest of those it has."""
        near = difflib.get_close_matches(self.model, known, 1, cutoff=0.4)
        if near:
            hint = f"did you mean {near[0]!r}?"
        elif known:
            hint = f"it has: {', '.join(sorted(known)[:10])}{', …' if len(known) > 10 else ''}"
        else:
            hint = "check `model` and the path in `base_url`"
        return EngineRefused(f"{self.url} does not know model {self.model!r} ({cause}); {self.errors.tidy(hint)}")

    def _mend_key(self, failure: Failure) -> str:
        if self.key.variable is None:
            return f"{failure.cause}. No key was sent: name the key's environment variable in `key_env`"
        return f"{failure.cause}. The key is in the environment variable {self.key.variable}"


def _names(body: bytes) -> list[str]:
    return [model.id for model in parse(_Listing, body).data]
