"""The thread in which a model runs: requests of all episodes come in, answers go out as each is complete."""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch

from automem.engines.base import Answer, Request
from automem.engines.local.batch import Batch
from automem.engines.local.loading import load
from automem.engines.local.row import Job, settle
from automem.engines.local.settings import LocalSettings
from automem.errors import EngineRefused, EngineUnavailable

T = TypeVar("T")
_PARAMETERS_A_THREAD = 10_000_000
PATIENCE = 4
"""While others are answered, a prompt waits this many tokens for as many more: together they are read faster."""
QUIET_S = 0.001
"""An idle model waits until no request has come for so long: others often follow the first at once."""


def fitting_threads(parameters: int, cores: int) -> int:
    """How many threads a model of so many parameters can use, with half the cores left to the worlds.

    Two threads that share their cores with other programs wait for each other at each of a small model's many
    small products: on two busy cores, 1.6 M parameters wrote twelve times as much with one thread as with two.
    """
    return max(1, min(cores // 2, parameters // _PARAMETERS_A_THREAD))


@dataclass(frozen=True, eq=False)
class Task:
    """Something else to be done with the batch, between two tokens."""

    run: Callable[[Batch], Any]
    future: Future[Any]


class Worker:
    """A loaded model and its thread. The thread begins at once, by loading the model.

    Arguments:
        name: the model's, for messages.
        place: its folder, or its name on the hub.
        settings: how it is run.
    """

    def __init__(self, name: str, place: Path | str, settings: LocalSettings) -> None:
        self._name, self._place, self._settings = name, place, settings
        self._queue: queue.SimpleQueue[Job | Task | None] = queue.SimpleQueue()
        self._waiting: deque[Job] = deque()
        self._end: BaseException | None = None
        self._waited = 0
        self._thread = threading.Thread(target=self._main, name=f"model {name}", daemon=True)
        self._thread.start()

    def ask(self, request: Request, adapter: Hashable | None) -> Future[Answer]:
        """Let a request be answered by an adapter that is loaded, or by the plain model. Cancelling ends it."""
        job = Job(request, adapter)
        self._put(job, job.future)
        return job.future

    def call(self, run: Callable[[Batch], T]) -> Future[T]:
        """Let something else be done with the batch."""
        future: Future[T] = Future()
        self._put(Task(run, future), future)
        return future

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Stop the thread, after the token that it is at; whoever still waits is told. Returns when it has ended."""
        self._queue.put(None)
        self._thread.join()

    def _put(self, item: Job | Task, future: Future[Any]) -> None:
        self._queue.put(item)
        if self._end is not None:  # the thread has ended, and may not have seen it
            settle(future, error=self._end)

    def _main(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self._end = error
        else:
            self._end = EngineUnavailable(f"model {self._name!r} was closed while it was asked")
        while not self._queue.empty():
            item = self._queue.get()
            if item is not None:
                settle(item.future, error=self._end)

    @torch.inference_mode()
    def _work(self) -> None:
        loaded = load(self._name, self._place, self._settings)
        torch.set_num_threads(self._settings.threads or fitting_threads(loaded.parameters, os.cpu_count() or 1))
        batch = Batch(loaded, self._settings.cache_mb << 20)
        batch.check()
        while self._take(batch):
            joining = self._joining(batch)
            try:
                batch.join(joining)
                batch.step()
            except Exception as error:
                self._fail(batch, joining, error)
        self._fail(batch, [], EngineUnavailable(f"model {self._name!r} was closed while it was asked"))

    def _take(self, batch: Batch) -> bool:
        """Take in what has come, and wait for something when there is nothing to do; false at the end."""
        idle = not (batch.rows or self._waiting)
        while True:
            try:
                item = self._queue.get(block=idle, timeout=QUIET_S if self._waiting else None)
            except queue.Empty:
                return True
            if item is None:
                return False
            if isinstance(item, Task):
                self._do(item, batch)
            else:
                self._waiting.append(item)

    def _joining(self, batch: Batch) -> list[Job]:
        """Who is read now: nobody while it may pay to wait for more."""
        few = 0 < len(self._waiting) < PATIENCE
        if few and batch.rows and self._waited < PATIENCE:
            self._waited += 1
            return []
        self._waited = 0
        room = self._settings.batch - len(batch.rows)
        return [self._waiting.popleft() for _ in range(min(room, len(self._waiting)))]

    def _do(self, task: Task, batch: Batch) -> None:
        try:
            settle(task.future, task.run(batch))
        except Exception as error:
            settle(task.future, error=error)

    def _fail(self, batch: Batch, joining: list[Job], error: Exception) -> None:
        """Tell everybody who waits: those in the batch, those on their way into it, and those before it."""
        if isinstance(error, torch.OutOfMemoryError):
            error = EngineRefused(
                f"model {self._name!r}: out of memory: lower its `batch` or `cache_mb`, or take a smaller model"
            )
        batch.fail(error)
        for job in (*joining, *self._waiting):
            settle(job.future, error=error)
        self._waiting.clear()
