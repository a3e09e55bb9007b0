"""Real episodes of Crafter, played by the scripted player through the real agent."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from automem.agent.agent import Agent
from automem.agent.record import Step
from automem.engines.base import Answer, Message, Request
from automem.engines.scripted import create
from automem.envs.base import Environment, Observation
from automem.envs.crafter.world import CrafterWorld
from automem.library import shipped
from automem.spec.experiment import Sampling
from automem.spec.load import load_scaffold

WORLD = CrafterWorld()
V0 = shipped("specs") / "crafter" / "v0.yaml"
Change = Callable[[Request], Request]
Heard = Callable[[Request, Answer], None]


class Direct:
    """An episode in this process."""

    def __init__(self, env: Environment) -> None:
        self.env = env

    async def reset(self) -> Observation:
        return self.env.reset()

    async def step(self, action: str) -> Observation:
        return self.env.step(action)


def agent_of(scaffold: Path) -> Agent:
    return Agent(load_scaffold(scaffold), WORLD.describe("crafter", {}))


async def play(
    seed: int,
    steps: int,
    scaffold: Path = V0,
    change: Change = lambda request: request,
    heard: Heard = lambda request, answer: None,
) -> list[Step]:
    """One episode of Crafter; see `play_out`."""
    env = WORLD.start("crafter", seed, {"max_steps": steps})
    return await play_out(agent_of(scaffold), env, "crafter", change, heard)


async def play_out(agent: Agent, env: Environment, player: str, change: Change, heard: Heard) -> list[Step]:
    """One episode; each request may be changed before it is asked, and is heard with its answer."""
    engine = create(player, {})
    record: list[Step] = []

    async def ask(role: str, request: Request) -> Answer:
        answer = await engine.ask(change(request))
        heard(request, answer)
        return answer

    with tempfile.TemporaryDirectory() as folder:
        await agent.play(Direct(env), ask, Path(folder), Sampling(), False, record.append)
    return record


def unlocked(steps: list[Step]) -> int:
    return len({event for step in steps for event in step.events})


def forgetful(request: Request) -> Request:
    """The request with every answer of memory blanked."""
    first, *later = request.messages
    blanked = [m if m.speaker == "assistant" else Message("user", "(nothing)") for m in later]
    return replace(request, messages=(first, *blanked))


def request_of(*texts: str, stable: int = 0) -> Request:
    """A conversation that the user begins; only the first message may have a stable part."""
    speakers = ("user", "assistant") * len(texts)
    messages = [Message(speaker, text) for speaker, text in zip(speakers, texts, strict=False)]
    return Request((replace(messages[0], stable=stable), *messages[1:]), temperature=0.0, max_tokens=256)
