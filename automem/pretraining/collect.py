"""Scripted play under many scaffold variants, kept as conversations to learn from."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from automem.agent.agent import Agent
from automem.agent.record import Role
from automem.engines.base import Answer, Message, Request
from automem.engines.scripted.prompt import Page, read_page
from automem.envs import WORLDS
from automem.envs.base import Environment, Observation, TaskInfo
from automem.pretraining.talk import Talk
from automem.runs.keys import call_seed
from automem.spec.experiment import Sampling
from automem.spec.resolve import ResolvedScaffold

Player = Callable[[Request], str]
_HARMLESS = ("move", "do", "north", "south", "east", "west")  # how actions begin that cost little if they are wrong


@dataclass(frozen=True)
class Lesson:
    """One episode to be played for its conversations.

    Arguments:
        scaffold: gives what offers the prompts, where the episode is played.
        world, task, seed: what is played.
        steps: its length at most.
        player: the teacher.
        split: whether two players share a step, as specialist and base do.
        stumbles: how often its action is not played but another, so that odd situations are met, 0 to 1.
    """

    scaffold: Callable[[], ResolvedScaffold]
    world: str
    task: str
    seed: int
    steps: int
    player: Player
    split: bool = False
    stumbles: float = 0.0


class _Here:
    """A world in this process."""

    def __init__(self, world: Environment) -> None:
        self._world = world

    async def reset(self) -> Observation:
        return self._world.reset()

    async def step(self, action: str) -> Observation:
        return self._world.step(action)


class _Scribe:
    """Asks the teacher, keeps what it says, and now and then plays something else."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self._rng = random.Random(f"stumble {lesson.seed}")
        self._calls = 0
        self._burst = 0
        self._pending: tuple[Message, ...] = ()
        self._first = 0
        self.talks: list[Talk] = []

    async def ask(self, role: Role, request: Request) -> Answer:
        """The answer that is played; the teacher's own is what is kept."""
        self._calls += 1
        seeded = replace(request, seed=call_seed(str(self._lesson.seed), self._calls))
        answer = self._lesson.player(seeded)
        if request.messages[: len(self._pending)] != self._pending:
            again = bool(self._pending) and request.messages[0] == self._pending[0]
            self.flush()
            # Another player goes on with it, some answer withdrawn: what was said before is not taught twice.
            self._first = len(request.messages) if again else 0
        self._pending = (*request.messages, Message("assistant", answer))
        return Answer(self._played(request, answer))

    def flush(self) -> None:
        """Keep the conversation that has ended."""
        if self._pending:
            self.talks.append(Talk(self._pending, self._lesson.world, first=self._first))
        self._pending = ()

    def _played(self, request: Request, answer: str) -> str:
        page = read_page(request.messages)
        commit = page.command("commit")
        if commit is None or f"<|{commit.tag}|>" not in answer or not page.actions:
            return answer
        if self._burst == 0 and self._rng.random() < self._lesson.stumbles:
            self._burst = self._rng.choice((1, 1, 2, 4))
        if self._burst == 0:
            return answer
        self._burst -= 1
        return commit.write(action=self._rng.choice(_moves(page)))


def _moves(page: Page) -> list[str]:
    actions = list(page.actions.values())
    return [action for action in actions if action.lower().split()[0] in _HARMLESS] or actions


def play(lesson: Lesson) -> list[Talk]:
    """The conversations of one episode."""
    world = WORLDS.load(lesson.world)
    settings = {"max_steps": lesson.steps}
    info: TaskInfo = world.describe(lesson.task, settings)
    scribe, agent = _Scribe(lesson), Agent(lesson.scaffold(), info)
    environment = world.start(lesson.task, lesson.seed, settings)
    try:
        with TemporaryDirectory() as folder:
            here = _Here(environment)
            asyncio.run(
                agent.play(here, scribe.ask, Path(folder) / "memory", Sampling(), lesson.split, lambda step: None)
            )
    finally:
        environment.close()
    scribe.flush()
    return scribe.talks


def thin(talks: list[Talk], rng: random.Random, dull: float) -> Iterator[Talk]:
    """The talks, of the dull ones (nothing recorded, asleep) only some, which weigh the more.

    Arguments:
        dull: the share of them that is kept, above 0 and up to 1.
    """
    for talk in talks:
        answers = [message.text for message in talk.messages if message.speaker == "assistant"]
        if not is_dull(answers, talk.messages[0].text):
            yield talk
        elif rng.random() < dull:
            yield replace(talk, weight=talk.weight / dull)


def is_dull(answers: list[str], prompt: str) -> bool:
    """Whether a talk is of the kind that fills most steps."""
    return "You are sleeping" in prompt or (len(answers) == 1 and "\n" not in answers[0] and answers[0].endswith("|>"))


def play_all(lessons: Iterable[Lesson], workers: int) -> Iterator[list[Talk]]:
    """The talks of each lesson, in order."""
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(play, lessons, chunksize=3)
