"""Memory at any step, rebuilt from the op records of a trace."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError

from automem.agent.record import Header, Op, Step
from automem.errors import RunError
from automem.memory.memory import Memory
from automem.memory.outcome import Call
from automem.memory.schema import FileSchema, Limits
from automem.traces.ops import writes
from automem.traces.store import iter_steps, read_header


class Unfaithful(RunError):
    """Running an op record again does not give what the record says."""


class Replayer:
    """The memory of an episode while its steps are gone through, first to last.

    Arguments:
        header: of the episode's trace.

    Raises:
        RunError: the header does not describe a memory.
    """

    def __init__(self, header: Header) -> None:
        self._folder = _place()
        try:
            self._memory = _start(header, Path(self._folder.name, "memory"))
        except BaseException:
            self._folder.cleanup()
            raise

    def follow(self, step: Step) -> None:
        """Carry out what `step` did to memory.

        Raises:
            Unfaithful: an op does something else than when it was recorded.
        """
        for _ in _carry_out(self._memory, [step]):
            pass

    def contents(self) -> dict[str, str]:
        """File name → text after the last step that was followed."""
        return self._memory.contents()

    def close(self) -> None:
        """Remove the files; may be called again."""
        self._memory.close()
        self._folder.cleanup()


def replay(header: Header, steps: Iterable[Step], folder: Path) -> Memory:
    """The memory after `steps`, which begin with the episode's first.

    Arguments:
        folder: an empty or absent directory for the files; close the memory when done with it.

    Raises:
        Unfaithful: an op does something else than when it was recorded.
        RunError: the header does not describe a memory, or the steps cannot be read.
    """
    memory = _start(header, folder)
    try:
        for _ in _carry_out(memory, steps):
            pass
    except BaseException:
        memory.close()
        raise
    return memory


def changes(path: Path) -> Iterator[tuple[Step, Op, str, str]]:
    """Every write of a recorded episode that ran, with its file's text before and after.

    Arguments:
        path: the trace, finished or live.

    Raises:
        Torn, Unfaithful, RunError: as `memory_at`.
    """
    with _place() as folder:
        memory = _start(read_header(path), Path(folder, "memory"))
        texts = memory.contents()
        with closing(memory):
            for step, op in _carry_out(memory, iter_steps(path)):
                before, texts[op.file] = texts.get(op.file, ""), memory.view(op.file).text
                yield step, op, before, texts[op.file]


def _carry_out(memory: Memory, steps: Iterable[Step]) -> Iterator[tuple[Step, Op]]:
    """Run the writes of `steps` again, and give each once it has run."""
    for step in steps:
        for op in step.ops:
            if op.status == "ok" and writes(op):
                _again(memory, step.number, op)
                yield step, op


def memory_at(path: Path, step: int | None, folder: Path) -> Memory:
    """The memory of a recorded episode.

    Arguments:
        path: the trace, finished or live.
        step: the step after whose ops, 0 for the beginning; None for the end of the episode.
        folder: an empty or absent directory for the files; close the memory when done with it.

    Raises:
        Torn: the trace ends before that step.
        Unfaithful, RunError: as `replay`; or the episode has no such step.
    """
    steps = iter_steps(path)
    if step is None:
        return replay(read_header(path), steps, folder)
    return replay(read_header(path), _until(path, steps, step), folder)


def contents_at(path: Path, step: int | None = None) -> dict[str, str]:
    """File name → text after a step, or at the end; arguments and errors as `memory_at`."""
    with _place() as folder:
        memory = memory_at(path, step, Path(folder, "memory"))
        memory.close()
        return memory.contents()


def verify(path: Path, directory: Path) -> list[str]:
    """How an episode's final directory differs from what its op records give; empty when it does not.

    Arguments:
        path: the finished trace.
        directory: the memory directory the episode left behind.

    Raises:
        RunError: the trace or the directory cannot be read.
    """
    try:
        replayed = {name: text.encode() for name, text in contents_at(path).items()}
    except Unfaithful as difference:
        return [str(difference)]
    try:
        real = {file.name: file.read_bytes() for file in directory.iterdir()}
    except OSError as error:
        raise RunError(f"{directory}: the memory directory cannot be read: {error.strerror}") from error
    differences = [f"{name}: not in the directory" for name in sorted(replayed.keys() - real.keys())]
    differences += [f"{name}: not in the op records" for name in sorted(real.keys() - replayed.keys())]
    for name in sorted(replayed.keys() & real.keys()):
        if replayed[name] != real[name]:
            differences.append(f"{name}: {_first_difference(replayed[name], real[name])}")
    return differences


def _until(path: Path, steps: Iterator[Step], last: int) -> Iterator[Step]:
    played = 0
    for step in islice(steps, last):
        yield step
        played += 1
    if played < last:
        raise RunError(f"{path}: there is no step {last}; the episode has steps 1 to {played}")


def _place() -> TemporaryDirectory[str]:
    """A folder for the files of a replay, in memory where the system has such a place: each write is carried out."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    usable = shared.is_dir() and os.access(shared, os.W_OK)
    return TemporaryDirectory(prefix="automem-replay-", dir=shared if usable else None)


def _start(header: Header, folder: Path) -> Memory:
    described: dict[str, Any] = header.memory
    try:
        create = described["create"]
        return Memory(
            folder,
            {name: FileSchema.model_validate(schema) for name, schema in described["files"].items()},
            None if create is None else FileSchema.model_validate(create),
            described["max_files"],
            Limits.model_validate(described["limits"]),
            described["initial"],
        )
    except (KeyError, ValidationError) as error:
        raise RunError(
            f"episode {header.key[:12]}: its trace does not describe the memory it began with: {error}"
        ) from error


def _again(memory: Memory, step: int, op: Op) -> None:
    call = Call(op.verb, op.file, op.args)
    outcome = memory.run(call, by="engine" if op.role == "engine" else "agent")
    if (outcome.status, outcome.before_chars, outcome.after_chars) != (op.status, op.before, op.after):
        raise Unfaithful(
            f"{op.file}: {op.op} in step {step} was recorded as {op.status}, {op.before} to {op.after}"
            f" characters; run again it is {outcome.status}, {outcome.before_chars} to"
            f" {outcome.after_chars} {outcome.detail}".rstrip()
        )


def _first_difference(replayed: bytes, real: bytes) -> str:
    place = next((i for i, (a, b) in enumerate(zip(replayed, real, strict=False)) if a != b), None)
    at = min(len(replayed), len(real)) if place is None else place
    return f"differs from byte {at} on ({len(replayed)} bytes in the op records, {len(real)} in the directory)"
