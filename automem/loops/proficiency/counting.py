"""What one phase did, counted from its turns and op records."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from automem.agent.record import Op
from automem.loops.proficiency.parts import Part
from automem.memory.verbs import find_verb
from automem.traces.ops import UNREAD, controls, in_vain, reads, writes

Feature = float | int | bool | str
"""A value that a criterion may use."""


def counted(part: Part) -> dict[str, Feature]:
    """Those features of a phase that its own turns and ops tell."""
    return {**_issued(part), **_looks(part), **_writes(part), **_said(part)}


def changed(op: Op) -> bool:
    """Whether a write changed what is stored."""
    return writes(op) and op.status == "ok" and not op.redundant


def _issued(part: Part) -> dict[str, Feature]:
    return {
        "ops": sum(not controls(op) for op in part.ops),
        "malformed": sum(op.status in UNREAD for op in part.ops),
        "denied": sum(op.status == "denied" for op in part.ops),
        "rejected": sum(op.status == "rejected" for op in part.ops),
        "ended": any(op.verb == "end" and op.status == "ok" for op in part.ops),
        "pattern": _pattern(part.ops),
    }


def _looks(part: Part) -> dict[str, Feature]:
    looks = [op for op in part.ops if reads(op)]
    searches = [op for op in looks if op.verb == "search"]
    last = part.turns[-1].turn
    return {
        "searches": len(searches),
        "hits": sum(not in_vain(op) for op in searches),
        "reads": len(looks) - len(searches),
        "vain": sum(in_vain(op) for op in looks),
        "recalled": any(op.turn < last and not in_vain(op) for op in looks),
    }


def _writes(part: Part) -> dict[str, Feature]:
    made = [op for op in part.ops if writes(op)]
    redundant = sum(op.redundant or op.status == "duplicate" for op in made)
    stored = sum(changed(op) for op in made)
    return {
        "writes": len(made),
        "stored": stored,
        "redundant": redundant,
        "failed": len(made) - stored - redundant,
        "looked": all(_after_a_look(op, part.ops) for op in made),
    }


def _after_a_look(write: Op, ops: Iterable[Op]) -> bool:
    """Whether what a look at the file gave could be known when it was written to; a new file needs none."""
    return find_verb(write.verb).onto == "new" or any(
        reads(op) and op.file == write.file and op.turn < write.turn for op in ops
    )


def _said(part: Part) -> dict[str, Feature]:
    last = part.turns[-1]
    return {
        "turns": len(part.turns),
        "cut": sum(turn.finish == "length" for turn in part.turns),
        "chars_in": last.prompt_chars,
        "chars_out": sum(len(turn.answer) for turn in part.turns),
        "tokens_in": last.input_tokens or 0,
        "tokens_out": sum(turn.output_tokens or 0 for turn in part.turns),
    }


def _pattern(ops: Iterable[Op]) -> str:
    """The commands by tag, those of one answer together."""
    return " / ".join(" ".join(op.op for op in answer) for _, answer in groupby(ops, lambda op: op.turn))
