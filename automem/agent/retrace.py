"""Recorded steps lived again: what another scaffold would have shown and allowed, had the models said the same."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automem.agent.conversation import Ask
from automem.agent.episode import Episode
from automem.agent.prompt import Prompt
from automem.agent.record import Firing, Op, Role, Step, Turn
from automem.engines.base import Answer, Request


@dataclass(frozen=True)
class Retraced:
    """One recorded step, lived again.

    Arguments:
        step: as it was recorded.
        openings: phase → the opening prompt that the scaffold makes of it.
        turns: the calls; those that the recorded step never had are answered by an empty text.
        ops: what the recorded answers do to memory under the scaffold.
        firings: what speaks and acts.
    """

    step: Step
    openings: Mapping[str, Prompt]
    turns: tuple[Turn, ...]
    ops: tuple[Op, ...]
    firings: tuple[Firing, ...]


def echo(episode: Episode, turns: Sequence[Turn]) -> Ask:
    """Answers calls with what the same model said in the same phase, in order; with nothing once that is used up."""
    said: defaultdict[tuple[str, str], deque[str]] = defaultdict(deque)
    for turn in turns:
        said[turn.phase, turn.role].append(turn.answer)

    async def ask(role: Role, request: Request) -> Answer:
        left = said[next(reversed(episode.openings)), role]  # the phase opened last is the one that asks
        return Answer(left.popleft() if left else "")

    return ask


def run_through(work: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine that waits for nothing, also where an event loop is at work already."""
    try:
        work.send(None)
    except StopIteration:
        return
    work.close()
    raise AssertionError("recorded answers are at hand; nothing can be waited for")
