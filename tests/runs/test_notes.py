"""What must be said of a task is said wherever its results are."""

from __future__ import annotations

from pathlib import Path

from cli.running import Shell
from envs.levels import LEVEL, lay

EXPERIMENT = """kind: experiment
name: pushing
scaffold: minihack/v0.yaml
env: {name: minihack, tasks: [MazeWalk-9x9, Boxoban-Hard], levels: generated, max_steps: 3}
seeds: {select: 42}
models: {base: {engine: scripted, model: nethack}}
"""
LABEL = "(generated levels)"


def test_made_up_levels_are_named_in_every_result(tmp_path: Path) -> None:
    home = Shell(tmp_path)
    (tmp_path / "pushing.yaml").write_text(EXPERIMENT, encoding="utf-8")
    applied = home("apply", "pushing.yaml")
    finished = [line for line in applied.err.splitlines() if "after 3 steps" in line]
    assert [LABEL in line for line in sorted(finished)] == [True, False]
    rows = {
        "table": applied.out.splitlines(),
        "markdown": home("report", "pushing", "--format", "markdown").out.splitlines(),
        "runs": home("runs", "show", "pushing").out.splitlines(),
        "trace": home("trace", "pushing", "Boxoban").out.splitlines()[:1],
        "step": home("trace", "pushing", "Boxoban", "--step", "1").out.splitlines()[:1],
    }
    for where, lines in rows.items():
        named = [line for line in lines if "Boxoban-Hard" in line and "levels=" not in line]
        assert named, where
        assert all(LABEL in line for line in named), where
        assert not any(LABEL in line for line in lines if "MazeWalk" in line), where
    assert f"all tasks {LABEL}" in applied.out
    assert LABEL in home("runs", "ls").out
    results = home("report", "pushing", "--format", "json").data["results"]
    assert [task["task"] for task in results[0]["tasks"]] == ["MazeWalk-9x9", f"Boxoban-Hard {LABEL}"]


def test_the_same_levels_elsewhere_are_the_same_episodes(tmp_path: Path) -> None:
    home = Shell(tmp_path)
    for folder in ("one", "two"):
        levels = lay(tmp_path / folder)
        (tmp_path / "pushing.yaml").write_text(EXPERIMENT.replace("generated", levels), encoding="utf-8")
        applied = home("apply", "pushing.yaml").out
    assert "nothing left to do" in applied
    (tmp_path / "two/hard/000.txt").write_text(LEVEL.replace("@ $", " @$"), encoding="utf-8")
    assert "1 episodes played, 1 reused" in home("apply", "pushing.yaml").out
