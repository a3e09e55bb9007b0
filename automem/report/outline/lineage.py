"""What loop 1 tried: how each candidate played, and of each its change, reason, evidence, expectations, verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from automem.loops.effects import PROGRESSION
from automem.loops.structure.lineage import Tried
from automem.report.changes import Change
from automem.report.grid import NOTHING, Grid
from automem.report.lineage import changed, effect_grid, expected, made, measured, one_line, spent
from automem.report.outline.parts import Facts, Fold, Looks, Part, Passage, Verbatim, folded
from automem.report.plots.data import Figure, Line, Lines, Span, Spans
from automem.report.table import Report
from automem.runs.candidates import Candidate, Effect

_SHORT = 90


def lineage(report: Report) -> Sequence[Part]:
    """Loop 1; nothing where it tried nothing."""
    if not report.lineage:
        return ()
    played = [(one.candidate, one.candidate.effects[PROGRESSION]) for one in report.lineage if _is_played(one)]
    parts: list[Part] = []
    if played:
        parts += [_course(played), _differences(played)]
    parts.append(_overview(report.lineage))
    changes = {change.candidate: change for change in report.changes}
    parts += [_candidate(one, changes.get(one.candidate.number)) for one in report.lineage]
    return parts


def _is_played(tried: Tried) -> bool:
    effect = tried.candidate.effects.get(PROGRESSION)
    return effect is not None and effect.after is not None


def _course(played: Sequence[tuple[Candidate, Effect]]) -> Figure:
    """Progression of the candidates in the order in which they were tried, and of the version to beat."""
    kept = [(one.number, 100 * (effect.after or 0.0)) for one, effect in played if one.status == "accepted"]
    others = [(one.number, 100 * (effect.after or 0.0)) for one, effect in played if one.status != "accepted"]
    start = 100 * (played[0][1].before or 0.0)
    best = [(0.0, start), *kept]
    best.append((float(played[-1][0].number), best[-1][1]))
    lines = [Line("the version to beat", *_apart(best), tone="1", form="steps")]
    lines += [Line("kept", *_apart(kept), tone="1", form="points")] if kept else []
    lines += [Line("not kept; play may have ended early", *_apart(others), tone="2", form="hollow")] if others else []
    told = "; ".join(f"{one.name} {100 * (effect.after or 0.0):.2f} %, {one.status}" for one, effect in played)
    title = "Progression on the select seeds, candidate by candidate"
    drawing = Lines(tuple(lines), "candidate", "progression, %")
    return Figure("lineage", title, f"Beginning at {start:.2f} %: {told}.", drawing)


def _apart(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(float(x) for x, _ in points), tuple(y for _, y in points)


def _differences(played: Sequence[tuple[Candidate, Effect]]) -> Figure:
    spans = tuple(span_of(one.name, effect, kept=one.status == "accepted") for one, effect in played)
    told = "; ".join(f"{one.name}, {one.status}: {changed(effect)}" for one, effect in played)
    title = "Each candidate against its parent: paired difference with its 95 % interval; filled marks were kept"
    return Figure("candidates", title, f"{told}.", Spans(spans, "points of progression", zero=True))


def span_of(label: str, effect: Effect, *, kept: bool) -> Span:
    """What something did to progression, in points."""
    low, value, high = (None if one is None else 100 * one for one in (effect.low, effect.difference, effect.high))
    return Span(label, value, low, high, "1" if kept else "2", hollow=not kept)


def _overview(tried: Sequence[Tried]) -> Grid:
    rows = tuple(
        (
            made(one),
            one_line(one.reason, _SHORT) or NOTHING,
            changed(one.candidate.effects[PROGRESSION]) if _is_played(one) else "not played",
            one_line(one.verdict),
        )
        for one in tried
    )
    note = (
        "Progression: parent → candidate, mean over pairs of task and seed, with the 95 % interval of the difference."
    )
    return Grid("Candidates", ("candidate", "reason", "progression", "verdict"), rows, 4, note)


def _candidate(tried: Tried, change: Change | None) -> Fold:
    return Fold(f"{made(tried)} · {tried.candidate.place}", tuple(_told(tried, change)), tried.candidate.status)


def _told(tried: Tried, change: Change | None) -> Iterator[Part]:
    candidate = tried.candidate
    yield Facts(
        (
            ("proposed by", candidate.proposer),
            ("reason", tried.reason),
            ("verdict", tried.verdict),
            ("a person said", candidate.comment if candidate.status != "declined" else ""),
            ("cost of proposing", spent(change.cost) if change and change.cost.calls else ""),
        )
    )
    if tried.promises:
        rows = tuple((expected(one), measured(one)) for one in tried.promises)
        yield Grid("Expected and measured", ("expected", "measured"), rows, 2)
    if change and change.evidence:
        yield Passage("Evidence:")
        yield Looks(change.evidence)
    yield from _difference(candidate, change)
    moved = [one for one in candidate.effects.values() if one.difference]
    if moved:
        yield folded("Every metric that moved", effect_grid(moved))


def _difference(candidate: Candidate, change: Change | None) -> Iterator[Part]:
    if change and change.difference:
        yield Passage("What it changes in the scaffold:")
        yield Verbatim("\n".join(change.difference), "diff")
    elif candidate.patch:
        yield Passage("Its patch, which made no version:")
        yield Verbatim(candidate.patch, "yaml")
