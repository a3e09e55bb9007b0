"""What a meta-model is told of recipes: the system prompt, and the task with the ledger so far."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from automem.agent.reference import fill
from automem.evidence.tool import clip
from automem.evidence.tools import TOOLS
from automem.loops.meta.told import figure, marked, measured
from automem.loops.proficiency.engines.base import Assignment
from automem.loops.proficiency.reference import TABLES
from automem.patches.reference import TABLES as LANGUAGE
from automem.runs.trials import TrialRow
from automem.spec.resolve import LIBRARY_NOTE

INSTRUCTIONS = Path(__file__).with_name("instructions.md")
MOST_RECIPE_CHARS = 6_000
MOST_COUNTS = 40
_MARK = re.compile(r"<!-- (?:table: [a-z-]+|end) -->\n+")


@lru_cache(maxsize=1)
def system_prompt() -> str:
    """The instructions with the reference of recipes, the same for every proposal."""
    return _MARK.sub("", fill(INSTRUCTIONS.read_text(encoding="utf-8"), {**LANGUAGE, **TABLES}))


def task_text(assignment: Assignment) -> str:
    """The first message: the scaffold, how the base plays it, every trial so far, and what is wanted."""
    scaffold = assignment.played.scaffold().text.partition(LIBRARY_NOTE)[0]
    overview = TOOLS["overview"].ask(assignment.played, {})
    best = [row for row in assignment.ledger if row.status == "passed"]
    stands = f"{best[-1].name} passed last." if best else "No trial has passed the gate yet."
    told = (
        f"Propose the recipe of trial t{assignment.number}. The specialist plays this scaffold beside the unmodified"
        f" base; {len(assignment.collected.episodes)} of the base's own episodes may be learnt from. {stands}",
        marked("scaffold", scaffold),
        "How the base plays by itself, on the seeds that trials are judged by:",
        marked("overview", json.dumps(overview, ensure_ascii=False)),
        "The trials so far, oldest first; the first was made by the experiment's own recipe:",
        *(marked("trial", _told(row)) for row in assignment.ledger),
        "Look at what was learnt and at what came of it, and propose the next recipe as a whole.",
    )
    return "\n\n".join(told)


def _told(row: TrialRow) -> str:
    """A trial with what became of it."""
    lines = [f"{row.name}, by {row.proposer}: {row.status}", f"why: {row.why}", f"gain: {figure(row.gain)}"]
    counts = list(row.counts.items())[:MOST_COUNTS]
    lines += [f"counts: {', '.join(f'{name} {number}' for name, number in counts)}"] if counts else []
    lines += (
        [f"losses: {', '.join(f'{name} {figure(loss)}' for name, loss in row.losses.items())}"] if row.losses else []
    )
    lines += measured(row.effects.values())
    lines += ["recipe:", clip(row.recipe, MOST_RECIPE_CHARS)] if row.recipe else []
    return "\n".join(lines)
