"""Two episodes side by side: where they part, and where one gained what the other did not."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from pydantic import Field

from automem.agent.record import Step
from automem.errors import RunError
from automem.evidence.steps import parts_of
from automem.evidence.summary import summary_of
from automem.evidence.tool import OfEpisode, Tool, clip, short, some, within
from automem.evidence.view import View
from automem.evidence.wording import diff_of, op_line
from automem.runs.records import Recorded

_MARKS = 20
_PART_ROOM = 2_500
_PARTS_ROOM = 12_000


class Compare(OfEpisode):
    """Arguments of `compare`."""

    other: str | None = Field(
        None, max_length=200, description="the other episode; the same task and seed of `other_version` if left out"
    )
    other_version: int | None = Field(
        None, ge=0, description="the version that played it; the parent of the first one's when left out"
    )


def compare(view: View, args: Compare) -> Mapping[str, Any]:
    """Two episodes, the step at which their actions part, and what each achieved."""
    one = view.episode(args.episode, args.version)
    other = _other(view, one, args)
    scores: list[tuple[int, float | None, float | None]] = []
    parted: tuple[Step, Step] | None = None
    for number, (left, right) in enumerate(zip_longest(view.steps(one), view.steps(other)), 1):
        if parted is None and left is not None and right is not None and left.action != right.action:
            parted = left, right
        scores.append((number, left.progression if left else None, right.progression if right else None))
    every = max(1, len(scores) // _MARKS)
    told = {
        "one": _named(one),
        "other": _named(other),
        "progress": [
            {"step": number, "one": short(left), "other": short(right)}
            for number, left, right in scores
            if number % every == 0 or number == len(scores)
        ],
        **_gains(view, one, other),
        "first_different_action": None if parted is None else parted[0].number,
    }
    return told if parted is None else {**told, **_differences(*parted)}


def _other(view: View, one: Recorded, args: Compare) -> Recorded:
    if args.other is not None:
        return view.episode(args.other, args.other_version)
    number = view.known_versions[one.version].parent if args.other_version is None else args.other_version
    if number is None:
        raise RunError(f"v{one.version} has no parent; say `other` or `other_version`")
    played = view.of_version(number)
    found = [
        two for two in played if (two.row.task, two.row.seed, two.id != one.id) == (one.row.task, one.row.seed, True)
    ]
    if not found:
        raise RunError(f"v{number} has not played task {one.row.task}, seed {one.row.seed}")
    return found[0]


def _named(episode: Recorded) -> dict[str, Any]:
    row = episode.row
    place = {"episode": episode.id, "version": episode.version, "task": row.task, "seed": row.seed}
    return {**place, "progression": short(row.progression), "steps": row.steps}


def _gains(view: View, one: Recorded, other: Recorded) -> dict[str, Any]:
    """What one achieved and the other did not, and what both achieved at different steps."""
    left, right = (_first(view, episode) for episode in (one, other))
    both = [{"event": clip(event, 60), "one": left[event], "other": right[event]} for event in left if event in right]
    return {
        "only_one": within([f"{clip(event, 60)} at {at}" for event, at in left.items() if event not in right], 1_500),
        "only_other": within([f"{clip(event, 60)} at {at}" for event, at in right.items() if event not in left], 1_500),
        "both": within(both, 2_000),
    }


def _first(view: View, episode: Recorded) -> dict[str, int]:
    found: dict[str, int] = {}
    for step, event in summary_of(view, episode).achieved:
        found.setdefault(event, step)
    return found


def _differences(one: Step, other: Step) -> dict[str, Any]:
    """What was read and said differently at the step where the actions part."""
    left, right = parts_of(one), parts_of(other)
    names = [name for name in dict.fromkeys([*left, *right]) if left.get(name) != right.get(name)]
    parts = [{"part": name, "diff": diff_of(left.get(name, ""), right.get(name, ""), _PART_ROOM)} for name in names]
    return {
        "actions": {"one": clip(one.action, 100), "other": clip(other.action, 100)},
        "ops": {"one": some(map(op_line, one.ops), 6), "other": some(map(op_line, other.ops), 6)},
        "differences": within(parts, _PARTS_ROOM - 4_000),
    }


TOOLS = (
    Tool(
        "compare",
        "Two episodes side by side, usually the same task and seed under two versions: scores over the steps, what"
        " only one achieved, the first step whose action differs, and how prompts and answers differed there.",
        Compare,
        compare,
    ),
)
