"""The page about worlds shows what is there, and what it shows can be played."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from automem.loops.apply import apply
from automem.spec.load import load_experiment

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "your-world.md").read_text(encoding="utf-8")
PROJECT = ROOT / "tests" / "envs" / "outside" / "project"
BLOCKS = re.findall(r"^```\w+\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(
    "name", ["keymaze.py", "keymaze_builtins.py", "scaffold.yaml", "experiment.yaml", "pyproject.toml"]
)
def test_the_example_is_the_one_that_is_tested(name: str) -> None:
    assert (PROJECT / name).read_text(encoding="utf-8") in BLOCKS


def block(beginning: str) -> str:
    (found,) = [one for one in BLOCKS if one.startswith(beginning)]
    return found


SCAFFOLD = """
kind: scaffold
name: lake
env: lake
ops:
  ACTION: {verb: commit, phases: [plan]}
phases:
  plan:
    sections:
      actions:  {template: common/actions}
      commands: {template: common/commands}
      view:     {text: "{{ obs_text }}"}
"""
EXPERIMENT = """
kind: experiment
name: lake
scaffold: scaffold.yaml
env: {name: "lake:WORLD", max_steps: 30}
seeds: {select: 1..3}
models:
  base: {engine: scripted, model: "walker:play"}
"""
WALKER = """
def play(request):
    return f"<|ACTION|>{('right', 'down')[request.seed % 2]}<|END|>"
"""


def test_the_lake_of_the_page_is_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("gymnasium")
    (tmp_path / "lake.py").write_text(block("import gymnasium"))
    (tmp_path / "walker.py").write_text(WALKER)
    (tmp_path / "scaffold.yaml").write_text(SCAFFOLD)
    (tmp_path / "experiment.yaml").write_text(EXPERIMENT)
    monkeypatch.syspath_prepend(tmp_path)
    rows = apply(load_experiment(tmp_path / "experiment.yaml"), tmp_path / "runs").rows
    assert [(row.task, row.status, row.metrics["invalid_rate"]) for row in rows] == [("FrozenLake-v1", "done", 0)] * 3
    assert all(1 < (row.steps or 0) <= 30 for row in rows)


def test_the_player_of_the_page_answers_every_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in PROJECT.glob("*.yaml"):
        shutil.copy(path, tmp_path)
    (tmp_path / "idle.py").write_text(block("from automem.engines"))
    monkeypatch.syspath_prepend(PROJECT)
    monkeypatch.syspath_prepend(tmp_path)
    experiment = tmp_path / "experiment.yaml"
    text = experiment.read_text().replace("keymaze_player:play", "idle:play").replace("max_steps: 80", "max_steps: 5")
    experiment.write_text(text)
    rows = apply(load_experiment(experiment), tmp_path / "runs").rows
    assert [(row.steps, row.metrics["invalid_rate"], row.metrics["malformed_op_rate"]) for row in rows] == [
        (5, 0, 0)
    ] * 5
