"""Boxoban levels out of a folder of published level files."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from automem.envs.minihack.boxoban.level import Level, parse
from automem.errors import AutoMemError

FOLDERS = {"Boxoban-Hard": "hard", "Boxoban-Medium": "medium/train"}
"""Task → where in the published set its levels lie; the files and folders that BALROG's tasks read."""


class _File(NamedTuple):
    """A level file as it was when it was found; another size or time of change is another file."""

    path: Path
    size: int
    changed_ns: int


class _Content(NamedTuple):
    """How many levels a file says it has, and the SHA-256 of its bytes."""

    levels: int
    sha: bytes


class LevelFolder:
    """The levels of one task's `*.txt` files.

    A seed's level: the files are sorted by name and their levels counted through from 0; the one played has
    the number `h % n`, where `n` is how many levels there are and `h` is the first eight bytes, the highest
    first, of the SHA-256 of the UTF-8 text `<task> <seed>`. Only the file that holds it is parsed.

    Arguments:
        task: one of `FOLDERS`.
        folder: what holds `hard/*.txt` and `medium/train/*.txt`.

    Raises:
        AutoMemError: there are no levels for the task, or they cannot be read.
    """

    note = ""

    def __init__(self, task: str, folder: Path) -> None:
        self._task = task
        self._root = folder / FOLDERS[task]
        try:
            self._files = tuple(sorted(_files(self._root)))
        except OSError as error:
            raise _unreadable(error) from error
        if not any(self._counts()):
            raise AutoMemError(f"{task}: there are no levels in {self._root}/*.txt")

    @property
    def digest(self) -> str:
        """16 hexadecimal digits of a hash of every file's name and bytes, in order."""
        sha = hashlib.sha256()
        for file in self._files:
            sha.update(os.fsencode(file.path.name) + b"\n" + _content(file).sha)
        return sha.hexdigest()[:16]

    def level(self, seed: int) -> Level:
        """The level of a seed.

        Raises:
            AutoMemError: the file that holds it is malformed; the message says `file:line: what`.
        """
        counts = self._counts()
        chosen = hashlib.sha256(f"{self._task} {seed}".encode()).digest()[:8]
        number = int.from_bytes(chosen, "big") % sum(counts)
        for file, count in zip(self._files, counts, strict=True):
            if number < count:
                return _parsed(file)[number]
            number -= count
        raise AssertionError("unreachable: the number is below the sum of the counts")

    def _counts(self) -> list[int]:
        return [_content(file).levels for file in self._files]


def _files(folder: Path) -> Iterator[_File]:
    for path in folder.glob("*.txt"):
        if path.is_file():
            status = path.stat()
            yield _File(path, status.st_size, status.st_mtime_ns)


# The whole published set of a task is 450 files; both caches are per process.
@functools.lru_cache(maxsize=2048)
def _content(file: _File) -> _Content:
    data = _bytes(file)
    return _Content(data.count(b";"), hashlib.sha256(data).digest())  # well-formed, ';' is in no other place


@functools.lru_cache(maxsize=16)
def _parsed(file: _File) -> tuple[Level, ...]:
    levels = parse(_bytes(file).decode("utf-8", "replace"), str(file.path))
    if len(levels) != _content(file).levels:
        raise AutoMemError(f"{file.path}: changed while it was read; try again")
    return levels


def _bytes(file: _File) -> bytes:
    try:
        return file.path.read_bytes()
    except OSError as error:
        raise _unreadable(error) from error


def _unreadable(error: OSError) -> AutoMemError:
    return AutoMemError(f"Boxoban levels cannot be read: {error}")
