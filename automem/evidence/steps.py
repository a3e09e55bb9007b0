"""The steps of an episode: a line for each, and one in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from automem.agent.record import Step
from automem.errors import RunError
from automem.evidence.tool import MOST_CHARS, OfEpisode, Paged, Tool, chars_of, clip, excerpt, page, short, within
from automem.evidence.view import View
from automem.evidence.wording import firing_line, op_line
from automem.traces.store import read_step

Kind = Literal["reward", "event", "fallback", "invalid", "intention", "guard", "notice", "update"]
_KINDS: dict[Kind, Callable[[Step], bool]] = {
    "reward": lambda step: step.reward != 0,
    "event": lambda step: bool(step.events),
    "fallback": lambda step: step.fallback,
    "invalid": lambda step: not step.valid,
    "intention": lambda step: step.intention not in (None, step.action),
    "guard": lambda step: any(firing.kind == "guard" for firing in step.firings),
    "notice": lambda step: any(firing.kind == "notice" for firing in step.firings),
    "update": lambda step: any(firing.kind == "update" for firing in step.firings),
}
_LISTED_ROOM = 2_500
_EVENTS_ROOM = 1_000
_PART_ROOM = 3_000
_OPS_ROOM = 5_000
_NAMES_ROOM = 1_000
_REPLY = 300


class Steps(Paged, OfEpisode):
    """Arguments of `steps`."""

    first: int = Field(1, ge=1, description="the first step wanted")
    last: int | None = Field(None, ge=1, description="the last step wanted; the episode's last when left out")
    only: Kind | None = Field(None, description="only steps with a reward, an event, a fallback action, …")
    op: str | None = Field(None, max_length=100, description="only steps with an op of this tag")
    status: str | None = Field(None, max_length=40, description="only steps with an op of this status, such as denied")


class StepArgs(OfEpisode):
    """Arguments of `step`."""

    step: int = Field(ge=1, description="which step, counted from 1")
    part: str | None = Field(None, max_length=60, description="one part alone, by the name the whole step gives it")
    start: int = Field(0, ge=0, description="with `part`: the character it begins at; `next` says where it goes on")


def steps(view: View, args: Steps) -> Mapping[str, Any]:
    """A line for each step that is wanted."""
    episode = view.episode(args.episode, args.version)
    return {"episode": episode.id, **page(_listed(view.steps(episode), args), args, MOST_CHARS - 100)}


def _listed(found: Iterator[Step], args: Steps) -> Iterator[dict[str, Any]]:
    for step in found:
        if args.last is not None and step.number > args.last:
            return
        if step.number >= args.first and _wanted(step, args):
            yield _line(step)


def _wanted(step: Step, args: Steps) -> bool:
    if args.only is not None and not _KINDS[args.only](step):
        return False
    if args.op is None and args.status is None:
        return True
    return any(args.op in (None, op.op) and args.status in (None, op.status) for op in step.ops)


def _line(step: Step) -> dict[str, Any]:
    return {
        **_outcome(step),
        "ops": within(map(op_line, step.ops), _LISTED_ROOM),
        "firings": within(map(firing_line, step.firings), _LISTED_ROOM),
    }


def _outcome(step: Step) -> dict[str, Any]:
    """What the agent wanted and what came of it; what is as usual is left out."""
    odd: dict[str, Any] = {
        "written": clip(step.raw, 200) if step.raw != step.action else None,
        "intention": None if step.intention is None else clip(step.intention, 200),
        "valid": None if step.valid else False,
        "fallback": step.fallback or None,
        "reward": short(step.reward) or None,
        "events": within((clip(event, 60) for event in step.events), _EVENTS_ROOM) or None,
        "end": step.end or None,
    }
    told = {name: value for name, value in odd.items() if value is not None}
    return {"step": step.number, "action": clip(step.action, 100), "progression": short(step.progression), **told}


def parts_of(step: Step) -> dict[str, str]:
    """Name → text of everything said at a step: the observation, each call's new messages and its answer."""
    parts = {"observation": step.observation}
    for turn in step.turns:
        place = f"{turn.phase}.{turn.turn}"
        by = "" if turn.role == "base" else f".{turn.role}"
        for number, said in enumerate(turn.new):
            which = f".{number}" if len(turn.new) > 1 else ""
            parts[f"{place}{by}.{'prompt' if said.speaker == 'user' else 'said'}{which}"] = said.text
        parts[f"{place}{by}.answer"] = turn.answer
    for number, op in enumerate(step.ops):
        if len(op.reply) > _REPLY:
            parts[f"reply.{number}"] = op.reply
    return parts | ({"outcome": step.outcome} if step.outcome else {})


def read(view: View, args: StepArgs) -> Mapping[str, Any]:
    """A step in full, or a part of it."""
    episode = view.episode(args.episode, args.version)
    step = _one(view, episode.id, args.step)
    parts = parts_of(step)
    place = {"episode": episode.id, "step": step.number}
    if args.part is None:
        return _whole(place, step, parts)
    if args.part not in parts:
        raise RunError(f"step {step.number} has no part {args.part!r}; it has {clip(', '.join(parts), 2_000)}")
    return {**place, "part": args.part, **excerpt(parts[args.part], args.start)}


def _one(view: View, episode: str, number: int) -> Step:
    try:
        return read_step(view.folder.trace(episode), number)
    except RunError as error:
        raise RunError(f"episode {episode}: {error}") from error


def _whole(place: dict[str, Any], step: Step, parts: Mapping[str, str]) -> Mapping[str, Any]:
    ops = [
        {"op": op_line(op), "args": {name: clip(text, 200) for name, text in op.args.items()}}
        | ({"reply": clip(op.reply, _REPLY)} if op.reply else {})
        for op in step.ops
    ]
    told: dict[str, Any] = {
        **place,
        **_outcome(step),
        "ops": within(ops, _OPS_ROOM),
        "firings": within(map(firing_line, step.firings), _LISTED_ROOM),
    }
    room = MOST_CHARS - chars_of(told) - _NAMES_ROOM - 100
    shown: list[dict[str, Any]] = []
    for name, text in parts.items():
        piece = {"part": name, **excerpt(text, 0, _PART_ROOM)}
        room -= chars_of(piece) + 2
        if room < 0:
            break
        shown.append(piece)
    unread = [f"{name} ({len(text)})" for name, text in list(parts.items())[len(shown) :]]
    return {**told, "parts": shown, **({"more_parts": within(unread, _NAMES_ROOM)} if unread else {})}


TOOLS = (
    Tool(
        "steps",
        "The steps of an episode, a line each: action, score so far, reward, events, memory ops with their status, and"
        " the notices, guards and updates that fired. Can be narrowed to a range, to steps with a reward, a fallback"
        " action, a guard that acted …, or to steps with ops of one tag or status.",
        Steps,
        steps,
    ),
    Tool(
        "step",
        "One step in full: the observation, every prompt exactly as the model read it, every answer verbatim, ops with"
        " their replies, firings. Long parts are cut; ask for a `part` by name to read it on from `start`.",
        StepArgs,
        read,
    ),
)
