from __future__ import annotations

import random
import re
from pathlib import Path
from statistics import mean

import pytest

from automem.agent.agent import Agent
from automem.agent.record import Step
from automem.engines.base import Answer, Request
from automem.engines.scripted.nethack import play as answer_to
from automem.envs import WORLDS
from automem.library import shipped
from automem.spec.load import load_scaffold
from engines_scripted.playing import Change, Heard, forgetful, play_out


async def play(
    task: str,
    seed: int,
    steps: int = 100,
    scaffold: str | Path = "v0",
    change: Change = lambda request: request,
    heard: Heard = lambda request, answer: None,
) -> list[Step]:
    """One episode of a task of MiniHack or NetHack; each request may be changed before it is asked."""
    world = "nethack" if task == "NetHackChallenge" else "minihack"
    settings = {"max_steps": steps}
    info = WORLDS.load(world).describe(task, settings)
    path = scaffold if isinstance(scaffold, Path) else shipped("specs") / world / f"{scaffold}.yaml"
    agent = Agent(load_scaffold(path), info)
    return await play_out(agent, WORLDS.load(world).start(task, seed, settings), "nethack", change, heard)


@pytest.mark.parametrize(
    ("task", "solved"), [("MazeWalk-9x9", 5), ("MazeWalk-15x15", 5), ("Corridor-R3", 5), ("CorridorBattle-Dark", 3)]
)
async def test_small_levels_are_solved_soundly(task: str, solved: int) -> None:
    episodes = [await play(task, seed) for seed in range(42, 47)]
    assert sum(steps[-1].progression == 1 for steps in episodes) >= solved
    steps = [step for episode in episodes for step in episode]
    assert all(step.valid for step in steps)
    assert {op.status for step in steps for op in step.ops} <= {"ok", "no_match"}
    assert mean(len(step.turns) for step in steps) <= 3.5


async def test_the_dungeon_is_descended() -> None:
    steps = await play("NetHackChallenge", 46, 300)
    assert "Dlvl:3" in {event for step in steps for event in step.events}
    assert all(step.valid for step in steps)


async def test_a_maze_with_dead_ends_needs_memory() -> None:
    remembering = await play("MazeWalk-15x15", 45)
    blanked = await play("MazeWalk-15x15", 45, change=forgetful)
    assert (remembering[-1].progression, blanked[-1].progression) == (1, 0)


async def test_answers_do_not_depend_on_what_was_asked_before() -> None:
    heard: list[tuple[Request, Answer]] = []
    await play("NetHackChallenge", 43, 60, heard=lambda request, answer: heard.append((request, answer)))
    random.Random(1).shuffle(heard)
    assert [answer_to(request) for request, _ in heard] == [answer.text for _, answer in heard]


KEYED = '    map.md: {schema: keyed-map, about: "where things are: x,y|what"}'
MARK = 'MARK: {verb: upsert, file: map.md, phases: [log], about: marks a place, args: {key: "x,y", text: what}}'


@pytest.mark.parametrize(
    ("task", "seed", "steps"),
    [
        *(("MazeWalk-15x15", seed, 100) for seed in range(42, 47)),
        *(("Corridor-R3", seed, 100) for seed in (42, 43, 45)),
        ("NetHackChallenge", 44, 150),
    ],
)
async def test_a_map_of_one_line_a_place_serves_as_well(task: str, seed: int, steps: int, tmp_path: Path) -> None:
    world = "nethack" if task == "NetHackChallenge" else "minihack"
    text = (shipped("specs") / world / "v0.yaml").read_text(encoding="utf-8")
    for old, new in ((r"^    map\.md:.*$", KEYED), (r"^  DONE:", f"  {MARK}\n  DONE:")):
        text, changes = re.subn(old, lambda _, new=new: new, text, flags=re.MULTILINE)
        assert changes == 1
    changed = tmp_path / "changed.yaml"
    changed.write_text(text, encoding="utf-8")
    before, after = await play(task, seed, steps), await play(task, seed, steps, changed)
    assert [step.action for step in after] == [step.action for step in before]
    ops = [op for step in after for op in step.ops]
    assert {op.status for op in ops} <= {"ok", "no_match"}
    assert not [op for op in ops if op.op == "APPEND" and (op.args or {}).get("file") == "map.md"]


@pytest.mark.parametrize("name", ["sliding-window", "chain-of-thought"])
async def test_the_baselines_are_played_from_the_history_they_show(name: str) -> None:
    steps = await play("MazeWalk-9x9", 46, scaffold=name)
    assert steps[-1].progression == 1
    assert all(step.valid and len(step.turns) == 1 and len(step.ops) == 1 for step in steps)


@pytest.mark.parametrize("task", ["Quest-Easy", "Quest-Medium"])
async def test_other_tasks_are_explored_soundly(task: str) -> None:
    steps = await play(task, 42, 40)
    assert all(step.valid for step in steps)
    assert len({step.action for step in steps}) >= 3
