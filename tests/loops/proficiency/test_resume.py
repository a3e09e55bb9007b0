"""Loop 2, killed at any instant: the same command goes on and comes to the same end, and nothing is trained twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from automem.runs import show_run

from ..toy import ASKED
from .bench import ANY, GOOD, Bench, recipe

TESTS = Path(__file__).parents[2]


def spawn(bench: Bench, asked: Path, moment: int = 0) -> subprocess.Popen[bytes]:
    environment = {**os.environ, ASKED: str(asked), "PYTHONPATH": str(TESTS)}
    command = [sys.executable, "-m", "loops.proficiency.child", str(bench.path), str(moment)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def ready(path: Path) -> Bench:
    bench = Bench(path)
    bench.recipe(recipe(ANY))
    bench.propose(2, recipe(GOOD))
    return bench


def end(bench: Bench) -> dict[str, Any]:
    """All that the run ends with, times and places aside."""
    details = show_run("noted", bench.run.path.parent)
    rows = {(one.row.stage, one.row.seed, one.id): one.row.progression for one in details.episodes}
    trials = [(one.status, one.why, one.counts, one.weights, one.recipe_hash) for one in bench.trials()]
    folders = (bench.run.trials, bench.run.adapters)
    names = sorted(str(path.relative_to(bench.run.path)) for folder in folders for path in folder.rglob("*"))
    return {"rows": rows, "trials": trials, "files": names}


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[str]]:
    """The end of a loop that nothing disturbs, and what it asked for and trained."""
    folder = tmp_path_factory.mktemp("untouched")
    bench = ready(folder / "bench")
    child = spawn(bench, folder / "asked")
    _, said = child.communicate()
    assert child.returncode == 0, said.decode()
    return end(bench), (folder / "asked").read_text().splitlines()


def go_on(bench: Bench, asked: Path) -> None:
    child = spawn(bench, asked)
    _, said = child.communicate()
    assert child.returncode == 0, said.decode()


def trained(lines: list[str]) -> list[str]:
    return sorted(line for line in lines if line.startswith(("train", "propose")))


def test_killed_at_random_instants(tmp_path: Path, untouched: tuple[dict[str, Any], list[str]]) -> None:
    expected, calls = untouched
    bench, asked = ready(tmp_path / "bench"), tmp_path / "asked"
    asked.touch()
    chance, killed = random.Random(7), 0
    for _ in range(6):
        child = spawn(bench, asked)
        more = len(asked.read_text().splitlines()) + chance.randrange(1, 1 + len(calls) // 5)
        while child.poll() is None and len(asked.read_text().splitlines()) < more:
            time.sleep(0.002)
        killed += child.poll() is None
        child.send_signal(signal.SIGKILL)
        child.communicate()
    go_on(bench, asked)
    assert killed >= 3
    assert end(bench) == expected
    in_flight = 4
    assert len(asked.read_text().splitlines()) <= len(calls) + killed * in_flight


@pytest.mark.parametrize("moment", [60, 69, 78, 110])
def test_killed_before_a_file_changes(moment: int, tmp_path: Path, untouched: tuple[dict[str, Any], list[str]]) -> None:
    expected, calls = untouched
    bench, asked = ready(tmp_path / "bench"), tmp_path / "asked"
    child = spawn(bench, asked, moment)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    go_on(bench, asked)
    assert end(bench) == expected
    assert set(trained(asked.read_text().splitlines())) == set(trained(calls))
