"""A loop that is killed, at any instant, goes on with the same command and comes to the same end."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from automem.runs import show_run

from .proposing import Bench, skill
from .toy import ASKED

TESTS = Path(__file__).parents[1]
PATCHES = (skill(10), skill(80), skill(20), skill(100))
OPTIMIZE = {"replays": 1}


def spawn(bench: Bench, asked: Path, moment: int = 0) -> subprocess.Popen[bytes]:
    environment = {**os.environ, ASKED: str(asked), "PYTHONPATH": str(TESTS)}
    command = [sys.executable, "-m", "loops.child", str(bench.path), json.dumps(OPTIMIZE), str(moment)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def end(bench: Bench) -> dict[str, Any]:
    """All that the run ends with, times aside."""
    details = show_run("toy", bench.run.path.parent)
    rows = {one.row.key: (one.row.progression, one.row.stage, one.version, one.row.replay) for one in details.episodes}
    candidates = [
        {**one.as_data(), "created": "", "changed": "", "effects": {"progression": _effect(one.effects)}}
        for one in bench.candidates()
    ]
    files = {path.name: path.read_text() for path in bench.run.path.glob("[sp][ca][at]*/*.yaml")}
    versions = [(one.number, one.parent, one.hash, one.origin) for one in details.versions]
    return msgspec.to_builtins({"rows": rows, "candidates": candidates, "files": files, "versions": versions})


def _effect(effects: Any) -> Any:
    return effects["progression"].difference if "progression" in effects else None


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], int]:
    """The end of a loop that nothing disturbs, and how many calls it takes."""
    folder = tmp_path_factory.mktemp("untouched")
    bench, asked = Bench(folder / "bench"), folder / "asked"
    bench.propose(*PATCHES)
    assert spawn(bench, asked).wait() == 0
    return end(bench), len(asked.read_text().splitlines())


def go_on(bench: Bench, asked: Path) -> None:
    child = spawn(bench, asked)
    _, said = child.communicate()
    assert child.returncode == 0, said.decode()


def test_killed_at_random_instants(tmp_path: Path, untouched: tuple[dict[str, Any], int]) -> None:
    expected, calls = untouched
    bench, asked = Bench(tmp_path / "bench"), tmp_path / "asked"
    asked.touch()
    bench.propose(*PATCHES)
    chance, killed = random.Random(5), 0
    for _ in range(8):
        child = spawn(bench, asked)
        before = len(asked.read_text().splitlines())
        more = chance.randrange(1, 1 + calls // 8)
        while child.poll() is None and len(asked.read_text().splitlines()) < before + more:
            time.sleep(0.002)
        killed += child.poll() is None
        child.send_signal(signal.SIGKILL)
        child.communicate()
    go_on(bench, asked)
    assert killed >= 4
    assert end(bench) == expected
    in_flight = 4
    assert len(asked.read_text().splitlines()) <= calls + killed * in_flight


@pytest.mark.parametrize("moment", [10, 170, 300])
def test_killed_before_a_file_changes(moment: int, tmp_path: Path, untouched: tuple[dict[str, Any], int]) -> None:
    expected, _ = untouched
    bench, asked = Bench(tmp_path / "bench"), tmp_path / "asked"
    bench.propose(*PATCHES)
    child = spawn(bench, asked, moment)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    go_on(bench, asked)
    assert end(bench) == expected
