"""A world, a player and a built-in of somebody else's, used as any other."""

from __future__ import annotations

import asyncio
import hashlib
import random
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cli.running import Shell
from hypothesis import given
from hypothesis import strategies as st

from automem.envs.worker import start_remote
from automem.errors import AutoMemError
from automem.loops.apply import apply
from automem.spec.load import load_experiment

PROJECT = Path(__file__).with_name("project")


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(PROJECT)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    for path in PROJECT.glob("*.yaml"):
        shutil.copy(path, tmp_path)
    return Shell(tmp_path)


def walk(seed: int, steps: int = 60) -> list[str]:
    from keymaze import ACTIONS

    return random.Random(seed).choices(ACTIONS, k=steps)


def texts(seed: int) -> list[str]:
    from keymaze import WORLD

    episode = WORLD.start("keymaze", seed, {})
    return [episode.reset().text, *(episode.step(action).text for action in walk(seed))]


@given(st.integers(0, 2**31 - 1))
def test_every_maze_has_twenty_rooms_and_needs_every_key(seed: int) -> None:
    from keymaze import Maze

    maze = Maze(seed)
    assert len(maze.exits) == 20
    opened: list[str] = []
    while "vault" not in (found := reached(maze.start, maze.exits, maze.doors)):
        (key,) = {maze.keys[room] for room in found if room in maze.keys} - {*opened}
        opened.append(key)
        maze.doors = {door: colour for door, colour in maze.doors.items() if colour != key}
    assert opened == ["red", "blue", "green", "gold"]


def reached(start: str, exits: Mapping[str, Mapping[str, str]], doors: Mapping[tuple[str, str], str]) -> set[str]:
    found = [start]
    for room in found:
        found += [to for way, to in exits[room].items() if (room, way) not in doors and to not in found]
    return set(found)


def test_the_same_seed_and_actions_give_the_same_text_everywhere() -> None:
    together = "\0".join(text for seed in range(20) for text in texts(seed))
    assert hashlib.sha256(together.encode()).hexdigest()[:16] == "ac7c529658e60d63"

    async def elsewhere() -> list[str]:
        remote = await start_remote("keymaze:WORLD", "keymaze", 3, {}, 60)
        seen = [await remote.reset(), *[await remote.step(action) for action in walk(3)]]
        await remote.close()
        return [observation.text for observation in seen]

    assert asyncio.run(elsewhere()) == texts(3)


def test_what_the_maze_refuses() -> None:
    from keymaze import WORLD

    with pytest.raises(AutoMemError, match=r"no setting is called 'max_step'; did you mean 'max_steps'\?"):
        WORLD.describe("keymaze", {"max_step": 5})
    episode = WORLD.start("keymaze", 0, {"max_steps": 1})
    episode.reset()
    with pytest.raises(AutoMemError, match="'jump' is no action"):
        episode.step("jump")
    assert episode.step("look").end == "max_steps"
    with pytest.raises(AutoMemError, match="is over"):
        episode.step("look")


def test_every_command_takes_a_world_by_module_and_attribute(shell: Shell) -> None:
    assert "in order" in shell("validate", "experiment.yaml").out
    assert "You are in the " in shell("render", "experiment.yaml").out
    assert "5 to play" in shell("plan", "experiment.yaml").out
    assert "5 episodes played" in shell("apply", "experiment.yaml").out
    assert "nothing" in shell("apply", "experiment.yaml").out
    assert "100.00" in shell("report", "keymaze").out
    said = shell("trace", "keymaze", 1, "--step", 2).out
    assert "keymaze:WORLD" in said
    assert "NOTE map.md" in said
    assert "no pictures" in shell("trace", "keymaze", 1, "--step", 2, "--picture", "a.png", code=1).err
    assert "map.md" in shell("memory", "audit", "keymaze").out


def test_memory_solves_what_no_memory_does_not(shell: Shell) -> None:
    remembering = progression(shell)
    shell.edit("experiment.yaml", "scaffold: scaffold.yaml", "scaffold: forgetful.yaml")
    forgetful = progression(shell)
    assert set(remembering.values()) == {1.0}
    assert len(forgetful) == 5
    assert max(forgetful.values()) < 1


def progression(shell: Shell) -> dict[int, float]:
    result = apply(load_experiment(shell.home / "experiment.yaml"), shell.home / "runs")
    return {row.seed: row.progression for row in result.rows if row.progression is not None}


FACTORIES = """
from keymaze import KeyMaze

def make():
    return KeyMaze()

nothing = "no world"
"""


@pytest.mark.parametrize("attribute", ["KeyMaze", "make"])
def test_a_class_or_a_function_makes_the_world(shell: Shell, monkeypatch: pytest.MonkeyPatch, attribute: str) -> None:
    (shell.home / "factories.py").write_text(FACTORIES)
    monkeypatch.syspath_prepend(shell.home)
    shell.edit("experiment.yaml", "keymaze:WORLD", f"factories:{attribute}")
    shell.edit("experiment.yaml", "1..5", "4")
    assert set(progression(shell).values()) == {1.0}


def test_what_is_no_world_is_said_in_its_line(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    (shell.home / "factories.py").write_text(FACTORIES)
    monkeypatch.syspath_prepend(shell.home)
    shell.edit("experiment.yaml", "keymaze:WORLD", "factories:nothing")
    said = shell("validate", "experiment.yaml", code=1).out
    assert said.startswith("experiment.yaml:4:13: env/name: environment 'factories:nothing' is no world")
    shell.edit("experiment.yaml", "factories:nothing", "factories:nobody")
    assert "has no attribute 'nobody'" in shell("validate", "experiment.yaml", code=1).out


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """The project as pip installs it; what makes Python find it."""
    source, target = tmp_path / "source", tmp_path / "installed"
    shutil.copytree(PROJECT, source, ignore=shutil.ignore_patterns("__pycache__"))
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--target", target, source], check=True)
    return {"PYTHONPATH": str(target)}


def test_an_installed_package_brings_world_player_and_built_in(shell: Shell, installed: dict[str, str]) -> None:
    def said(*args: object) -> Any:
        ended = shell.process(*args, **installed)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    shell.edit("experiment.yaml", "keymaze:WORLD", "keymaze")
    shell.edit("experiment.yaml", "keymaze_player:play", "keymaze")
    shell.edit("experiment.yaml", "1..5", "4")
    shell.edit("scaffold.yaml", "default: nowhere}", "default: nowhere}\n  visits: {builtin: room_visits}")
    shell.edit("scaffold.yaml", "You came from", "Seen {{ obs.visits[obs.room] }} times. You came from")
    assert "2 documents in order" in said("validate", "scaffold.yaml", "experiment.yaml")
    assert "Seen 2 times." in said("render", "scaffold.yaml")
    assert "100.00" in said("apply", "experiment.yaml")
