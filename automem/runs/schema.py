"""The tables of `run.db`, and how a database of an older format becomes one of this format."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from automem.errors import RunError

_FIRST = (
    """CREATE TABLE versions (
        number INTEGER PRIMARY KEY,
        hash TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        parent INTEGER REFERENCES versions (number),
        origin TEXT NOT NULL,
        created TEXT NOT NULL
    )""",
    """CREATE TABLE episodes (
        key TEXT PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        version INTEGER NOT NULL REFERENCES versions (number),
        stage TEXT NOT NULL,
        env TEXT NOT NULL,
        settings TEXT NOT NULL,
        task TEXT NOT NULL,
        seed INTEGER NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('done', 'owed')),
        progression REAL,
        steps INTEGER,
        seconds REAL,
        trace_bytes INTEGER,
        metrics TEXT NOT NULL,
        error TEXT NOT NULL,
        changed TEXT NOT NULL
    )""",
    """CREATE TABLE costs (
        key TEXT NOT NULL,
        role TEXT NOT NULL,
        discarded INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        uncounted INTEGER NOT NULL,
        input_tokens INTEGER NOT NULL,
        cached_tokens INTEGER NOT NULL,
        output_tokens INTEGER NOT NULL,
        usd REAL NOT NULL,
        priced INTEGER NOT NULL,
        seconds REAL NOT NULL
    )""",
    "CREATE INDEX costs_by_key ON costs (key)",
    """CREATE TABLE applies (
        number INTEGER PRIMARY KEY,
        started TEXT NOT NULL,
        seconds REAL NOT NULL,
        outcome TEXT NOT NULL
    )""",
    """CREATE TABLE events (
        number INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        episode TEXT NOT NULL,
        text TEXT NOT NULL
    )""",
)

_CONDITIONS = (
    # The settings alone stay as the conditions of old rows; an apply that asks for such an episode names the rest.
    "ALTER TABLE episodes RENAME COLUMN settings TO conditions",
)

_NOTE = ("ALTER TABLE episodes ADD COLUMN note TEXT NOT NULL DEFAULT ''",)

_CANDIDATES = (
    """CREATE TABLE candidates (
        number INTEGER PRIMARY KEY,
        root INTEGER NOT NULL REFERENCES versions (number),
        parent INTEGER NOT NULL REFERENCES versions (number),
        revision INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        continuation INTEGER NOT NULL,
        proposer TEXT NOT NULL,
        status TEXT NOT NULL,
        patch TEXT NOT NULL,
        version INTEGER REFERENCES versions (number),
        why TEXT NOT NULL,
        comment TEXT NOT NULL,
        decision TEXT NOT NULL,
        effects TEXT NOT NULL,
        created TEXT NOT NULL,
        changed TEXT NOT NULL
    )""",
    "ALTER TABLE episodes ADD COLUMN replay INTEGER NOT NULL DEFAULT 0",
)

_JUDGED = (
    "ALTER TABLE candidates ADD COLUMN conditions TEXT NOT NULL DEFAULT ''",
    "UPDATE candidates SET conditions = coalesce((SELECT value FROM meta WHERE name = 'conditions'), '')",
)

_TRIALS = (
    """CREATE TABLE trials (
        number INTEGER PRIMARY KEY,
        version INTEGER NOT NULL REFERENCES versions (number),
        conditions TEXT NOT NULL,
        proposer TEXT NOT NULL,
        status TEXT NOT NULL,
        recipe TEXT NOT NULL,
        recipe_hash TEXT NOT NULL,
        reason TEXT NOT NULL,
        expects TEXT NOT NULL,
        source INTEGER,
        counts TEXT NOT NULL,
        losses TEXT NOT NULL,
        seconds REAL NOT NULL,
        weights TEXT NOT NULL,
        played TEXT NOT NULL,
        tasks TEXT NOT NULL,
        effects TEXT NOT NULL,
        decision TEXT NOT NULL,
        why TEXT NOT NULL,
        created TEXT NOT NULL,
        changed TEXT NOT NULL
    )""",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _CONDITIONS, _NOTE, _CANDIDATES, _JUDGED, _TRIALS)
"""Step n (from 0) brings a database of format n to format n + 1. Later work appends; nothing is edited."""

FORMAT = len(MIGRATIONS)


def format_of(database: sqlite3.Connection) -> int:
    """The format a database has; 0 when it is empty."""
    known = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone()
    if known is None:
        return 0
    row = database.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
    return int(row[0]) if row else 0


def check_format(database: sqlite3.Connection, path: Path) -> int:
    """The format of a database that this version can read.

    Raises:
        RunError: a newer version wrote it.
    """
    found = format_of(database)
    if found > FORMAT:
        raise RunError(
            f"{path} has format {found}; this version knows formats up to {FORMAT}. "
            "Use the version of automem that wrote it, or another --runs folder"
        )
    return found


def migrate(database: sqlite3.Connection, path: Path) -> None:
    """Bring a database to this version's format, in one transaction.

    Raises:
        RunError: a newer version wrote it.
    """
    if check_format(database, path) == FORMAT:
        return
    database.execute("BEGIN IMMEDIATE")
    with database:
        database.execute("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        for statements in MIGRATIONS[format_of(database) :]:
            for statement in statements:
                database.execute(statement)
        database.execute("INSERT OR REPLACE INTO meta VALUES ('format', ?)", (str(FORMAT),))
