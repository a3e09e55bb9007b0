"""The lines of a trace's file, read as far as they are written."""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import zstandard

from automem.errors import RunError

_CHUNK = 1 << 13


class Lines:
    """The whole lines of a trace, the header's first, each when it is asked for; `count` says how many were given.

    Arguments:
        path: the trace, finished or live.

    Raises:
        RunError: no trace is there, or it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _open(path)
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._whole: deque[bytes] = deque()
        self._pending = b""
        self.count = 0

    @property
    def ended(self) -> bool:
        """Whether the end mark has been read, and every line before it given."""
        return self._frame.eof and not self._whole

    def next(self) -> bytes | None:
        """The next line; None where the file holds no further whole one.

        Raises:
            RunError: the file is damaged.
        """
        while not self._whole:
            chunk = b"" if self._frame.eof else self._file.read(_CHUNK)
            if not chunk:
                return None
            self._take(chunk)
        self.count += 1
        return self._whole.popleft()

    def _take(self, chunk: bytes) -> None:
        known = self.count + len(self._whole)
        try:
            *whole, self._pending = (self._pending + self._frame.decompress(chunk)).split(b"\n")
        except zstandard.ZstdError as error:
            raise damaged(self._path, f"after line {known}: {error}") from error
        self._whole.extend(whole)
        if self._frame.eof and (self._pending or self._frame.unused_data or self._file.read(1)):
            raise damaged(self._path, f"after line {known + len(whole)}: text past the end")

    def is_at(self, *paths: Path) -> bool:
        """Whether one of `paths` is the file that is being read."""
        own = os.fstat(self._file.fileno())
        for path in paths:
            with suppress(FileNotFoundError):
                return os.path.samestat(path.stat(), own)
        return False

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


def partial_of(path: Path) -> Path:
    """Where a trace stands until it is whole."""
    return path.with_name(path.name + ".partial")


def _open(path: Path) -> BinaryIO:
    for name in (path, partial_of(path), path):  # a live trace may get its final name in between
        try:
            return name.open("rb")
        except FileNotFoundError:
            continue
        except OSError as error:
            raise RunError(f"{name}: the trace cannot be read: {error.strerror}") from error
    raise RunError(f"{path}: no trace is there; `automem runs show` lists the episodes of a run")


def damaged(path: Path, how: str) -> RunError:
    """What to say of a trace that is not as it was written."""
    return RunError(
        f"{path}: the trace is damaged {how}. Remove the file and run the same `automem apply` again:"
        " the episode is played anew"
    )
