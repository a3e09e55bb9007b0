"""What the rules of the evolved scaffolds cost a step, prompts apart; against a step of their world."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple
from unittest.mock import patch

from automem.agent.agent import Agent
from automem.agent.episode import Episode
from automem.agent.prompt import PhasePrompts
from automem.envs import WORLDS
from automem.library import shipped_spec
from automem.runs import RunFolder, show_run
from automem.spec.load import load_scaffold
from benchmarks.engine_time import Stopwatch
from benchmarks.playing import Played, experiment, play, played_in, workplace

GOAL_MS = 2.0
GOAL_OF = ("extractors", "notices", "guards")
REPEATS = 3
RULES: tuple[tuple[str, type[Any], str], ...] = (
    ("extractors", Episode, "_extract"),
    ("state", Episode, "_carry"),
    ("updates, files brought up to date", Episode, "update"),
    ("updates, files brought up to date", Episode, "load"),
    ("notices", Episode, "speak"),
    ("guards", Episode, "guard"),
)
PROMPTS: tuple[tuple[str, type[Any], str], ...] = (
    ("prompts", PhasePrompts, "opening"),
    ("prompts", PhasePrompts, "message"),
)


class Course(NamedTuple):
    """What is played: a world with its settings, by a scripted player."""

    env: dict[str, Any]
    player: str


COURSES = (
    Course({"name": "crafter", "max_steps": 200}, "crafter"),
    Course({"name": "minihack", "max_steps": 100, "tasks": ["Quest-Easy"]}, "nethack"),
    Course({"name": "nethack", "max_steps": 200}, "nethack"),
)


def recorded(course: Course) -> list[Played]:
    """Real play of a world's evolved scaffold."""
    world, steps = course.env["name"], course.env["max_steps"]
    name, scaffold = f"rules-{world}", f"{world}/evolved.yaml"
    models = {"base": {"engine": "scripted", "model": course.player}}
    seeds = {"select": 42}
    folder = RunFolder(
        play(experiment(name, steps, scaffold=scaffold, env=course.env, seeds=seeds, models=models)).folder
    )
    return [played_in(folder, one) for one in show_run(name, workplace()).episodes]


def watched(agent: Agent, episodes: Sequence[Played]) -> Stopwatch:
    """The parts' time while the episodes are lived again."""
    watch = Stopwatch()
    with ExitStack() as patches:
        for part, owner, name in (*RULES, *PROMPTS):
            patches.enter_context(patch.object(owner, name, watch.timed(part, getattr(owner, name))))
        for episode in episodes:
            for _ in agent.retrace(episode.steps):
                pass
    return watch


def of_the_world(episodes: Sequence[Played]) -> float:
    """Seconds of the processor that the world takes for the same actions, in this process."""
    spent = 0.0
    for played in episodes:
        header = played.header
        episode = WORLDS.load(header.env).start(header.task, header.seed, header.settings)
        episode.reset()
        started = time.process_time()
        for step in played.steps:
            episode.step(step.action)
        spent += time.process_time() - started
        episode.close()
    return spent


def measure(course: Course) -> None:
    """Print one world's figures: the least of several times, since others use the processor too."""
    episodes = recorded(course)
    header, count = episodes[0].header, sum(len(episode.steps) for episode in episodes)
    path = shipped_spec(f"{header.env}/evolved")
    assert path is not None
    scaffold, info = load_scaffold(path), WORLDS.load(header.env).describe(header.task, header.settings)
    started = time.process_time()
    agent = Agent(scaffold, info)
    compiled = time.process_time() - started
    watches = [watched(agent, episodes) for _ in range(REPEATS)]
    world = min(of_the_world(episodes) for _ in range(REPEATS)) / count * 1000
    cost = {part: min(watch.seconds[part] for watch in watches) / count * 1000 for part in watches[0].seconds}
    judged = sum(spent for part, spent in cost.items() if part in GOAL_OF)
    rules = sum(spent for part, spent in cost.items() if part != "prompts")
    print(f"  {header.task}: {count} steps; compiled once, {compiled * 1000:.0f} ms; the world {world:.3f} ms/step")
    goal = f"{judged / GOAL_MS:5.0%} of the goal"
    for name, spent, more in ((", ".join(GOAL_OF), judged, goal), ("state and updates too", rules, "")):
        print(f"    {name:<36}{spent:6.3f} ms/step  {spent / world:5.2f} x the world  {more}")
    for part, spent in cost.items():
        print(f"      {part:<34}{spent:6.3f} ms/step  {spent / world:5.2f} x the world")


def main() -> None:
    """Measure each world's evolved scaffold on its own recorded play."""
    print(f"Rules of the evolved scaffolds on recorded play, one core (goal: {GOAL_MS} ms a step)")
    for course in COURSES:
        measure(course)


if __name__ == "__main__":
    main()
