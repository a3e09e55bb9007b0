"""Files and rows that a crash, a full disk or a person tore apart are put in order at the next apply."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable

import pytest

from automem.errors import RunError
from automem.loops.plan import plan
from automem.runs import RunFolder, schema, show_run

from .conftest import Asked
from .making import Lab, final_state
from .test_kill import assert_tidy

ONE = {"select": 42}


def _only(folder: RunFolder) -> str:
    (trace,) = folder.traces.glob("*.jsonl.zst")
    return trace.name.removesuffix(".jsonl.zst")


def _cut_trace(folder: RunFolder) -> None:
    trace = folder.trace(_only(folder))
    trace.write_bytes(trace.read_bytes()[:-20])


def _lose_trace(folder: RunFolder) -> None:
    folder.trace(_only(folder)).unlink()


def _spoil_trace_and_lose_memory(folder: RunFolder) -> None:
    trace = folder.trace(_only(folder))
    trace.write_bytes(bytes(trace.stat().st_size))
    shutil.rmtree(folder.memories)


@pytest.mark.parametrize("damage", [_cut_trace, _lose_trace, _spoil_trace_and_lose_memory])
def test_a_row_without_its_trace_is_owed_again(lab: Lab, asked: Asked, damage: Callable[[RunFolder], None]) -> None:
    lab.apply(seeds=ONE)
    expected, calls = final_state(lab.run), asked()
    damage(lab.run)
    again = lab.apply(seeds=ONE)
    assert (again.played, again.reused) == (1, 0)
    assert "owed again" in lab.events("mended")[0]
    assert asked() == 2 * calls == sum(cost.calls for cost in lab.details().spent.values())
    assert final_state(lab.run) == expected
    assert_tidy(lab)


def test_a_lost_memory_directory_is_rebuilt_from_the_trace(lab: Lab, asked: Asked) -> None:
    lab.apply(seeds=ONE)
    expected, calls = final_state(lab.run), asked()
    shutil.rmtree(lab.run.memories)
    assert lab.apply(seeds=ONE).reused == 1
    assert asked() == calls
    assert final_state(lab.run) == expected


def test_what_a_lost_database_knew_is_set_aside(lab: Lab, asked: Asked) -> None:
    lab.apply(seeds=ONE)
    episode = _only(lab.run)
    trace = lab.run.trace(episode).read_bytes()
    for file in lab.run.path.glob("run.db*"):
        file.unlink()
    assert lab.apply(seeds=ONE).played == 1
    assert (lab.run.set_aside / f"{episode}.jsonl.zst").read_bytes() == trace
    assert (lab.run.set_aside / episode / "map.md").is_file()


def test_half_made_files_are_removed(lab: Lab, asked: Asked) -> None:
    lab.apply(seeds=ONE)
    (lab.run.traces / "x.jsonl.zst.partial").write_bytes(b"x")
    (lab.run.memories / "x.partial").mkdir()
    (lab.run.memories / "x.partial" / "map.md").write_text("x")
    (lab.run.traces / "notes.txt").write_text("a person's own")
    lab.apply(seeds=ONE)
    assert_tidy(lab)
    assert (lab.run.traces / "notes.txt").is_file()
    assert lab.events("mended") == ["removed 2 half-made files of an apply that was cut off"]


def test_a_damaged_database_says_what_to_do(lab: Lab, asked: Asked) -> None:
    lab.apply(seeds=ONE)
    for file in lab.run.path.glob("run.db-*"):
        file.unlink()
    lab.run.database.write_bytes(b"no database at all" * 100)
    with pytest.raises(RunError, match="move it away"):
        lab.apply(seeds=ONE)
    with pytest.raises(RunError, match="move it away"):
        show_run("lab", lab.runs)


def test_a_newer_format_is_left_alone(lab: Lab, asked: Asked) -> None:
    lab.apply(seeds=ONE)
    with sqlite3.connect(lab.run.database) as database:
        database.execute("UPDATE meta SET value = '99' WHERE name = 'format'")
    database.close()
    for use in (lab.details, lambda: lab.apply(seeds=ONE)):
        with pytest.raises(RunError, match="format 99"):
            use()


def test_an_older_format_is_brought_up(lab: Lab, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.apply(seeds=ONE)
    later = (*schema.MIGRATIONS, ("CREATE TABLE patches (number INTEGER PRIMARY KEY)",))
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    monkeypatch.setattr(schema, "FORMAT", len(later))
    assert lab.apply(seeds=ONE).reused == 1
    with sqlite3.connect(lab.run.database) as database:
        assert database.execute("SELECT count(*) FROM patches").fetchone() == (0,)
        assert schema.format_of(database) == len(later)
    database.close()


def test_rows_from_before_conditions_get_them_when_they_are_asked_for(lab: Lab, asked: Asked) -> None:
    lab.apply(max_steps=4, seeds=ONE)
    lab.apply(max_steps=6, seeds=ONE)
    _, expected = (one.row for one in lab.details().episodes)
    with sqlite3.connect(lab.run.database) as database:
        database.execute("DROP TABLE candidates")
        database.execute("DROP TABLE trials")
        database.execute("ALTER TABLE episodes DROP COLUMN replay")
        database.execute("ALTER TABLE episodes DROP COLUMN note")
        database.execute("ALTER TABLE episodes RENAME COLUMN conditions TO settings")
        database.execute("UPDATE episodes SET settings = '{\"max_steps\":' || steps || '}'")
        database.execute("DELETE FROM meta WHERE name = 'conditions'")
        database.execute("UPDATE meta SET value = '1' WHERE name = 'format'")
    database.close()
    assert lab.apply(max_steps=6, seeds=ONE).reused == 1
    old, new = (one.row for one in lab.details().episodes)
    assert (old.conditions, new) == ('{"max_steps":4}', expected)


def test_a_run_killed_before_it_had_tables_is_an_empty_run(lab: Lab, asked: Asked) -> None:
    lab.run.path.mkdir(parents=True)
    lab.run.database.touch()
    assert lab.details().episodes == ()
    assert plan(lab.load(seeds=ONE), lab.runs).left == 1
    assert lab.apply(seeds=ONE).played == 1
