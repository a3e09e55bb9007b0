"""What a run knows: typed reading and writing of `run.db`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

from automem.errors import RunError
from automem.runs.candidates import Candidate, candidate_from, candidate_row
from automem.runs.connection import connected, read_only
from automem.runs.costs import Cost, total
from automem.runs.records import Apply, Event, Recorded, Version, now
from automem.runs.schema import FORMAT, check_format, migrate
from automem.runs.trials import TrialRow, trial_from, trial_row
from automem.traces.summary import EpisodeRow

TASKS = "tasks"
"""The fact that holds the tasks in the order they were last asked for, as a JSON list."""

_COST = ", ".join(field.name for field in fields(Cost))
_SUMS = ", ".join(f"sum({field.name})" for field in fields(Cost))


class Store:
    """The database of one run. Use `Store.open` to write and `Store.read` to look."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Store]:
        """The database for the process that holds the run's lock, made or brought to this format.

        Raises:
            RunError: a newer version wrote it, or it is damaged.
        """
        with connected(str(path), path) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            database.execute("PRAGMA foreign_keys = ON")
            migrate(database, path)
            yield cls(database)

    @classmethod
    @contextmanager
    def read(cls, path: Path) -> Iterator[Store]:
        """The database, read only, at any time.

        Raises:
            RunError: there is none, it has another format, or it is damaged.
        """
        if not path.is_file():
            raise RunError(f"{path.parent} holds no run: {path.name} is missing")
        with connected(read_only(path), path) as database:
            found = check_format(database, path)
            if 0 < found < FORMAT:
                raise RunError(f"{path} has an older format; `automem apply` brings it to this one")
            if found == FORMAT:
                yield cls(database)
                return
        with connected(":memory:", path) as empty:  # the first apply was killed before it made the tables
            migrate(empty, path)
            yield cls(empty)

    @contextmanager
    def together(self) -> Iterator[None]:
        """All changes of the block, or none."""
        self._db.execute("BEGIN IMMEDIATE")
        with self._db:
            yield

    def get(self, name: str) -> str | None:
        """A fact about the run."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set(self, name: str, value: str) -> None:
        """Write a fact about the run."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def versions(self) -> list[Version]:
        """All versions, oldest first."""
        return [Version(*row) for row in self._db.execute("SELECT * FROM versions ORDER BY number")]

    def add_version(self, version: Version) -> None:
        """Record a new version."""
        self._db.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?)", astuple(version))

    def episodes(self) -> list[Recorded]:
        """Every episode the run knows, by version, stage, conditions (those met first before others), task and seed.

        Tasks come in the order that the last apply asked for them.
        """
        rows = self._db.execute(
            "SELECT e.*, v.name || ' v' || v.number AS scaffold, v.hash AS scaffold_hash FROM episodes AS e "
            "JOIN versions AS v ON v.number = e.version "
            "JOIN (SELECT conditions, min(rowid) AS met FROM episodes GROUP BY conditions) AS c "
            "ON c.conditions = e.conditions ORDER BY e.version, e.stage DESC, c.met, "
            "instr(?, '\"' || e.task || '\"'), e.task, e.seed, e.replay",
            (self.get(TASKS) or "",),
        )
        return [_recorded(row) for row in rows]

    def put_episode(self, recorded: Recorded) -> None:
        """Write an episode's row, replacing one of the same key."""
        row = recorded.row
        values: Mapping[str, Any] = {
            "key": row.key,
            "id": recorded.id,
            "version": recorded.version,
            "stage": row.stage,
            "env": row.env,
            "conditions": row.conditions,
            "task": row.task,
            "note": row.note,
            "seed": row.seed,
            "replay": row.replay,
            "status": row.status,
            "progression": row.progression,
            "steps": row.steps,
            "seconds": recorded.seconds,
            "trace_bytes": recorded.trace_bytes,
            "metrics": json.dumps(dict(row.metrics), allow_nan=False),
            "error": row.error,
            "changed": recorded.changed,
        }
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        changes = ", ".join(f"{name} = excluded.{name}" for name in values)
        # Not OR REPLACE: that would silently drop another episode if two ids ever met.
        query = f"INSERT INTO episodes ({names}) VALUES ({marks}) ON CONFLICT (key) DO UPDATE SET {changes}"  # noqa: S608 - own names
        self._db.execute(query, values)

    def file_episode(self, key: str, stage: str, conditions: str) -> None:
        """Bring an episode's row, if there is one, to the stage that asks for it now and the conditions of its key."""
        self._db.execute("UPDATE episodes SET stage = ?, conditions = ? WHERE key = ?", (stage, conditions, key))

    def file_seeds(self, stages: Mapping[int, str]) -> None:
        """Bring every row of these seeds to the stage that they belong to."""
        for (seed,) in self._db.execute("SELECT DISTINCT seed FROM episodes").fetchall():
            if seed in stages:
                self._db.execute("UPDATE episodes SET stage = ? WHERE seed = ?", (stages[seed], seed))

    def forget_episode(self, key: str) -> None:
        """Remove an episode's row; what it cost stays counted, as discarded."""
        self._db.execute("DELETE FROM episodes WHERE key = ?", (key,))
        self._db.execute("UPDATE costs SET discarded = 1 WHERE key = ?", (key,))

    def add_costs(self, key: str, costs: Mapping[str, Cost], *, discarded: bool = False) -> None:
        """Record what an episode's calls cost.

        Arguments:
            key: the episode's key.
            costs: role → cost.
            discarded: the answers were thrown away and no finished episode contains them.
        """
        for role, cost in costs.items():
            self._db.execute(
                f"INSERT INTO costs (key, role, discarded, {_COST}) VALUES (?, ?, ?{', ?' * len(fields(Cost))})",  # noqa: S608 - own names
                (key, role, int(discarded), *astuple(cost)),
            )

    def costs(self) -> dict[str, dict[str, Cost]]:
        """Of finished episodes: key → role → cost. Discarded answers are left out."""
        query = f"SELECT key, role, {_SUMS} FROM costs WHERE NOT discarded GROUP BY key, role"  # noqa: S608 - own names
        found: dict[str, dict[str, Cost]] = {}
        for key, role, *numbers in self._db.execute(query):
            found.setdefault(key, {})[role] = Cost(*numbers)
        return found

    def spent(self) -> dict[str, Cost]:
        """Role → cost of everything ever recorded, discarded answers included."""
        query = f"SELECT role, {_SUMS} FROM costs GROUP BY role ORDER BY role"  # noqa: S608 - own names
        return {role: Cost(*numbers) for role, *numbers in self._db.execute(query)}

    def total_spent(self) -> Cost:
        """The sum over all roles of `spent`."""
        return total(self.spent().values())

    def candidates(self) -> list[Candidate]:
        """Everything that was proposed, oldest first."""
        rows = self._db.execute("SELECT * FROM candidates ORDER BY number")
        return [candidate_from(dict(row)) for row in rows]

    def put_candidate(self, candidate: Candidate) -> None:
        """Write a candidate's row, replacing the one of its number; says itself when."""
        self._put("candidates", {**candidate_row(candidate), **_stamped(candidate.created)})

    def trials(self) -> list[TrialRow]:
        """Every trial of loop 2, oldest first."""
        return [trial_from(dict(row)) for row in self._db.execute("SELECT * FROM trials ORDER BY number")]

    def put_trial(self, trial: TrialRow) -> None:
        """Write a trial's row, replacing the one of its number; says itself when."""
        self._put("trials", {**trial_row(trial), **_stamped(trial.created)})

    def _put(self, table: str, values: Mapping[str, Any]) -> None:
        names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
        self._db.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608 - own names

    def begin_apply(self) -> int:
        """Record that an apply begins; gives its number."""
        started = self._db.execute("INSERT INTO applies (started, seconds, outcome) VALUES (?, 0, 'cut off')", (now(),))
        return int(started.lastrowid or 0)

    def update_apply(self, number: int, seconds: float, outcome: str | None = None) -> None:
        """Record how long an apply has played and, at its end, how it ended."""
        self._db.execute(
            "UPDATE applies SET seconds = ?, outcome = coalesce(?, outcome) WHERE number = ?",
            (seconds, outcome, number),
        )

    def applies(self) -> list[Apply]:
        """All applies, oldest first."""
        return [
            Apply(*row) for row in self._db.execute("SELECT started, seconds, outcome FROM applies ORDER BY number")
        ]

    def log(self, kind: str, text: str, episode: str = "") -> None:
        """Record an event."""
        self._db.execute(
            "INSERT INTO events (at, kind, episode, text) VALUES (?, ?, ?, ?)", (now(), kind, episode, text)
        )

    def events(self) -> list[Event]:
        """All events, oldest first."""
        return [Event(*row) for row in self._db.execute("SELECT at, kind, episode, text FROM events ORDER BY number")]


def _stamped(created: str) -> dict[str, str]:
    """When a row was made, which is now where that is not known yet, and when it was changed."""
    at = now()
    return {"created": created or at, "changed": at}


def _recorded(row: sqlite3.Row) -> Recorded:
    names = (
        "key",
        "stage",
        "scaffold",
        "scaffold_hash",
        "env",
        "conditions",
        "task",
        "note",
        "seed",
        "replay",
        "status",
    )
    found = ("progression", "steps", "error")
    return Recorded(
        row=EpisodeRow(**{n: row[n] for n in (*names, *found)}, metrics=json.loads(row["metrics"])),
        **{n: row[n] for n in ("id", "version", "seconds", "trace_bytes", "changed")},
    )
