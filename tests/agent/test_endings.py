"""What completes an answer: requests say it, in the scaffold's own tags."""

from __future__ import annotations

import asyncio

from agent.stage import play
from automem.agent.commands import compile_command, endings
from automem.agent.conversation import Conversation
from automem.agent.record import Role, Turn
from automem.engines.base import Answer, Request
from automem.spec.experiment import Sampling
from automem.spec.scaffold import OpRule

RULES = {
    "NOTE": {"verb": "append", "file": "log.md", "phases": ["log"]},
    "FINISHED": {"verb": "end", "phases": ["log"]},
    "MOVE": {"verb": "commit", "phases": ["plan"]},
}
COMMANDS = [compile_command(tag, OpRule.model_validate(rule)) for tag, rule in RULES.items()]


def test_each_phase_is_completed_by_its_own_ops() -> None:
    assert endings(COMMANDS, "log", "first") == (("<|FINISHED|>", ""),)
    assert endings(COMMANDS, "plan", "first") == (("<|MOVE|>", "<|END|>"),)


def test_where_the_last_action_counts_none_completes_an_answer() -> None:
    assert endings(COMMANDS, "plan", "last") == ()


def test_requests_carry_them() -> None:
    asked: list[Request] = []
    turns: list[Turn] = []

    async def ask(role: Role, request: Request) -> Answer:
        asked.append(request)
        return Answer("")

    talk = Conversation(0, ask, Sampling(), turns.append)
    talk.say("What now?")
    asyncio.run(talk.turn("plan", 0, "base", (("<|MOVE|>", "<|END|>"),)))
    assert asked[0].ends == (("<|MOVE|>", "<|END|>"),)
    assert asked[0].stop == ()


def test_every_call_of_an_episode_says_what_completes_it() -> None:
    episode = play()
    assert len(episode.requests) > 2
    assert {tag for _, request in episode.requests for tag, _ in request.ends} == {"<|DONE|>", "<|ACTION|>"}
    assert all(len(request.ends) == 1 for _, request in episode.requests)
