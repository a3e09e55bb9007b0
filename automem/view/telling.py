"""Steps of a trace in the form that the page reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b

import msgspec

from automem.agent.record import Said, Step, Turn
from automem.traces.ops import by_agent, writes
from automem.view.format import Marks, Message, StepView, Turns, TurnText
from automem.view.hunks import Hunk


def step_view(step: Step, memory: Mapping[str, list[Hunk]]) -> StepView:
    """A step as a panel shows it.

    Arguments:
        memory: file → what the step changed in it.
    """
    view = msgspec.convert(step, StepView, from_attributes=True)
    return msgspec.structs.replace(view, memory=dict(memory))


def mark(marks: Marks, step: Step) -> None:
    """Add the next step to its marks."""
    marks.actions.append(step.action)
    marks.seen.append(blake2b(step.observation.encode(), digest_size=6).hexdigest())
    marks.progression.append(round(step.progression, 4))
    if step.reward:
        marks.rewards.append((step.number, step.reward))
    if any(by_agent(op) and writes(op) and op.status == "ok" for op in step.ops):
        marks.writes.append(step.number)
    for kind, numbers in (("guard", marks.guards), ("notice", marks.notices)):
        if any(firing.kind == kind for firing in step.firings):
            numbers.append(step.number)


def turns_of(first: int, steps: Sequence[Step]) -> Turns:
    """Every prompt and answer of some steps.

    Arguments:
        first: the number of the first of them.
    """
    beginnings: dict[str, int] = {}
    texts = [[_turn_text(turn, beginnings) for turn in step.turns] for step in steps]
    return Turns(first, list(beginnings), texts)


def _turn_text(turn: Turn, beginnings: dict[str, int]) -> TurnText:
    new = tuple(_message(said, beginnings) for said in turn.new)
    return TurnText(turn.phase, turn.turn, turn.role, turn.conversation, new, turn.answer)


def _message(said: Said, beginnings: dict[str, int]) -> Message:
    """A message, the part of which that recurs is stored once."""
    if not said.stable:
        return Message(said.speaker, said.text)
    beginning = beginnings.setdefault(said.text[: said.stable], len(beginnings))
    return Message(said.speaker, said.text[said.stable :], beginning)
