"""The shipped scaffolds of NetHack and MiniHack: their prompts as a model reads them, and what they make of real play.

`PYTHONPATH=tests python tests/agent/test_nethack_v0.py` writes the expected prompts anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from string import ascii_letters

import pytest
from envs.levels import lay

from automem.agent.agent import Agent
from automem.agent.episode import Episode
from automem.agent.rehearsal import openings
from automem.api.render import render
from automem.api.validate import validate
from automem.envs import WORLDS, Observation
from automem.envs.nethack.keys import COMMANDS
from automem.library import shipped
from automem.spec.load import load_scaffold

HERE = Path(__file__).parent
SPECS = shipped("specs")
GENERATED = {"levels": "generated"}
SHOWN = {"nethack": "NetHackChallenge", "minihack": "Quest-Easy"}
PLAYED = [(world, task) for world in SHOWN for task in WORLDS.load(world).tasks()]
SCAFFOLDS = ("v0", "sliding-window", "chain-of-thought")


def prompt(world: str, phase: str) -> str:
    return render(SPECS / f"{world}/v0.yaml", SHOWN[world]).prompts[phase].text + "\n"


@pytest.mark.parametrize("phase", ["log", "plan"])
@pytest.mark.parametrize("world", SHOWN)
def test_the_opening_prompts_are_as_reviewed(world, phase):
    expected = (HERE / f"{world}_v0_{phase}.expected.txt").read_bytes().decode()
    assert prompt(world, phase) == expected


@pytest.mark.parametrize("path", sorted(SPECS.glob("*hack/*.yaml")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_document_is_in_order(path, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOMEM_BOXOBAN_LEVELS", lay(tmp_path))
    assert validate(path) == []


def agent(world: str, task: str, name: str = "v0") -> Agent:
    settings = GENERATED if task.startswith("Boxoban") else {}
    return Agent(load_scaffold(SPECS / f"{world}/{name}.yaml"), WORLDS.load(world).describe(task, settings))


@pytest.mark.parametrize("name", SCAFFOLDS)
@pytest.mark.parametrize(("world", "task"), PLAYED)
def test_each_task_has_all_it_may_say(world, task, name):
    made = agent(world, task, name)
    made.rehearse()
    plan = made.preview()["plan"].text
    assert f"Actions: {', '.join(made.program.info.actions)}\n" in plan
    assert made.program.info.facts.get("goal", "the deepest level reached") in plan


def test_boxoban_has_references_of_its_own():
    boxoban, maze = (agent("minihack", task).program.initial for task in ("Boxoban-Hard", "MazeWalk-9x9"))
    assert "boulder" in boxoban["rules.md"]
    assert "lava" not in boxoban["rules.md"]
    assert "lava" in maze["rules.md"]


def plans(made: Agent, seen: Iterable[tuple[str, Observation]], folder: Path) -> list[str]:
    """What PLAN shows at each observation after the action that led to it, what never changes left out."""
    told = []
    with closing(made._memory(folder / "memory")) as memory:
        episode = Episode(made.program, memory)
        for action, observation in seen:
            episode.acted(action, action, valid=True)
            episode.observe(observation)
            plan = dict(openings(episode))["plan"]
            told.append(plan.text[plan.stable :])
    return told


def played(world: str, task: str, *actions: str) -> Iterator[tuple[str, Observation]]:
    with closing(WORLDS.load(world).start(task, 42, {})) as game:
        yield "", game.reset()
        yield from ((action, game.step(action)) for action in actions)


def test_turns_alone_are_no_change(tmp_path):
    made = agent("nethack", SHOWN["nethack"])
    sample = made.program.info.sample
    walk = [("north", replace(sample, text=sample.text.replace("T:9 ", f"T:{turn}"))) for turn in (9, 10, 11, 12)]
    assert len({seen.text for _, seen in walk}) == 4
    walk += played("nethack", SHOWN["nethack"])
    first, second, _, fourth, other = plans(made, walk, tmp_path)
    assert "changed" not in first
    assert "Nothing changed after your last action." in second
    assert "nothing has changed for 3 steps" in fourth
    assert "changed" not in other


def test_searching_may_take_its_time(tmp_path):
    made = agent("nethack", SHOWN["nethack"])
    told = plans(made, [("search", made.program.info.sample)] * 5, tmp_path)
    assert all("Nothing changed after your last action." in text for text in told[1:])


def waits(told: Iterable[str]) -> list[str]:
    return [line for text in told for line in text.split("\n") if line.startswith("The game ")]


def test_questions_are_told_with_their_answers(tmp_path):
    made = agent("nethack", SHOWN["nethack"])
    game = played("nethack", SHOWN["nethack"], "kick", "esc", "wield", "esc", "inventory")
    told = plans(made, game, tmp_path)
    assert waits(told) == [
        "The game waits for one key, such as a direction where it asks for one. esc leaves the question.",
        "The game waits for one key: minus a b. esc leaves the question.",
        "The game shows a page. more goes on, esc leaves it; a letter chooses where it is a menu.",
    ]


def test_where_letters_are_no_actions_a_question_says_what_types_them(tmp_path):
    made = agent("minihack", "Quest-Easy")
    typed = made.program.rule.tables["typed"]
    assert all(chr(COMMANDS[action].key) == key for key, action in typed.items())
    letters = {action for action in made.program.info.actions if chr(COMMANDS[action].key) in ascii_letters}
    assert letters == {*typed.values()}
    told = plans(made, played("minihack", "Quest-Easy", "zap", "more", "apply", "eat"), tmp_path)
    assert waits(told) == [
        "The game waits for one key: f.",
        "The game waits for one key: b (typed by southwest), e (typed by eat), f.",
        "The game waits for one key: y (typed by northwest), n (typed by southeast), q (typed by quaff); "
        "q if you leave it.",
    ]


if __name__ == "__main__":
    for shown in SHOWN:
        for part in ("log", "plan"):
            (HERE / f"{shown}_v0_{part}.expected.txt").write_bytes(prompt(shown, part).encode())
