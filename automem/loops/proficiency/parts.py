"""The phases of a recorded step as conversations: whose turns, which ops, word for word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from automem.agent.record import Op, Said, Step, Turn
from automem.loops.proficiency.example import Phase
from automem.traces.ops import by_agent


@dataclass(frozen=True)
class Part:
    """One phase of one step.

    Arguments:
        phase: which.
        before: LOG's turns, where PLAN goes on with its conversation; else none.
        turns: the phase's own, at least one. Where an answer was withdrawn (an action written while consulting),
            the turns after it belong to another conversation, and are left out; so are those of the base after a
            specialist's.
        ops: the agent's ops of those turns, in order.
    """

    phase: Phase
    before: tuple[Turn, ...]
    turns: tuple[Turn, ...]
    ops: tuple[Op, ...]

    @property
    def messages(self) -> tuple[Said, ...]:
        """What was said, from the conversation's first message to the phase's last answer, verbatim."""
        return tuple(said for turn in (*self.before, *self.turns) for said in _said(turn))

    @property
    def given(self) -> int:
        """How many of the messages are not the phase's own."""
        return sum(len(_said(turn)) for turn in self.before)


PHASES: tuple[Phase, ...] = ("log", "plan")


def parts_of(step: Step) -> Iterator[Part]:
    """The phases of a step in which a model was asked, in the order of play."""
    log: tuple[Turn, ...] = ()
    for phase in PHASES:
        turns = _unbroken([turn for turn in step.turns if turn.phase == phase])
        if turns:
            continued = phase == "plan" and bool(log) and log[0].conversation == turns[0].conversation
            last = turns[-1].turn
            ops = tuple(op for op in step.ops if by_agent(op) and op.phase == phase and op.turn <= last)
            yield Part(phase, log if continued else (), turns, ops)
        log = turns


def _unbroken(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns of one model up to the first whose conversation does not hold the answer before as it was given."""
    for at, (before, after) in enumerate(pairwise(turns), 1):
        as_seen = [said.text for said in after.new if said.speaker == "assistant"]
        if after.role != before.role or as_seen != [before.answer]:
            return tuple(turns[:at])
    return tuple(turns)


def _said(turn: Turn) -> list[Said]:
    """What was said to the model in a turn, and its answer; the answer before stands with the turn that gave it."""
    return [*(said for said in turn.new if said.speaker == "user"), Said("assistant", turn.answer)]
