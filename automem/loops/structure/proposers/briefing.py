"""What a meta-model is told: the system prompt, and the task with all that was tried before."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from automem.agent.reference import fill
from automem.evidence.tool import clip
from automem.evidence.tools import TOOLS
from automem.loops.meta.told import marked, measured
from automem.loops.structure.proposers.base import Assignment
from automem.patches.reference import TABLES
from automem.runs.candidates import Candidate
from automem.spec.resolve import LIBRARY_NOTE
from automem.spec.templates import shipped_schemas

INSTRUCTIONS = Path(__file__).with_name("instructions.md")
MOST_PATCH_CHARS = 4_000
_MARK = re.compile(r"<!-- (?:table: [a-z-]+|end) -->\n+")


@lru_cache(maxsize=1)
def system_prompt() -> str:
    """The instructions with the reference of the language, the same for every proposal."""
    text = fill(INSTRUCTIONS.read_text(encoding="utf-8"), TABLES)
    return _MARK.sub("", text).replace("SCHEMAS", ", ".join(f"`{name}`" for name in shipped_schemas()))


def task_text(assignment: Assignment) -> str:
    """The first message: the incumbent, what it achieved, everything tried before, and what is wanted."""
    name = assignment.scaffold.plain().get("name")
    own = assignment.scaffold.text.partition(LIBRARY_NOTE)[0]
    overview = TOOLS["overview"].ask(assignment.evidence, {})
    parts = (
        f"Propose candidate c{assignment.number}: a patch of the incumbent, version {assignment.evidence.version}. "
        f"Its `of` is `{name}@{assignment.scaffold_hash[:12]}`.",
        marked("scaffold", own),
        marked("overview", json.dumps(overview, ensure_ascii=False)),
        *_tried(assignment),
        *_continued(assignment.continuing),
        "Look at what happened, find what costs the most, and propose one patch that mends it.",
    )
    return "\n\n".join(parts)


def _tried(assignment: Assignment) -> list[str]:
    if not assignment.lineage:
        return ["Nothing was proposed for this scaffold before."]
    return ["Earlier candidates, oldest first:", *(marked("candidate", _told(one)) for one in assignment.lineage)]


def _continued(candidate: Candidate | None) -> list[str]:
    if candidate is None:
        return []
    seen = (
        "" if candidate.version is None else f" Its episodes are there to be looked at, as version {candidate.version}."
    )
    return [
        f"Your patch is a second try after {candidate.name}, which failed.{seen} The incumbent stands as shown above, "
        f"without {candidate.name}: repeat of its edits what you want to keep, and mend what failed."
    ]


def _told(candidate: Candidate) -> str:
    """A candidate with what became of it."""
    lines = [f"{candidate.name}, {candidate.place}, by {candidate.proposer}: {candidate.status}"]
    if candidate.version is not None:
        lines.append(f"played as version {candidate.version}")
    lines += [
        f"{what}: {text}" for what, text in (("why", candidate.why), ("a person said", candidate.comment)) if text
    ]
    lines += measured(candidate.effects.values())
    lines += ["patch:", clip(candidate.patch, MOST_PATCH_CHARS)] if candidate.patch else []
    return "\n".join(lines)
