from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from statistics import mean

import pytest
from pretraining.shipped import shipped_data

from automem.agent.agent import Agent
from automem.agent.record import Step
from automem.engines.base import Answer, Request
from automem.engines.scripted.plain_nethack import play as answer_to
from automem.envs import WORLDS
from automem.pretraining.variants import scaffold_of
from engines_scripted.playing import play_out, request_of

BLANK = dict.fromkeys(("read.ok", "search.ok"), "{{ file }}: nothing is known")
Heard = list[tuple[Request, str]]


def play(
    name: str, task: str, seed: int, steps: int = 100, replies: Mapping[str, str] | None = None
) -> tuple[list[Step], Heard]:
    """One episode with a shipped scaffold, and what was asked and answered in it."""
    data = shipped_data(name) | ({"replies": dict(replies)} if replies else {})
    world, settings, heard = WORLDS.load(data["env"]), {"max_steps": steps}, []

    def hear(request: Request, answer: Answer) -> None:
        heard.append((request, answer.text))

    agent = Agent(scaffold_of(data), world.describe(task, settings))
    env = world.start(task, seed, settings)
    return asyncio.run(play_out(agent, env, "nethack-plain", lambda request: request, hear)), heard


def solved(name: str, task: str, seeds: Sequence[int], replies: Mapping[str, str] | None = None) -> float:
    return mean(play(name, task, seed, replies=replies)[0][-1].progression for seed in seeds)


@pytest.mark.parametrize(
    ("task", "least"), [("MazeWalk-9x9", 1.0), ("MazeWalk-15x15", 0.75), ("CorridorBattle-Dark", 0.5)]
)
def test_small_levels_are_solved(task: str, least: float) -> None:
    assert solved("minihack/compact.yaml", task, range(20000, 20004)) >= least


def test_mazes_are_walked_by_memory_alone() -> None:
    seeds = range(20000, 20004)
    with_memory, without = (
        solved("minihack/traced.yaml", "MazeWalk-15x15", seeds, replies) for replies in (None, BLANK)
    )
    assert with_memory - without >= 0.5


@pytest.fixture(scope="module")
def deep() -> tuple[list[Step], Heard]:
    played = [play("nethack/compact.yaml", "NetHackChallenge", seed, 250) for seed in range(20000, 20004)]
    return [step for steps, _ in played for step in steps], [turn for _, heard in played for turn in heard]


def test_the_dungeon_is_descended_with_sound_answers(deep: tuple[list[Step], Heard]) -> None:
    steps, _ = deep
    assert "Dlvl:3" in {event for step in steps for event in step.events}
    assert all(step.valid for step in steps)
    assert {op.status for step in steps for op in step.ops} <= {"ok", "no_match"}


def test_what_the_screen_will_not_show_again_is_noted_and_recalled(deep: tuple[list[Step], Heard]) -> None:
    said = [answer for _, answer in deep[1]]
    for op in ("|MAP|>here|Dlvl 1 searched", "|APPEND|>progress.md|reached Dlvl 2", "|SEARCH|>map.md|Dlvl 1"):
        assert any(op in answer for answer in said), op


def test_prompts_and_answers_are_short(deep: tuple[list[Step], Heard]) -> None:
    for request, answer in deep[1]:
        opening = request.messages[0]
        assert len(opening.text[: opening.stable].split()) <= 350
        assert len(opening.text[opening.stable :].split()) <= 200
        assert len(answer.split()) <= 12


PROMPT = """Actions: north, east, south, west, kick, search
map.md: what is known of a place: x,y|Dlvl n what
<|SEARCH|>file|word<|END|>  shows the lines of a file that contain a word
<|ACTION|>action<|END|>  commits the action and ends the step

Step 9. Dlvl 1. HP 12 of 12. You are at 40,7.
{message}
Beside you east: closed door (open)
Free: west

Door [1 east] at 41,7: east
Files now: map.md (1)"""
ASK, KNOWN = "<|SEARCH|>map.md|Dlvl 1<|END|>", "41,7|Dlvl 1 locked  [1 east]"


@pytest.mark.parametrize(
    ("said", "message", "action"),
    [
        ((), "", ASK),
        ((ASK, "nothing"), "", "<|ACTION|>east<|END|>"),
        ((ASK, KNOWN), "", "<|ACTION|>kick<|END|>"),
        ((ASK, KNOWN), "Message: In what direction?\nThe game waits for an answer.", "<|ACTION|>east<|END|>"),
    ],
)
def test_a_door_known_as_locked_is_kicked(said: Sequence[str], message: str, action: str) -> None:
    assert answer_to(request_of(PROMPT.format(message=message), *said)).endswith(action)
