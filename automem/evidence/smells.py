"""Smells that play shows: what of a scaffold its own recorded episodes never came to, or came to always."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from automem.errors import RunError
from automem.evidence.diagnostics import diagnose
from automem.evidence.recorded import MOST_EPISODES, MOST_STEPS, Unplayable, evenly, live_again
from automem.evidence.view import View
from automem.spec.issues import Issue
from automem.spec.resolve import ResolvedScaffold
from automem.spec.smells import Path, Reading, readings
from automem.spec.source import Document
from automem.traces.audit import audit

_ADVICE = {
    "unused_ops": ("ops", "say in `about` when it helps, or remove it"),
    "silent": ("", "see whether `when` can hold at all, or remove it"),
    "always": ("", "narrow `when`, or say it in a prompt instead"),
}
"""Diagnostic → the section its subject stands in, where the subject does not say so, and what to do."""


def smells_in_play(view: View, scaffold: ResolvedScaffold, document: Document) -> Iterator[Issue]:
    """What the episodes of the view's last version show, as warnings.

    Arguments:
        view: a run; its last version is this very scaffold.
        scaffold: self-contained.
        document: its file, where issues are placed.

    Raises:
        RunError: the version has no finished episode, or a file of it cannot be read.
        AutoMemError: its world is not installed.
    """
    episodes = view.of_version()
    told = f"({len(episodes)} recorded episode{'s' * (len(episodes) != 1)})"
    read = [Reading(one) for one in readings(scaffold)]
    silent = set()
    for finding in diagnose(view):
        if finding.name in _ADVICE:
            section, advice = _ADVICE[finding.name]
            kind, _, name = finding.subject.partition(".")
            path: Path = (section, finding.subject) if section else (f"{kind}s", name)
            silent |= {name} if finding.name == "silent" else set()
            yield _smell(document, path, f"{finding.detail} {told}; {advice}")
    for file in _never_read(view, read):
        message = (
            f"the agent never looked at this file, and no prompt shows it {told}; show it by autoload, or remove it"
        )
        yield _smell(document, ("memory", "files", file), message)
    sections = Sections(read, silent)
    for path in sections.never_shown(view, scaffold):
        yield _smell(document, path, f"never shown {sections.seen}; see whether its `when` can hold, or remove it")


def _smell(document: Document, path: Path, message: str) -> Issue:
    return document.issue(path, message, key=True, severity="warning")


def _never_read(view: View, read: list[Reading]) -> list[str]:
    """Declared files that no op of any episode looked at, where no text of the scaffold shows them either."""
    names = {name for one in read for name in one.scaffold.memory.files}
    for episode in view.of_version():
        names &= set(audit(view.header(episode), view.steps(episode), dict.fromkeys(names, "")).never_read)
    return sorted(name for name in names if not any(one.shows(name) for one in read))


@dataclass
class Sections:
    """The sections of prompts, while recorded steps are lived again to see which of them come to be shown.

    Arguments:
        read: the scaffold's readings.
        silent: notices that never spoke; a section that has one of them to show is not said to be idle as well.

    `seen` says in words how much was looked at.
    """

    read: list[Reading]
    silent: set[str]
    seen: str = ""

    def never_shown(self, view: View, scaffold: ResolvedScaffold) -> list[Path]:
        """The places of the sections that were never shown; reads on only while there are any."""
        waiting, met = self._all(), set()
        episodes = view.of_version()
        chosen = [episodes[at] for at in evenly(len(episodes), MOST_EPISODES)]
        steps = 0
        try:
            for episode in chosen:
                for lived in live_again(view, scaffold, episode, min(episode.row.steps or 0, MOST_STEPS)):
                    steps += 1
                    parts = [(phase, part) for phase, prompt in lived.openings.items() for part in prompt.parts]
                    met |= {(phase, part.name) for phase, part in parts}
                    waiting -= {(phase, part.name) for phase, part in parts if part.text}
                    if not waiting:
                        return []
        except Unplayable as problem:
            raise RunError(str(problem)) from problem
        self.seen = f"in {steps:,} recorded steps of {len(chosen)} episode{'s' * (len(chosen) != 1)}"
        return [("phases", phase, "sections", name) for phase, name in sorted(waiting & met)]

    def _all(self) -> set[tuple[str, str]]:
        """Phase and name of every section but those for a silent notice, and for answers that found no other place."""
        excused = {("unseen",), *(("notices", name) for name in self.silent)}
        silenced = {path[:4] for one in self.read for path, names in one.uses if excused & {used[:2] for used in names}}
        phases = [(phase, getattr(one.scaffold.phases, phase)) for one in self.read for phase in ("log", "plan")]
        every = {(phase, name) for phase, rule in phases if rule is not None for name in rule.sections}
        return {one for one in every if ("phases", one[0], "sections", one[1]) not in silenced}
