"""One environment in a process of its own, so that its crash or hang is one owed episode and no more.

The process is forked from a server that has the world imported already, so that starting one takes
milliseconds. It reads requests from a pipe and answers each; it ends when the pipe or the parent does.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import multiprocessing
import os
import pickle
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator, Mapping
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, NoReturn

import msgspec

from automem.envs import WORLDS
from automem.envs.base import Environment, Observation, World
from automem.envs.pictures import draw
from automem.errors import AutoMemError, EnvironmentFailure, Owed

# How long a process that is asked to end may take, in seconds, before it is killed.
_GRACE_S = 5.0

_CONTEXT: ForkServerContext | SpawnContext = (
    multiprocessing.get_context("forkserver")
    if "forkserver" in multiprocessing.get_all_start_methods()
    else multiprocessing.get_context("spawn")
)
_STARTING = threading.Lock()


class _Trouble(NamedTuple):
    """The child's answer when the world raised.

    Arguments:
        said: what the world says or does wrong, or the traceback of its exception.
        refused: it is an `AutoMemError` about what was asked for, a start or a picture, and no failure of the world.
    """

    said: str
    refused: bool


class _WrongAnswer(Exception):
    """The world gives something that no observation may hold; the message says what."""


class RemoteEnvironment:
    """An environment played by another process; made by `start_remote`, used by one caller at a time.

    Arguments:
        process: the child, already running.
        connection: our end of its pipe.
        folder: where its temporary files lie; removed when the process is gone.
        label: which episode this is, for messages.
        timeout_s: how long one answer may take, in seconds.
    """

    def __init__(
        self,
        process: BaseProcess,
        connection: Connection,
        folder: Path,
        label: str,
        timeout_s: float,
    ) -> None:
        self._process = process
        self._connection = connection
        self._folder = folder
        self._label = label
        self._timeout_s = timeout_s
        self._steps = 0

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._process.pid

    async def reset(self) -> Observation:
        """The first observation.

        Raises:
            EnvironmentFailure: as for `step`.
            AutoMemError: the world refuses what it was asked for, such as a setting.
        """
        return await self._observe(None)

    async def step(self, action: str) -> Observation:
        """Play one action.

        Raises:
            EnvironmentFailure: the world crashed, raised, was killed, gave no answer in time, or one that is none.
                The process is gone.
        """
        self._steps += 1
        return await self._observe(action)

    async def draw(self, size: int) -> bytes:
        """A PNG of what is seen now; its longer side has `size` pixels.

        Raises:
            EnvironmentFailure: as for `step`.
            AutoMemError: the world has no pictures, or none of that size; the process is gone too.
        """
        answer = await self._ask(size)
        if not isinstance(answer, bytes):
            raise self._failure("it gives an observation where a picture was asked for")
        return answer

    async def close(self) -> None:
        """End the process: in peace if it can, by force if it must. May be called again."""
        self._connection.close()
        if self._process.is_alive() and not await _readable(self._process.sentinel, _GRACE_S):
            self._process.kill()
            await _readable(self._process.sentinel, _GRACE_S)
        self._process.join(0)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _observe(self, request: str | None) -> Observation:
        answer = await self._ask(request)
        if not isinstance(answer, Observation):
            raise self._failure("it gives a picture where an observation was asked for")
        return answer

    async def _ask(self, request: str | int | None) -> Observation | bytes:
        try:
            self._connection.send(request)
            answered = await _readable(self._connection.fileno(), self._timeout_s)
            answer = self._connection.recv() if answered else None
        except asyncio.CancelledError:
            self._connection.close()  # an answer nobody waits for must not be taken for the next one
            raise
        except (EOFError, OSError):
            await self.close()
            raise self._failure(f"its process ended by itself, {_exit(self._process.exitcode)}") from None
        if isinstance(answer, Observation | bytes):
            return answer
        if answer is None:
            self._process.kill()
        await self.close()
        if answer is None:
            raise self._failure(f"no answer within {self._timeout_s:g} s, so its process was killed")
        if answer.refused:
            raise AutoMemError(answer.said)
        raise self._failure(answer.said)

    def _failure(self, what: str) -> EnvironmentFailure:
        return EnvironmentFailure(f"{self._label}, step {self._steps}: {what}")


async def start_remote(
    world_name: str, task: str, seed: int, settings: Mapping[str, Any], timeout_s: float
) -> RemoteEnvironment:
    """Start a process for one episode.

    Arguments:
        world_name: as in the registry of worlds.
        task: one of the world's tasks.
        seed: the episode's.
        settings: the world's own; wrong ones are reported by `reset`.
        timeout_s: how long the answer to one reset or step may take, in seconds.

    Raises:
        UnknownPart: there is no such world.
        AutoMemError: the world cannot be sent to another process.
        EnvironmentFailure: no process could be started.
    """
    world = WORLDS.load(world_name)
    label = f"{world_name}, task {task}, seed {seed}"
    try:
        parts = await asyncio.to_thread(_launch, world, task, seed, dict(settings))
    except (OSError, EOFError) as error:
        remedy = "; set TMPDIR to a folder with a shorter path" if "path too long" in str(error) else ""
        raise EnvironmentFailure(f"{label}: its process could not be started: {error}{remedy}") from error
    except (AttributeError, TypeError, pickle.PicklingError) as error:
        remedy = "define its class at the top level of a module"
        raise AutoMemError(f"{label}: the world cannot be sent to another process; {remedy}: {error}") from error
    return RemoteEnvironment(*parts, label, timeout_s)


def _launch(world: World, *episode: Any) -> tuple[BaseProcess, Connection, Path]:
    """Start the child; give our end of its pipe, and the folder that it makes for its temporary files.

    The first call also starts the server that children are forked from, with that call's world imported.
    Runs in a thread, to its end even if nobody waits any more: an end of the pipe that is dropped closes,
    and the child leaves.
    """
    home = type(world).__module__
    ours, theirs = multiprocessing.Pipe()
    folder = Path(tempfile.gettempdir(), f"automem-{secrets.token_hex(8)}")
    process = _CONTEXT.Process(target=_serve, args=(theirs, str(folder), world, *episode), daemon=True)
    with _STARTING, theirs:
        _CONTEXT.set_forkserver_preload([__name__, home])
        with contextlib.nullcontext() if home == "__main__" else _no_main_module():
            process.start()
    return process, ours, folder


@contextlib.contextmanager
def _no_main_module() -> Iterator[None]:
    """Keep `multiprocessing` from running the program's main script again in every child.

    A child would run it for the sake of what is defined there. Nothing of ours is, and a script such as
    the installed command line would import for a second all that a child never uses.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


async def _readable(descriptor: int, seconds: float) -> bool:
    """Whether within `seconds` there is something to read, or the other end is gone."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[bool] = loop.create_future()

    def settle(readable: bool) -> None:
        if not ready.done():
            ready.set_result(readable)

    loop.add_reader(descriptor, settle, True)
    timer = loop.call_later(seconds, settle, False)
    try:
        # Not `wait_for`: before Python 3.12 it drops a cancellation that arrives together with the answer.
        return await ready
    finally:
        timer.cancel()
        loop.remove_reader(descriptor)


def _exit(code: int | None) -> str:
    """Words for a process's exit code."""
    if code is None:
        return "and how is not known"
    if code < 0:
        return f"by signal {-code} ({signal.strsignal(-code)})"
    return f"with exit code {code}"


def _serve(connection: Connection, folder: str, world: World, task: str, seed: int, settings: dict[str, Any]) -> None:
    """The child: answer requests until the parent closes the pipe, or something goes wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    signal.signal(signal.SIGTERM, lambda number, frame: _leave(folder))  # how a parent that exits ends its children
    Path(folder).mkdir(mode=0o700)
    tempfile.tempdir = folder  # a game that is killed leaves its files where the parent removes them
    threading.Thread(target=_die_with_parent, args=(folder,), daemon=True).start()
    environment: Environment | None = None
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            request = connection.recv()
            try:
                if environment is None:
                    environment = world.start(task, seed, settings)
                answer = _answer(environment, request)
            except Exception as error:
                connection.send(_trouble(error, refusable=not isinstance(request, str)))
                break
            connection.send(answer)
    if environment is not None:
        environment.close()
    shutil.rmtree(folder, ignore_errors=True)


def _answer(environment: Environment, request: str | int | None) -> Observation | bytes:
    """What a request comes to: an action is played, a size drawn, None begins the episode."""
    if isinstance(request, int):
        return draw(environment, request)
    return _checked(environment.reset() if request is None else environment.step(request))


def _die_with_parent(folder: str) -> None:
    """Leave as soon as the parent is gone, even in the middle of a step that never ends; leave nothing behind."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        _leave(folder)


def _leave(folder: str) -> NoReturn:
    """End this process at once, and leave nothing behind."""
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _checked(observation: Observation) -> Observation:
    """The observation, if its text, data and numbers can be stored and sent anywhere."""
    for name in ("progression", "reward"):
        value = getattr(observation, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise _WrongAnswer(f"the world gives {value!r:.60} as {name}, where a finite int or float belongs")
    observation.text.encode("utf-8")
    msgspec.json.encode(observation.data)
    return observation


def _trouble(error: Exception, *, refusable: bool) -> _Trouble:
    """What goes wrong with a start or a picture may be what was asked for; with an action it is the world."""
    if refusable and isinstance(error, AutoMemError) and not isinstance(error, Owed):
        return _Trouble(str(error), refused=True)
    if isinstance(error, _WrongAnswer):
        return _Trouble(str(error), refused=False)
    raised = "".join(traceback.format_exception(error)).rstrip()
    return _Trouble(f"the world raised an exception\n{raised}", refused=False)
