"""What can be shown, and what is opened unasked."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import msgspec
import pytest

from automem.errors import RunError
from automem.runs import RunFolder
from automem.runs.lock import hold
from automem.traces.store import TraceWriter, iter_steps, read_header
from automem.view.format import EpisodeLine
from automem.view.index import Listed, list_episodes
from automem.view.panels import default_panels
from automem.view.shown import MOST_OPEN, Shown

from .conftest import Played


def test_every_episode_with_what_sets_it_apart(run: Played) -> None:
    listed = [one.line for one in list_episodes(run.folder).episodes]
    assert [(line.scaffold, line.variant, line.seed, line.status, line.steps) for line in listed] == [
        (scaffold, variant, seed, "done", 60)
        for scaffold, variant in (
            ("stage v0", "view.stage:create"),
            ("stage v1", "view.stage:create 8"),
            ("stage v1", "view.stage:create + view.stage:create 8"),
        )
        for seed in (42, 43)
    ]
    assert not any(line.drawn for line in listed)  # its world is code that the trace names


def test_what_a_killed_apply_left_is_cut_short_and_can_be_looked_at(run: Played, tmp_path: Path) -> None:
    shutil.copytree(run.folder.path, tmp_path / "stage")
    folder = RunFolder(tmp_path / "stage")
    steps = list(iter_steps(folder.trace(run.of_seed(42)[0])))
    header = msgspec.structs.replace(read_header(folder.trace(run.of_seed(42)[0])), seed=44)
    writer = TraceWriter(folder.trace("scenes-44-00000000"), header)
    for step in steps[:5]:
        writer.write(step)
    shown = Shown(["stage"], tmp_path)
    line = shown.find("scenes-44")
    assert (line.status, line.seed, line.stage, line.steps) == ("stopped", 44, "select", None)
    assert shown.recording(line.path) is not None
    assert shown.find("scenes-44").steps == 5
    with hold(folder.lock):
        assert shown.find("scenes-44").status == "playing"
        assert shown.index().runs[0].going
    shown.close()
    writer.abandon()
    assert len(shown.index().episodes) == 6


def test_ids_of_several_runs_begin_with_the_run(run: Played, tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(run.folder.path, tmp_path / name)
    shown = Shown(["one", "two"], tmp_path)
    index = shown.index()
    first = run.of_seed(42)[0]
    assert len(index.episodes) == 12
    assert index.panels[0] == f"one:{first}"
    assert shown.find(first).path == f"one/{first}"
    assert shown.find(f"two:{first}").path == f"two/{first}"
    shown.close()


def test_few_recordings_are_open_at_a_time(run: Played, tmp_path: Path) -> None:
    names = [f"copy{n}" for n in range(MOST_OPEN)]
    for name in names:
        shutil.copytree(run.folder.path, tmp_path / name)
    shown = Shown(names, tmp_path)
    paths = [line.path for line in shown.index().episodes if line.seed == 42]
    first = shown.recording(paths[0])
    assert first is not None
    for path in paths:
        assert shown.recording(path) is not None
    assert len(shown._open) == MOST_OPEN
    assert first.chunk(0) == (shown.recording(paths[0]) or first).chunk(0)  # given up, and read again
    first.close()
    shown.close()


def test_a_name_that_leads_elsewhere_is_damage(run: Played, tmp_path: Path) -> None:
    shutil.copytree(run.folder.path, tmp_path / "stage")
    with sqlite3.connect(tmp_path / "stage/run.db") as database:
        database.execute("UPDATE episodes SET id = '../../outside' WHERE rowid = 1")
    with pytest.raises(RunError, match="no name of an episode"):
        list_episodes(RunFolder(tmp_path / "stage"))


def listed(seed: int, scaffold: str, variant: str = "", *, kept: bool = True, status: str = "done") -> Listed:
    id_ = f"{seed}-{scaffold}-{variant}"
    line = EpisodeLine(id_, f"r/{id_}", "r", "select", scaffold, "toy", "toy", seed, status, variant)  # type: ignore[arg-type]
    return Listed(line, (scaffold, variant), kept)


def test_the_panels_are_one_seed_at_every_stage() -> None:
    plain = [listed(seed, f"v{version}") for version in range(4) for seed in (1, 2)]
    tried = [listed(3, "v0"), listed(3, "v9", kept=False), listed(3, "v8", kept=False)]
    with_adapter = [listed(2, "v3", "with t1"), listed(2, "v3", "with t2")]
    assert [one.line.id for one in default_panels([*tried, *plain, *with_adapter])] == [
        "2-v0-",
        "2-v3-",
        "2-v3-with t2",
    ]
    assert [one.line.id for one in default_panels(tried)] == ["3-v0-"]
    owed, playing = listed(1, "v0", status="owed"), listed(2, "v0", status="playing")
    assert default_panels([owed, playing]) == [playing]
    assert default_panels([owed]) == []
