"""The conversation with a meta-model as it is kept: one line a message, on the disk before it is used.

A proposal that was cut off is gone on with by answering from these lines until they end, so that no answer is paid
for twice. An answer's cost is counted right after it is written, and `Paid` says that it was: a kill between the two
counts it again, never not at all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import msgspec

from automem.disk import sync
from automem.engines.base import encodable
from automem.engines.tools.base import Reply, ToolResult, ToolSpec
from automem.runs.costs import Cost

TRANSCRIPT_FORMAT = 2


class Head(msgspec.Struct, frozen=True, tag="begin"):
    """The first line: what makes a conversation this one."""

    proposer: str
    system: str
    tools: list[ToolSpec]
    task: str
    format: int = TRANSCRIPT_FORMAT


class Said(msgspec.Struct, frozen=True, tag="said"):
    """Something the model is told besides the task and results."""

    text: str


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """An answer, and what it cost."""

    reply: Reply
    cost: Cost


class Paid(msgspec.Struct, frozen=True, tag="paid"):
    """The cost of the answer before has been counted in the run."""


class Returned(msgspec.Struct, frozen=True, tag="returned"):
    """What a call gave."""

    result: ToolResult


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """What came of it: the text that was proposed, None where there is none, and why or what was said besides."""

    proposed: str | None
    said: str


Record = Head | Said | Answered | Paid | Returned | Ended
R = TypeVar("R", bound=Record)
_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


class StaleTranscript(Exception):
    """The program says something else than it did when the transcript was written."""


class Transcript:
    """One conversation: read when made, appended to while it goes on.

    Arguments:
        path: its file, which need not exist. A line torn by a kill or a loss of power is dropped, with all after it.
        head: whose conversation it is. Where the file is another's, it is kept under another name beside it.
        hide: takes out what no file may hold.
    """

    def __init__(self, path: Path, head: Head, hide: Callable[[str], str]) -> None:
        self._path, self._hide = path, hide
        head = self._as_kept(head)
        records, self._sound = _read(path)
        if records[:1] != [head]:
            self.set_aside()
            records = []
        self._records = records[1:]
        self._file = self._open()
        if not records:
            self._write(head)

    @property
    def replaying(self) -> bool:
        """Whether there is a record that has not been taken yet."""
        return bool(self._records)

    @property
    def ended(self) -> Ended | None:
        """How the conversation ended, if it did."""
        last = self._records[-1] if self._records else None
        return last if isinstance(last, Ended) else None

    def next_is(self, kind: type[R]) -> bool:
        """Whether the next record that has not been taken is of this kind."""
        return bool(self._records) and isinstance(self._records[0], kind)

    def take(self, kind: type[R]) -> R | None:
        """The next record; None when all have been taken.

        Raises:
            StaleTranscript: it is of another kind.
        """
        if not self._records:
            return None
        if not self.next_is(kind):
            raise StaleTranscript
        return cast(R, self._records.pop(0))

    def keep(self, record: R) -> R:
        """Write a record; what comes back is what the file holds. On return a loss of power does not undo it.

        Raises:
            StaleTranscript: not all that was recorded has been taken.
        """
        if self._records:
            raise StaleTranscript
        return self._write(record)

    def set_aside(self) -> None:
        """Give the file, where there is one, a name that is free."""
        if not self._path.exists():
            return
        number = 1
        while (other := self._path.with_suffix(f".{number}{self._path.suffix}")).exists():
            number += 1
        self._path.rename(other)
        self._sound = 0

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)

    def _open(self) -> int:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        os.ftruncate(file, self._sound)
        sync(self._path.parent)
        return file

    def _as_kept(self, record: R) -> R:
        return cast(R, _decoder.decode(self._line(record)))

    def _line(self, record: Record) -> bytes:
        text = json.dumps(msgspec.to_builtins(record), ensure_ascii=False)
        return self._hide(encodable(text)).encode()

    def _write(self, record: R) -> R:
        line = self._line(record)
        rest = line + b"\n"
        while rest:
            rest = rest[os.write(self._file, rest) :]
        os.fsync(self._file)
        return cast(R, _decoder.decode(line))


def read_transcript(path: Path) -> list[Record]:
    """The records of a transcript, without a torn end; none where there is no file."""
    return _read(path)[0]


def _read(path: Path) -> tuple[list[Record], int]:
    """The records, and the length in bytes of the sound part: everything before the first torn line."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return [], 0
    records: list[Record] = []
    sound = 0
    while (end := data.find(b"\n", sound)) >= 0:
        try:
            records.append(_decoder.decode(data[sound:end]))
        except (msgspec.DecodeError, UnicodeDecodeError):
            break
        sound = end + 1
    return records, sound
