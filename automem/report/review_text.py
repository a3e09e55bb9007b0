"""A candidate as the person who decides about it sees it: diff, reason, evidence, expected and measured effect."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from rich.console import Console

from automem.loops.structure.lineage import Tried
from automem.patches.model import Evidence
from automem.report.diff_text import print_diff
from automem.report.lineage import effect_grid, expected, made, measured
from automem.report.text import render_grid, say
from automem.runs.candidates import Effect

MOST_OPENED = 4
"""Pieces of evidence that are shown in full; of the others there is the command line that shows them."""


@dataclass(frozen=True)
class Opened:
    """A piece of evidence, opened where it lies.

    Arguments:
        evidence: what the patch says.
        lines: the step it names, in short, or the episode; why it cannot be opened where it cannot.
        command: the command line that shows it in full; empty where nothing can be opened.
        replay: the one that opens it in a browser, among the steps around it; likewise.
    """

    evidence: Evidence
    lines: tuple[str, ...] = ()
    command: str = ""
    replay: str = ""


@dataclass(frozen=True)
class Page:
    """Everything about one candidate.

    Arguments:
        tried: the candidate, with what its patch says of itself.
        difference: a unified diff of the scaffold as its authors wrote it; of nothing where there is no valid patch.
        evidence: what it rests on.
        obstacle: why a waiting candidate cannot be accepted; empty when it can.
    """

    tried: Tried
    difference: tuple[str, ...] = ()
    evidence: tuple[Opened, ...] = ()
    obstacle: str = ""


def render_page(page: Page, console: Console) -> None:
    """Print all that is known of a candidate."""
    tried, candidate = page.tried, page.tried.candidate
    say(console, f"\n{made(tried)} · {candidate.place} · by {candidate.proposer}", "bold")
    _passage("Reason", tried.reason or "it has no patch that can be read", console)
    if page.difference:
        say(console, "\nChange", "bold")
        print_diff(page.difference, console)
    elif candidate.patch:
        _passage("Its patch, which makes no scaffold", candidate.patch, console)
    for number, opened in enumerate(page.evidence):
        _evidence(opened, console, brief=number >= MOST_OPENED)
    if tried.promises:
        say(console, "\nExpected", "bold")
    for promise in tried.promises:
        found = f"; measured {measured(promise)}" if promise.effect else ""
        say(console, f"  {expected(promise)}{found}")
    _effects(candidate.effects.values(), console)
    _passage("Verdict", tried.verdict, console)
    if candidate.comment and candidate.status != "declined":
        say(console, f"  a person said: {candidate.comment}")
    if page.obstacle:
        say(console, f"it cannot be accepted: {page.obstacle}", "yellow")


def evidence_title(evidence: Evidence) -> str:
    """What a piece of evidence is, on one line: `episode default-42, step 17: the same line again`."""
    parts = [f"run {evidence.run}" if evidence.run else "", f"episode {evidence.episode}" if evidence.episode else ""]
    parts.append(f"step {evidence.step}" if evidence.step else "")
    if evidence.metric:
        value = "" if evidence.value is None else f" = {evidence.value:g}"
        parts.append(f"{evidence.metric}{value}")
    return ": ".join(filter(None, (", ".join(filter(None, parts)), evidence.note)))


def _evidence(opened: Opened, console: Console, *, brief: bool) -> None:
    blank = "" if brief else "\n"
    say(console, f"{blank}Evidence: {evidence_title(opened.evidence)}", "bold")
    for line in () if brief and opened.command else opened.lines:
        say(console, f"  {line}")
    if opened.command:
        say(console, f"  in full: {opened.command}", "dim")
    if opened.replay:
        say(console, f"  in a browser: {opened.replay}", "dim")


def _effects(effects: Collection[Effect], console: Console) -> None:
    """The metrics that moved; how many did not."""
    moved = [one for one in effects if one.difference]
    if moved:
        render_grid(effect_grid(moved), console)
    if len(effects) > len(moved):
        say(console, f"{len(effects) - len(moved)} of {len(effects)} metrics stayed exactly as they were.", "dim")


def _passage(title: str, text: str, console: Console) -> None:
    say(console, f"\n{title}", "bold")
    for line in text.strip().splitlines():
        say(console, f"  {line}")
