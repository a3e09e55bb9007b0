from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from envs import wandering


def test_every_episode_is_the_recorded_one_here_and_in_other_surroundings(tmp_path: Path) -> None:
    tests = Path(__file__).parents[1]
    surroundings = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LANG": "C", "NETHACKOPTIONS": "number_pad"}
    (tmp_path / ".nethackrc").write_text("OPTIONS=!autopickup,pettype:none\n", encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, "-m", "envs.wandering"],
        cwd=tmp_path,
        env={**os.environ, **surroundings, "HOME": str(tmp_path), "PYTHONPATH": f"{tests}{os.pathsep}{tests.parent}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    recorded = wandering.RECORDED.read_text(encoding="utf-8").splitlines()
    assert [str(row) for row in wandering.table()] == recorded
    assert child.communicate()[0].splitlines() == recorded


@pytest.mark.parametrize(("world", "task"), [("nethack", "NetHackChallenge"), ("minihack", "Corridor-R3")])
def test_the_hash_notices_one_action_more_or_less(world: str, task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(wandering.SETTINGS, world, {"max_steps": 20})
    before = wandering.digest(world, task, 1)
    assert before.steps == 20
    monkeypatch.setitem(wandering.SETTINGS, world, {"max_steps": 19})
    assert wandering.digest(world, task, 1).sha256 != before.sha256
