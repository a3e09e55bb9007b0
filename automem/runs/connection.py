"""Connections to `run.db`, and what a person can do where one fails."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from automem.errors import RunError

_PASSING = ("is full", "disk I/O", "readonly database", "unable to open", "is locked")
"""What SQLite says where the surroundings are at fault, not the file."""


def read_only(path: Path) -> str:
    """The address that opens a database for reading, also where its folder cannot be written to.

    Readers of a database with a write-ahead log make files beside it. Where they cannot, and no apply has left a log
    there, the file is all there is, and SQLite may take it to stay as it is.
    """
    log = path.with_name(f"{path.name}-wal")
    alone = not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
    return f"file:{quote(str(path.absolute()))}?mode=ro{'&immutable=1' if alone else ''}"


@contextmanager
def connected(where: str, path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to an SQLite file, closed at the end.

    Autocommit: a transaction is where the caller says so, and nowhere else.

    Arguments:
        where: the file or its address, as sqlite3 takes it.
        path: the file, for messages.

    Raises:
        RunError: the file cannot be used.
    """
    database = sqlite3.connect(where, uri=where.startswith("file:"), isolation_level=None, timeout=30.0)
    database.row_factory = sqlite3.Row
    try:
        yield database
    except sqlite3.DatabaseError as error:
        if type(error) not in (sqlite3.DatabaseError, sqlite3.OperationalError):
            raise  # a broken rule of the tables is a bug, not damage
        remedy = "what was finished is kept; when that is mended the same command goes on"
        if not any(words in str(error) for words in _PASSING):
            remedy = (
                "if it is damaged, move it away and apply again: finished traces are set aside, and answers in "
                "journals are used again"
            )
        raise RunError(f"{path} cannot be used: {error}; {remedy}") from error
    finally:
        database.close()
