"""A database of an older format becomes one of this format with what it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from automem.runs import schema
from automem.runs.records import Version
from automem.runs.store import Store


def test_older_candidates_belong_to_the_conditions_applied_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.db"
    with monkeypatch.context() as before:
        before.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:4])
        before.setattr(schema, "FORMAT", 4)
        with Store.open(path) as store:
            store.set("conditions", "1a2b3c4d: max_steps=60")
            store.add_version(Version(0, "hash", "toy", None, "first", ""))
            store._db.execute(
                "INSERT INTO candidates VALUES"
                " (1, 0, 0, 1, 1, 0, 'catalogue', 'rejected', '', 0, 'no', '', 'null', '{}', '', '')"
            )
    with Store.open(path) as store:
        (candidate,) = store.candidates()
    assert (candidate.status, candidate.conditions) == ("rejected", "1a2b3c4d: max_steps=60")
