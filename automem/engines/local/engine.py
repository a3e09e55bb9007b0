"""The engines that a run asks: the plain model, and adapters on it. Loading waits for the first question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from automem.engines.adapters import LoraFolder, read_adapter
from automem.engines.base import Answer, Message, Request
from automem.engines.local.settings import LocalSettings
from automem.errors import EngineRefused

if TYPE_CHECKING:  # torch is imported by the first question
    from automem.engines.local.batch import Batch
    from automem.engines.local.worker import Worker

T = TypeVar("T")
CANARY = (Message("user", "Say what you see."),)
SAID = "There is a tree to the north."


class LocalEngine:
    """A model in this process; requests of all episodes are answered together.

    Arguments:
        model: what the experiment calls it.
        place: its folder, or its name on the hub.
        settings: how it is run.
    """

    def __init__(self, model: str, place: Path | str, settings: LocalSettings) -> None:
        self._model, self._place, self._settings = model, place, settings
        self._worker: Worker | None = None

    async def check(self) -> None:
        """Load the model.

        Raises:
            EngineRefused: it cannot be loaded, or cannot be run by this engine.
        """
        await self.call(lambda batch: None)

    async def ask(self, request: Request) -> Answer:
        """Answer one request; see `Engine.ask`.

        Raises:
            EngineRefused: also when the prompt is longer than the model takes.
        """
        return await self.answer(request, None)

    async def answer(self, request: Request, adapter: Hashable | None) -> Answer:
        """As `ask`, by an adapter that is loaded."""
        return await asyncio.wrap_future(self.worker().ask(request, adapter))

    async def log_probs(self, messages: Sequence[Message], answer: str) -> list[float]:
        """The natural logarithm of the probability of each token of `answer`, as the answer to `messages`."""
        return await self.call(lambda batch: batch.log_probs(messages, answer, None))

    def adapted(self, adapter: Path) -> AdaptedEngine:
        """An engine that answers with an adapter; see `Adapting`."""
        return AdaptedEngine(self, read_adapter(adapter))

    async def call(self, run: Callable[[Batch], T]) -> T:
        """What `run` gives, called with the batch in the model's thread."""
        return await asyncio.wrap_future(self.worker().call(run))

    async def close(self) -> None:
        """End the thread and give back the model; a later question loads it again."""
        worker, self._worker = self._worker, None
        if worker is not None:
            await asyncio.to_thread(worker.close)

    @property
    def running(self) -> Worker | None:
        """The model's thread; None while nothing is loaded."""
        return self._worker

    def worker(self) -> Worker:
        """The model's thread, which is begun where there is none."""
        if self._worker is None:
            from automem.engines.local.worker import Worker

            self._worker = Worker(self._model, self._place, self._settings)
        return self._worker


class AdaptedEngine:
    """An adapter on the model of another engine, whose thread and batch it shares.

    Arguments:
        engine: the plain model's.
        adapter: what is put on it.
    """

    def __init__(self, engine: LocalEngine, adapter: LoraFolder) -> None:
        self._engine, self._adapter = engine, adapter
        self._on: tuple[Worker, Future[None]] | None = None

    async def check(self) -> None:
        """Load the model and the adapter, and find out that the adapter changes what is answered.

        Raises:
            EngineRefused: it does not, or was trained on another model.
        """
        if await self.log_probs(CANARY, SAID) == await self._engine.log_probs(CANARY, SAID):
            raise EngineRefused(f"{self._adapter.path}: the adapter changes nothing; its training has not begun")

    async def ask(self, request: Request) -> Answer:
        """Answer one request; see `Engine.ask`."""
        await self._load()
        return await self._engine.answer(request, self)

    async def log_probs(self, messages: Sequence[Message], answer: str) -> list[float]:
        """As `LocalEngine.log_probs`, under the adapter."""
        await self._load()
        return await self._engine.call(lambda batch: batch.log_probs(messages, answer, self))

    async def close(self) -> None:
        """Give back what the adapter takes; the model stays."""
        on, self._on = self._on, None
        if on is not None and on[0] is self._engine.running:
            await self._engine.call(lambda batch: batch.forget(self))

    async def _load(self) -> None:
        """Load the adapter, once for each time the model is loaded."""
        worker = self._engine.worker()
        if self._on is None or self._on[0] is not worker:
            self._on = worker, worker.call(lambda batch: batch.adapters.load(self, self._adapter))
        loaded = self._on[1]
        if not loaded.done():
            await asyncio.shield(asyncio.wrap_future(loaded))  # others wait for it too
        loaded.result()
