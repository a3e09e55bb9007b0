"""What loop 1 has tried for the scaffold named last: every patch, what decided about it, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import Field

from automem.errors import RunError, SpecError
from automem.evidence.tool import MOST_CHARS, Paged, Tool, chars_of, clip, excerpt, page, short, within
from automem.evidence.view import View
from automem.runs.candidates import Candidate, Effect
from automem.spec.source import parse_document

_ENTRY_EFFECTS = 1_500
_PATCH_ROOM = 7_000


class Lineage(Paged):
    """Arguments of `lineage`."""


class CandidateArgs(Paged):
    """Arguments of `candidate`; its pages are of measured effects."""

    number: int = Field(ge=1, description="the candidate's number")
    patch_start: int = Field(0, ge=0, description="the character of the patch to begin at")


def lineage(view: View, args: Lineage) -> Mapping[str, Any]:
    """Every candidate in short, oldest first."""
    return page(view.lineage, args, show=_entry)


def _entry(candidate: Candidate) -> dict[str, Any]:
    patch = _patch(candidate)
    told = {
        "candidate": candidate.number,
        "place": candidate.place,
        "parent": candidate.parent,
        "version": candidate.version,
        "proposer": clip(candidate.proposer, 100),
        "status": candidate.status,
        "reason": clip(str(patch.get("reason", "")), 600),
        "edits": within([_edit(edit) for edit in _list(patch, "edits")], 1_000),
        "expects": within([_expects(one) for one in _list(patch, "expects")], 600),
        "why": clip(candidate.why, 600),
        "comment": clip(candidate.comment, 600),
    }
    effects = [f"{name} {short(effect.difference):+}" for name, effect in candidate.effects.items() if _moved(effect)]
    return {**told, "changed": within(effects, _ENTRY_EFFECTS)}


def _moved(effect: Effect) -> bool:
    """Whether the interval of a difference leaves out 0, or progression is meant."""
    if effect.difference is None:
        return False
    clear = effect.low is not None and effect.high is not None and (effect.low > 0 or effect.high < 0)
    return clear or effect.metric == "progression"


def _patch(candidate: Candidate) -> dict[str, Any]:
    """The patch as data; nothing where there is none, or it is no YAML."""
    try:
        return parse_document(candidate.patch, candidate.name, aliases=False).plain() if candidate.patch else {}
    except SpecError:
        return {}


def _list(patch: Mapping[str, Any], name: str) -> list[Any]:
    found = patch.get(name)
    return found if isinstance(found, list) else []


def _edit(edit: Any) -> str:
    """`replace memory/files/map.md/schema`."""
    return clip(" ".join(map(str, next(iter(edit.items()), ()))) if isinstance(edit, dict) else str(edit), 200)


def _expects(one: Any) -> str:
    return clip(" ".join(map(str, one.values())) if isinstance(one, dict) else str(one), 200)


def candidate(view: View, args: CandidateArgs) -> Mapping[str, Any]:
    """One candidate with its whole patch and all measured effects."""
    known = {one.number: one for one in view.lineage}
    if args.number not in known:
        some = ", ".join(one.name for one in view.lineage[-20:]) or "none"
        raise RunError(f"there is no candidate c{args.number} of this scaffold, played like this; there is: {some}")
    found = known[args.number]
    effects = [
        {name: short(value) if isinstance(value, float) else value for name, value in asdict(effect).items()}
        for effect in found.effects.values()
    ]
    decision = None if found.decision is None else {**asdict(found.decision), "why": clip(found.decision.why, 600)}
    told = {**_entry(found), "decision": decision}
    told["patch"] = excerpt(found.patch, args.patch_start, _PATCH_ROOM)
    return {**told, "effects": page(effects, args, MOST_CHARS - chars_of(told) - 20)}


TOOLS = (
    Tool(
        "lineage",
        "What has been tried for this scaffold: each proposed patch with its reason, its edits, what it expected, what"
        " decided about it and why, and the metrics that clearly moved. Read the failures before proposing.",
        Lineage,
        lineage,
    ),
    Tool(
        "candidate",
        "One proposed patch in full: its YAML, what the gate or a person said, and its measured effect on each metric"
        " (paired over the same tasks and seeds, with 95 % interval).",
        CandidateArgs,
        candidate,
    ),
)
