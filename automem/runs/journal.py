"""The answers an unfinished episode has received, kept so that none is ever paid for twice.

One line a call, written with a single `write` *before* the answer is used, so a process that is killed
loses no answer it has acted on; only the calls in flight at that instant are lost. Lines are not
synced one by one: a loss of power may cost the last seconds of answers. What an episode is *scored* by
(trace, memory, row) is synced when it finishes, and only then is its journal removed.

A resumed episode is played again from its first step. World and agent are deterministic, so they make
the same requests, and the journal answers them until it is exhausted.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from automem.agent.record import Role
from automem.engines.base import Answer, Request

JOURNAL_FORMAT = 1


class Head(msgspec.Struct, frozen=True):
    """The first line: whose answers these are."""

    format: int
    key: str


class Call(msgspec.Struct, frozen=True):
    """One answered call; `request` is the digest of what was asked, `prompt_chars` its length."""

    request: str
    role: Role
    prompt_chars: int
    answer: Answer


class StaleJournal(Exception):
    """The episode asks something else than the journal answers: the code has changed since."""


_encoder = msgspec.json.Encoder()
_head = msgspec.json.Decoder(Head)
_call = msgspec.json.Decoder(Call)


def digest(role: Role, request: Request) -> str:
    """A hash of everything in a request that can change the answer; its `ends` follow from the scaffold's ops,
    which the journal's key covers.
    """
    said = [[message.speaker, message.text] for message in request.messages]
    parts = [role, said, request.temperature, request.max_tokens, request.top_p, request.seed, request.stop]
    return hashlib.sha256(_encoder.encode(parts)).hexdigest()[:32]


class Journal:
    """The journal of one episode: read when made, appended to while the episode is played.

    Arguments:
        path: its file, which need not exist.
        key: the episode's key; a file of another key is treated as stale.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key
        self._file: int | None = None
        self._next = 0
        head, self.calls, self._sound_bytes = _read(path)
        self._foreign = head is not None and head != Head(JOURNAL_FORMAT, key)

    def rewind(self) -> None:
        """Begin answering from the first call again."""
        self._next = 0

    def replay(self, request: str) -> Answer | None:
        """The recorded answer to the next call, or None when all have been given.

        Arguments:
            request: the digest of what is asked.

        Raises:
            StaleJournal: the next recorded call asked something else.
        """
        if self._foreign:
            raise StaleJournal
        if self._next == len(self.calls):
            return None
        call = self.calls[self._next]
        if call.request != request:
            raise StaleJournal
        self._next += 1
        return call.answer

    def append(self, call: Call) -> None:
        """Record a fresh answer; on return it survives the death of this process."""
        if self._file is None:
            self._file = self._open()
        _write(self._file, _encoder.encode(call))
        self.calls.append(call)
        self._next += 1

    def close(self) -> None:
        """Give the file back; what is recorded stays."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def remove(self) -> None:
        """Forget all answers, on disk too."""
        self.close()
        self._path.unlink(missing_ok=True)
        self.calls, self._sound_bytes, self._foreign, self._next = [], 0, False, 0

    def _open(self) -> int:
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        os.ftruncate(file, self._sound_bytes)
        if self._sound_bytes == 0:
            _write(file, _encoder.encode(Head(JOURNAL_FORMAT, self._key)))
        return file


def recorded_calls(path: Path) -> list[Call]:
    """The calls that a journal file holds."""
    return _read(path)[1]


def _write(file: int, line: bytes) -> None:
    line += b"\n"
    while line:
        line = line[os.write(file, line) :]


def _read(path: Path) -> tuple[Head | None, list[Call], int]:
    """Head, calls and the length in bytes of the sound part: everything before the first torn line."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None, [], 0
    head: Head | None = None
    calls: list[Call] = []
    sound = 0
    while (end := data.find(b"\n", sound)) >= 0:
        try:
            if head is None:
                head = _head.decode(data[sound:end])
            else:
                calls.append(_call.decode(data[sound:end]))
        except (msgspec.DecodeError, UnicodeDecodeError):
            break
        sound = end + 1
    return head, calls, sound
