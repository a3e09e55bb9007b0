"""One episode in one file: a header line and a line per step, JSON in a single zstd frame.

The static text of prompts recurs at every step, so it is stored once and then referred to: the frame's
window reaches back over many steps. The frame is flushed after each step; another process can read a
trace while it is written, under the same name. A file is under its final name only when it is whole.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import msgspec
import zstandard

from automem.agent.record import Header, Step
from automem.disk import sync
from automem.errors import RunError
from automem.traces.lines import Lines, damaged, partial_of

FORMAT = 1
"""What `Header.format` must be; raised whenever a record's meaning changes."""

# Measured on 500-step episodes with 20 KB of messages a step: what a step repeats lies tens of kilobytes
# back, so a window above 2 MiB gains nothing; level 9 writes 5 % less in twice the time of level 6.
_LEVEL = 6
_WINDOW_LOG = 21


class Score(msgspec.Struct, frozen=True):
    """What a step came to: `number` and `progression` of a `Step`."""

    number: int
    progression: float = 0.0


S = TypeVar("S", Step, Score)

_encoder = msgspec.json.Encoder()
_steps = msgspec.json.Decoder(Step)
_scores = msgspec.json.Decoder(Score)
_headers = msgspec.json.Decoder(Header)


class Torn(RunError):
    """A trace ends before its end mark: it is still being written, or its writer was killed.

    Arguments:
        path: the file.
        steps: how many whole steps it holds; all of them have been given out.
    """

    def __init__(self, path: Path, steps: int) -> None:
        self.path = path
        self.steps = steps
        super().__init__(
            f"{path}: the trace ends after {steps} whole steps: its episode is still being played or was cut"
            " short; run the same `automem apply` again to play it to the end"
        )


class TraceWriter:
    """Writes the trace of one episode under `<name>.partial` until `finish` gives it its name.

    Arguments:
        path: the final name, `….jsonl.zst`; its folder must exist. What an earlier writer left behind
            under the partial name is replaced.
        header: the trace's first line.

    Leaving a `with` block without `finish` abandons the trace. Any `OSError` of the disk is passed on.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        self._partial = partial_of(path)
        parameters = zstandard.ZstdCompressionParameters.from_level(_LEVEL, window_log=_WINDOW_LOG, write_checksum=True)
        self._frame = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
        self._file = self._partial.open("wb")
        self._line(header)

    def write(self, step: Step) -> None:
        """Add a step; when this returns, another process can read it."""
        self._line(step)

    def finish(self) -> None:
        """End the frame and give the file its name; it survives a power cut once this returns."""
        self._file.write(self._frame.flush())
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._partial.replace(self.path)
        sync(self.path.parent)

    def abandon(self) -> None:
        """Remove what was written so far; does nothing to a finished trace."""
        if not self._file.closed:
            self._file.close()
            self._partial.unlink(missing_ok=True)

    def __enter__(self) -> TraceWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()

    def _line(self, record: Header | Step) -> None:
        self._file.write(self._frame.compress(_encoder.encode(record) + b"\n"))
        self._file.write(self._frame.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
        self._file.flush()


def read_header(path: Path) -> Header:
    """The first line of a trace, finished or live.

    Raises:
        Torn: not even the header is whole.
        RunError: no trace is there, or it is damaged or of another format.
    """
    with closing(_lines(path)) as lines:
        return _header(path, next(lines, b""))


def iter_steps(path: Path) -> Iterator[Step]:
    """The steps in order, each read when it is asked for, of a finished or a live trace.

    Raises:
        Torn: after the last whole step, when the trace has no end mark (yet).
        RunError: no trace is there, or it is damaged or of another format.
    """
    with closing(_lines(path)) as lines:
        _header(path, next(lines, b""))
        for number, line in enumerate(lines, 1):
            yield _step(path, number, line)


def iter_scores(path: Path) -> Iterator[Score]:
    """What each step came to, as `iter_steps` but without what was said, which takes most of the time.

    Raises:
        as `iter_steps`.
    """
    with closing(_lines(path)) as lines:
        _header(path, next(lines, b""))
        for number, line in enumerate(lines, 1):
            yield _record(path, number, line, _scores)


def read_step(path: Path, number: int) -> Step:
    """One step, counted from 1.

    Raises:
        Torn: the trace has no end mark (yet), and ends before that step.
        RunError: there is no such step or trace, or it is damaged or of another format.
    """
    last = 0
    with closing(_lines(path)) as lines:
        _header(path, next(lines, b""))
        for last, line in enumerate(lines, 1):
            if last == number:
                return _step(path, number, line)
    raise RunError(f"{path}: there is no step {number}; the episode has steps 1 to {last}")


def some_steps(path: Path, first: int, count: int) -> list[Step]:
    """Steps `first` to `first + count - 1`, or as many of them as there are, of a finished or a live trace.

    Only those asked for are decoded.

    Raises:
        RunError: no trace is there, or it is damaged or of another format.
    """
    steps = []
    with closing(Lines(path)) as lines:
        _header(path, lines.next() or b"")
        while lines.count < first + count and (line := lines.next()) is not None:
            if lines.count > first:
                steps.append(_step(path, lines.count - 1, line))
    return steps


class TraceReader:
    """Reads a trace as far as it is written, and goes on where it stopped once there is more.

    Arguments:
        path: the trace, finished or live.

    Raises:
        Torn: not even the header is whole.
        RunError: no trace is there, or it is damaged or of another format.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines = Lines(path)
        try:
            line = self._lines.next()
            if line is None:
                raise Torn(path, 0)
            self.header = _header(path, line)
        except BaseException:
            self.close()
            raise

    @property
    def finished(self) -> bool:
        """Whether all that was read is the whole trace, with its end mark."""
        return self._lines.ended

    def read(self) -> Step | None:
        """The next step; None where there is none, or none yet.

        Raises:
            RunError: the trace is damaged.
        """
        line = self._lines.next()
        return None if line is None else _step(self.path, self._lines.count - 1, line)

    def replaced(self) -> bool:
        """Whether another file has taken the trace's place, as when an episode that was cut short is played anew."""
        return not self._lines.is_at(self.path, partial_of(self.path))

    def close(self) -> None:
        """Give the file back."""
        self._lines.close()


def _lines(path: Path) -> Generator[bytes, None, None]:
    """All whole lines, the header's first; raises `Torn` where the file ends too early."""
    with closing(Lines(path)) as lines:
        while (line := lines.next()) is not None:
            yield line
        if not lines.ended:
            raise Torn(path, max(lines.count - 1, 0))


class _Format(msgspec.Struct):
    format: int


def _header(path: Path, line: bytes) -> Header:
    try:
        found = msgspec.json.decode(line, type=_Format).format
        if found != FORMAT:
            raise RunError(
                f"{path}: the trace has format {found}, this version of AutoMem reads format {FORMAT};"
                " read it with the version that wrote it"
            )
        return _headers.decode(line)
    except msgspec.MsgspecError as error:
        raise damaged(path, f"in line 1, its header: {error}") from error


def _step(path: Path, number: int, line: bytes) -> Step:
    return _record(path, number, line, _steps)


def _record(path: Path, number: int, line: bytes, decoder: msgspec.json.Decoder[S]) -> S:
    try:
        step = decoder.decode(line)
    except msgspec.MsgspecError as error:
        raise damaged(path, f"in line {number + 1}: {error}") from error
    if step.number != number:
        raise damaged(path, f"in line {number + 1}: step {step.number} stands where {number} belongs")
    return step
