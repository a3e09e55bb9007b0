"""Operations, firings and differences in a few words."""

from __future__ import annotations

import difflib

from automem.agent.record import Firing, Op
from automem.evidence.tool import clip
from automem.traces.ops import controls, reads

_MOST_DIFFED = 2_000
_LINE = 300


def op_line(op: Op) -> str:
    """An op: whose, where not the base's; tag, file, status; how the file's size changed or how much was found."""
    if controls(op):
        size = ""
    elif reads(op):
        size = f" {op.shown}/{op.total} lines"
    else:
        size = f" {op.after - op.before:+d} chars" if op.after != op.before else ""
    by = {"engine": "update ", "specialist": "specialist "}.get(op.role, "")
    again = ", redundant" if op.redundant else ""
    return clip(f"{op.phase}: {by}{' '.join(filter(None, (op.op, op.file)))} {op.status}{size}{again}", 160)


def firing_line(firing: Firing) -> str:
    """A firing: notice, guard or update, its name, and which of its rules or effects it was."""
    return clip(f"{firing.phase}: {firing.kind} {firing.name} ({firing.effect})", 160)


def diff_of(one: str, other: str, most: int) -> str:
    """The lines that differ, `-` of the one and `+` of the other, at most so many characters of them."""
    lines = difflib.unified_diff(one.splitlines()[:_MOST_DIFFED], other.splitlines()[:_MOST_DIFFED], n=0, lineterm="")
    return clip("\n".join(clip(line, _LINE) for line in list(lines)[2:] if not line.startswith("@@")), most)
