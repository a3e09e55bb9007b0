"""Diagnostics: named things that stand out in the episodes of one version, each with places that show it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from automem.agent.record import Header, Step
from automem.envs import WORLDS
from automem.errors import AutoMemError, RunError
from automem.evidence.diagnostics.acting import Circles, InvalidActions, Losses, Repeats
from automem.evidence.diagnostics.asking import Reading, Writing
from automem.evidence.diagnostics.files import Growth, Unused
from automem.evidence.diagnostics.finding import MOST_PLACES, Finder, Finding, Moment, Place
from automem.evidence.diagnostics.guarding import Guards
from automem.evidence.diagnostics.speaking import Commands, Notices, Prompts, Turns
from automem.evidence.tool import Paged, Tool, page
from automem.evidence.view import View
from automem.runs.records import Recorded
from automem.traces.audit import audit

__all__ = ["DIAGNOSTICS", "MOST_PLACES", "TOOLS", "Finding", "Place", "diagnose"]

_FINDERS: tuple[type[Finder], ...] = (
    InvalidActions,
    Repeats,
    Circles,
    Losses,
    Growth,
    Unused,
    Reading,
    Writing,
    Commands,
    Notices,
    Guards,
    Turns,
    Prompts,
)

DIAGNOSTICS: dict[str, str] = {
    "invalid_actions": "written actions that are none of the world's, and which they come near",
    "fallback_actions": "the default that ran for want of an action",
    "no_effect": "an action that changed nothing to be seen",
    "repeated_in_vain": "an action done again right after it changed nothing",
    "back_and_forth": "two actions in turn",
    "stagnation": "no progress in more than the second half of an episode",
    "losses": "an action followed by a negative reward",
    "growth": "a file that grows",
    "duplicate_lines": "final lines of a file that stand above already",
    "written_anew": "lines written although they had been before",
    "never_read": "a file that is written and never looked at",
    "never_used": "a file that is neither written nor read",
    "never_shown": "lines that were never shown again",
    "empty_searches": "searches that found nothing",
    "cut_answers": "answers that showed part of what there is",
    "long_answers": "an op's answers that are long",
    "routine_reads": "a file read in PLAN on most steps",
    "redundant_writes": "writes of what already stood there",
    "blind_writes": "writes to a file not looked at in the same step",
    "lost_lines": "rewrites that lose more than half of a file",
    "malformed_ops": "ops that could not be understood",
    "unknown_ops": "ops that are not in the vocabulary",
    "denied_ops": "ops not allowed in their phase",
    "rejected_ops": "ops a guard rejected",
    "unused_ops": "an op that is never used",
    "silent": "a notice or guard that never speaks",
    "constant": "a notice or guard that speaks nearly always",
    "always": "a guard that acts on every step on which it could",
    "turns_out": "a phase that used up its turns",
    "no_command": "answers without a command",
    "idle_log": "LOG that only ended",
    "vain_consultation": "looks into memory that showed nothing",
    "spare_turns": "turns a phase never needs",
    "changing_prompt": "prompt text outside the stable beginning",
    "long_prompts": "the longest prompts",
}
"""Every diagnostic: what it finds."""

_CLOCK = re.compile(r"\b(?:T|Time): ?\d+")


def diagnose(view: View, version: int | None = None) -> list[Finding]:
    """All findings about one version, the heaviest first; those about the same share of steps by name and subject.

    Arguments:
        version: the view's last when left out.

    Raises:
        RunError: the version may not be looked at, has no finished episode, or a file of it cannot be read.
    """
    episodes = view.of_version(version)
    if not episodes:
        number = view.version if version is None else version
        raise RunError(f"version v{number} has no finished {view.stage} episode to look at")
    scaffold = view.scaffold(version).plain()
    finders = [make(scaffold) for make in _FINDERS]
    steps = sum(_watch(view, episode, finders) for episode in episodes)
    found = [finding for finder in finders for finding in finder.findings(max(1, steps))]
    return sorted(found, key=lambda one: (-one.weight, one.name, one.subject))


def _watch(view: View, episode: Recorded, finders: list[Finder]) -> int:
    """Show an episode to the finders, in one pass over its trace; gives its length."""
    header = view.header(episode)
    final = _final(view.folder.memory(episode.id))
    audited = audit(header, _shown(view, episode, header, finders), final)
    for finder in finders:
        finder.close(episode.id, audited)
    return audited.steps


def _shown(view: View, episode: Recorded, header: Header, finders: list[Finder]) -> Iterator[Step]:
    before: Step | None = None
    scenes: list[str] = []
    actions: dict[str, None] = dict.fromkeys(_actions(header))
    for step in view.steps(episode):
        actions[step.action] = None
        now = _CLOCK.sub("", step.observation).strip()
        unchanged, returned = now in scenes[-1:], len(scenes) == 2 and now == scenes[0]
        moment = Moment(episode.id, header, step, before, unchanged, returned, tuple(actions))
        for finder in finders:
            finder.see(moment)
        yield step
        before, scenes = step, [*scenes[-1:], now]


def _actions(header: Header) -> tuple[str, ...]:
    """The task's actions; none where its world is not installed here, so that only what was played is known."""
    try:
        return WORLDS.load(header.env).describe(header.task, header.settings).actions
    except AutoMemError:
        return ()


def _final(folder: Path) -> dict[str, str]:
    try:
        return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()) if path.is_file()}
    except OSError as error:
        raise RunError(f"{folder}: the memory directory cannot be read: {error.strerror}") from error


class _Wanted(Paged):
    version: int | None = Field(None, description="the scaffold's version; the last one when left out")
    name: str | None = Field(None, description="only findings of this diagnostic, such as duplicate_lines")


def _answer(view: View, args: _Wanted) -> Mapping[str, Any]:
    if args.name is not None and args.name not in DIAGNOSTICS:
        raise RunError(f"no diagnostic is called {args.name!r}; there are {', '.join(DIAGNOSTICS)}")
    found = [one for one in diagnose(view, args.version) if args.name in (None, one.name)]
    return page([one.as_data() for one in found], args)


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        "diagnostics",
        "What stands out in the episodes of a version: waste, loops, duplicates, searches in vain, commands and "
        "actions that fail, … The heaviest first, by the share of steps touched; each with places to look at.",
        _Wanted,
        _answer,
    ),
)
