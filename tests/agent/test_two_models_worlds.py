"""In every world, with the shipped scaffolds and the patch of the page: two models that are one play what one plays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from docs.test_documents import blocks
from engines_scripted.playing import Direct

from agent.test_two_models import nobodys
from automem.agent.agent import Agent
from automem.agent.record import Role, Step
from automem.engines import Answer, Request
from automem.engines.scripted import create
from automem.envs import WORLDS
from automem.library import shipped
from automem.patches.check import check_patch
from automem.spec.experiment import Sampling
from automem.spec.source import read_document

_, PATCH = blocks(Path(__file__).parents[2] / "docs/two-models.md")
WORLDS_PLAYED: list[tuple[str, str, str, dict[str, Any]]] = [
    ("crafter", "crafter", "crafter", {"max_steps": 60}),
    ("minihack", "CorridorBattle-Dark", "nethack", {"max_steps": 25}),
    ("nethack", "NetHackChallenge", "nethack", {"max_steps": 25}),
]


def patched(world: str) -> Agent:
    """The starting scaffold of a world with a command that ends the consultation."""
    text = PATCH.replace("crafter-v0", f"{world}-v0")
    if world != "crafter":
        text = text.replace("crafter/plan_task", "nethack/plan_task")
    checked = check_patch(text, "patch.yaml", read_document(shipped("specs") / world / "v0.yaml"))
    assert checked.scaffold is not None, checked.issues
    assert checked.issues == ()
    task, settings = next((task, settings) for name, task, _, settings in WORLDS_PLAYED if name == world)
    return Agent(checked.scaffold, WORLDS.load(world).describe(task, settings))


async def played(agent: Agent, world: str, folder: Path, split: bool) -> list[Step]:
    """An episode by the world's rule-based player in both roles."""
    task, player, settings = next(known[1:] for known in WORLDS_PLAYED if known[0] == world)
    engine, steps = create(player, {}), list[Step]()

    async def ask(role: Role, request: Request) -> Answer:
        return Answer((await engine.ask(request)).text)

    env = WORLDS.load(world).start(task, 42, settings)
    try:
        await agent.play(Direct(env), ask, folder, Sampling(), split, steps.append)
    finally:
        env.close()
    return steps


@pytest.mark.parametrize("world", [known[0] for known in WORLDS_PLAYED])
async def test_a_specialist_that_is_the_base_changes_nothing(world: str, tmp_path: Path) -> None:
    agent = patched(world)
    one = await played(agent, world, tmp_path / "one", split=False)
    two = await played(agent, world, tmp_path / "two", split=True)
    assert nobodys(two) == nobodys(one)
    assert len(one) >= 10
    if world == "crafter":  # its player recalls before it acts, so that waiting for the hand-off costs it nothing
        assert [step.intention for step in two] == [step.action for step in two]
    assert {turn.role for step in two for turn in step.turns} == {"specialist", "base"}
    assert {turn.role for step in two for turn in step.turns if turn.phase == "log"} <= {"specialist"}
    assert [[turn.new for turn in again.turns] for again in agent.retrace(two)] == [
        [turn.new for turn in step.turns] for step in two
    ]
