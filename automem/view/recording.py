"""One episode, made ready to be shown a chunk at a time while it is read, also while it is still being played."""

from __future__ import annotations

import zlib
from pathlib import Path
from threading import RLock

import msgspec

from automem.agent.record import Header, Step
from automem.errors import RunError
from automem.traces.replay import Replayer, Unfaithful
from automem.traces.store import TraceReader, some_steps
from automem.view.format import CHUNK_STEPS, MARKS_STEPS, TURNS_STEPS, Chunk, Marks
from automem.view.hunks import Hunk, hunks
from automem.view.telling import mark, step_view, turns_of

_encode = msgspec.json.Encoder().encode


class Recording:
    """The trace of one episode. The trace is read once, as far as is asked for; chunks are kept, compressed.

    May be used by several threads.

    Arguments:
        trace: its file, finished or live.

    Raises:
        RunError: there is no trace, or not yet the beginning of one.
    """

    def __init__(self, trace: Path) -> None:
        self.trace = trace
        self.edition = 0
        self._lock = RLock()
        self._closed = False
        self._begin()

    def _begin(self) -> None:
        self._reader = TraceReader(self.trace)
        self.header: Header = self._reader.header
        self.actions: list[str] = []
        self.progression: float = 0.0
        self._chunks: list[bytes] = []
        self._marks: list[Marks] = []
        self._memory = _Memory(self.header)
        self._open = self._next_chunk(1)

    @property
    def steps(self) -> int:
        """How many steps have been read."""
        return len(self.actions)

    @property
    def ended(self) -> bool:
        """Whether every step of a finished episode has been read."""
        return self._reader.finished

    def refresh(self) -> None:
        """Take in what has been played since; begin anew where the episode was.

        Raises:
            RunError: the trace is damaged, or gone until the episode is played anew.
        """
        with self._lock:
            if not self._closed and self._reader.replaced():
                self.close()
                self.edition += 1
            self._read(None)

    def chunk(self, number: int) -> bytes | None:
        """A `format.Chunk` as JSON, counted from 0; None where the episode does not reach it (yet).

        Raises:
            RunError: the trace is damaged before its end.
        """
        with self._lock:
            self._read((number + 1) * CHUNK_STEPS)
            if number < len(self._chunks):
                return zlib.decompress(self._chunks[number])
            return self._open_chunk() if number == len(self._chunks) and self._open.steps else None

    def marks(self, number: int) -> bytes | None:
        """A `format.Marks` as JSON; otherwise as `chunk`."""
        with self._lock:
            self._read((number + 1) * MARKS_STEPS)
            if number >= len(self._marks):
                return None
            found = self._marks[number]
            complete = self.ended or len(found.actions) == MARKS_STEPS
            return _encode(msgspec.structs.replace(found, complete=complete))

    def turns(self, number: int) -> bytes | None:
        """A `format.Turns` as JSON; otherwise as `chunk`."""
        first = number * TURNS_STEPS + 1
        steps = some_steps(self.trace, first, TURNS_STEPS)
        return _encode(turns_of(first, steps)) if steps else None

    def actions_before(self, step: int) -> list[str]:
        """What was done before a step, counted from 1.

        Raises:
            RunError: there is no such step (yet).
        """
        with self._lock:
            self._read(step)
            if not 1 <= step <= self.steps:
                raise RunError(f"{self.trace}: there is no step {step}; the episode has steps 1 to {self.steps}")
            return self.actions[: step - 1]

    def close(self) -> None:
        """Give back files and memory; whoever asks again makes it read anew."""
        with self._lock:
            self._closed = True
            self._reader.close()
            self._memory.close()

    def _read(self, upto: int | None) -> None:
        """Read on until there are that many steps, or all there are."""
        if self._closed:
            self._begin()
            self._closed = False
        while (upto is None or self.steps < upto) and (step := self._reader.read()) is not None:
            self._take(step)

    def _take(self, step: Step) -> None:
        self.actions.append(step.action)
        self.progression = step.progression
        if (step.number - 1) % MARKS_STEPS == 0:
            self._marks.append(Marks(step.number, False, [], [], [], [], [], [], []))
        mark(self._marks[-1], step)
        self._open.steps.append(msgspec.Raw(_encode(step_view(step, self._memory.follow(step)))))
        if len(self._open.steps) == CHUNK_STEPS:
            self._chunks.append(zlib.compress(self._open_chunk(), 1))
            self._open = self._next_chunk(step.number + 1)

    def _next_chunk(self, first: int) -> Chunk:
        return Chunk(first, False, dict(self._memory.files), [])

    def _open_chunk(self) -> bytes:
        complete = self.ended or len(self._open.steps) == CHUNK_STEPS
        return _encode(msgspec.structs.replace(self._open, complete=complete, trouble=self._memory.trouble))


class _Memory:
    """The memory directory along an episode: its files' lines, and what each step changes in them.

    Where the op records do not give what they say, `trouble` says so, and memory is told no further.
    """

    def __init__(self, header: Header) -> None:
        self.files: dict[str, list[str]] = {}
        self._texts: dict[str, str] = {}
        self.trouble = ""
        self._replayer: Replayer | None = None
        try:
            self._replayer = Replayer(header)
        except RunError as error:
            self.trouble = str(error)
        else:
            self._compare()

    def follow(self, step: Step) -> dict[str, list[Hunk]]:
        if self._replayer is None:
            return {}
        try:
            self._replayer.follow(step)
        except Unfaithful as error:
            self.trouble = f"memory is not known from step {step.number} on: {error}"
            self.close()
            return {}
        return self._compare()

    def _compare(self) -> dict[str, list[Hunk]]:
        contents = self._replayer.contents() if self._replayer else self._texts
        changed = {}
        for name, text in contents.items():
            if text != self._texts.get(name):
                before, after = self.files.get(name, []), text.split("\n")
                changed[name] = hunks(before, after)
                self.files[name] = after
        self._texts = contents
        return changed

    def close(self) -> None:
        if self._replayer is not None:
            self._replayer.close()
            self._replayer = None
