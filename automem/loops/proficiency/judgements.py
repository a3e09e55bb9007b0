"""A judge's answers as they are kept: one line each, on the disk before it counts, so that none is paid for twice."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from automem.disk import sync
from automem.engines.base import encodable
from automem.runs.costs import Cost


class Judgement(msgspec.Struct, frozen=True, tag="judged"):
    """What the judge said of one example.

    Arguments:
        asked: a hash of all that it was asked: the model, the instructions, the rubric, the example.
        example: the example's id.
        score: 0 to 10; None where it gave none.
        why: in its words, or why there is no score.
        cost: of the answer.
    """

    asked: str
    example: str
    score: float | None
    why: str
    cost: Cost


class Counted(msgspec.Struct, frozen=True, tag="counted"):
    """The cost of an answer has been counted in the run."""

    asked: str


_decoder: msgspec.json.Decoder[Judgement | Counted] = msgspec.json.Decoder(Judgement | Counted)


class Judgements:
    """The answers in a file, and those that are added. A kill between an answer and its count counts it again.

    Arguments:
        path: the file, which need not exist. A line torn by a kill or a loss of power is dropped, with all after it.
        hide: takes out what no file may hold.
    """

    def __init__(self, path: Path, hide: Callable[[str], str]) -> None:
        self._path, self._hide = path, hide
        self.known: dict[str, Judgement] = {}
        """By `asked`."""
        self._counted: set[str] = set()
        self._sound = self._read()

    def __enter__(self) -> Judgements:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        os.ftruncate(self._file, self._sound)
        sync(self._path.parent)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    @property
    def uncounted(self) -> list[Judgement]:
        """The answers whose cost has not been counted, as far as is known."""
        return [one for asked, one in self.known.items() if asked not in self._counted]

    def keep(self, judgement: Judgement) -> None:
        """Add an answer."""
        self._write(judgement)
        self.known[judgement.asked] = judgement

    def count(self, judgement: Judgement) -> None:
        """Note that the cost of an answer has been counted."""
        self._write(Counted(judgement.asked))
        self._counted.add(judgement.asked)

    def _read(self) -> int:
        """Take in what the file holds; gives the length in bytes of its sound part."""
        data = self._path.read_bytes() if self._path.is_file() else b""
        sound = 0
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            while (end := data.find(b"\n", sound)) >= 0:
                record = _decoder.decode(data[sound:end])
                if isinstance(record, Judgement):
                    self.known[record.asked] = record
                else:
                    self._counted.add(record.asked)
                sound = end + 1
        return sound

    def _write(self, record: Judgement | Counted) -> None:
        text = json.dumps(msgspec.to_builtins(record), ensure_ascii=False)
        rest = self._hide(encodable(text)).encode() + b"\n"
        while rest:
            rest = rest[os.write(self._file, rest) :]
        os.fsync(self._file)
