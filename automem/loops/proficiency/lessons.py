"""From what was played to what is trained on: cut by the scaffold's own op list, and by nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from automem.agent.commands import Command, compile_command
from automem.agent.parser import OpForm, ParsedOp, parse
from automem.agent.record import Said
from automem.loops.proficiency.example import Example, Lesson, Phase
from automem.spec.resolve import ResolvedScaffold

Reason = Literal["no_ops", "acts_at_once", "fenced"]
REASONS: Mapping[Reason, str] = {
    "no_ops": "its first answer holds no op of the phase",
    "acts_at_once": "nothing but the action is in its first answer",
    "fenced": "a code fence stands between the ops of its first answer",
}
"""Why an example is no lesson."""

_FENCE = "```"
_OPENING = re.compile(r"```[\w-]*")


@dataclass(frozen=True)
class Dropped:
    """An example that nothing can be learnt from.

    Arguments:
        example: its id.
        why: one of `REASONS`.
    """

    example: str
    why: Reason


@dataclass(frozen=True)
class _Vocabulary:
    """The ops of one task.

    Arguments:
        commands: tag → op.
        forms: tag → how it is written; all of them, since an op that the phase denies is an op all the same.
        turns: how many answers a consultation may have before PLAN is handed over.
    """

    commands: Mapping[str, Command]
    forms: Mapping[str, OpForm]
    turns: int

    def parse(self, text: str) -> list[ParsedOp]:
        return parse(text, self.forms)

    def verb(self, op: ParsedOp) -> str:
        """What the op does; empty for an unknown one."""
        command = self.commands.get(op.tag)
        return "" if command is None else command.verb.name

    def sound(self, op: ParsedOp, phase: Phase) -> bool:
        """Whether it is a well-formed op that the phase allows."""
        command = self.commands.get(op.tag)
        return command is not None and op.args is not None and phase in command.phases


@lru_cache(maxsize=64)
def _vocabulary(scaffold: ResolvedScaffold, task: str) -> _Vocabulary:
    rule = scaffold.for_task(task)
    commands = {tag: compile_command(tag, op) for tag, op in rule.ops.items()}
    return _Vocabulary(commands, {tag: command.form for tag, command in commands.items()}, rule.phases.plan.turns)


def lesson_of(example: Example, scaffold: ResolvedScaffold) -> Lesson | Dropped:
    """What of `example` is trained on.

    Of each answer stays what reaches from its beginning (after a code fence around it) to its last op; what
    follows is gone. No op that commits an action stays: its answer is cut before it. An op that ends a consultation
    stays and is the last. The lesson ends with the answer that lost an op, or before the first one of which no op
    of the phase is left, so that every answer in it is followed by the reply to just what it says. What comes after
    a hand-over is never part of it: a consultation has at most as many answers as PLAN has turns.

    Arguments:
        example: a phase as it was played.
        scaffold: the one it was played with; its op list says what an op is, and what each does.
    """
    words = _vocabulary(scaffold, example.task)
    given = example.messages[: example.given]
    kept: list[Said] = []
    for said, answer in _turns(example, words.turns):
        turn = _trimmed(answer.text, example.phase, words)
        if turn.text:
            kept += said, Said("assistant", turn.text)
        if turn.last or not turn.text:
            break
    if not kept:
        return Dropped(example.id, turn.why)
    return Lesson(example.id, example.phase, (*given, *kept), example.given)


def _turns(example: Example, most: int) -> Iterator[tuple[Said, Said]]:
    """What was said to the agent and what it answered, turn by turn, up to a hand-over for want of turns."""
    own = example.messages[example.given :]
    turns = list(zip(own[::2], own[1::2], strict=True))
    yield from turns if example.phase == "log" else turns[:most]


@dataclass(frozen=True)
class _Turn:
    """What is left of one answer: `text`, empty for nothing (and `why`); `last` when the lesson ends with it."""

    text: str
    last: bool = False
    why: Reason = "no_ops"


def _trimmed(answer: str, phase: Phase, words: _Vocabulary) -> _Turn:
    """One answer without its fence, its actions, and what follows its last op."""
    text, ops, acts = answer, words.parse(answer), False
    # A line `ACTION: x` is an action only where no tag is one and it is short, so that a cut may bring one to light.
    while commits := [op.start for op in ops if words.verb(op) == "commit"]:
        text = text[: commits[0]]
        ops, acts = words.parse(text), True
    if not any(words.sound(op, phase) for op in ops):
        return _Turn("", why="acts_at_once" if acts and phase == "plan" else "no_ops")
    ends = [number for number, op in enumerate(ops) if words.verb(op) == "end" and words.sound(op, phase)]
    left = ops[: ends[0] + 1] if ends else ops
    if _fenced_between(text, left):
        return _Turn("", why="fenced")
    last = acts or len(left) < len(ops) or (bool(ends) and phase == "plan")
    kept = text[_beginning(text, left[0].start) : left[-1].end]
    if any(words.verb(op) == "commit" for op in words.parse(kept)):
        return _trimmed(kept, phase, words)
    return _Turn(kept, last)


def _beginning(text: str, first_op: int) -> int:
    """Where an answer begins: after the last code fence opened before its first op, and after white space."""
    at = text.rfind(_FENCE, 0, first_op)
    opening = _OPENING.match(text, at) if at >= 0 else None
    start = opening.end() if opening is not None else 0
    return start + len(text[start:]) - len(text[start:].lstrip())


def _fenced_between(text: str, ops: Sequence[ParsedOp]) -> bool:
    """Whether a code fence stands between two ops: then they are in pieces, and what the fences mean is unclear."""
    return any(_FENCE in text[one.end : other.start] for one, other in pairwise(ops))
