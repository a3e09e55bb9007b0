"""What a reader wants to know first, and what must be said before anything is read."""

from __future__ import annotations

from collections.abc import Iterator

from automem.report.grid import spread
from automem.report.groups import GroupResult
from automem.report.kept import decisive, ends
from automem.report.outline.results import pair_name
from automem.report.table import Comparison, Report

Card = tuple[str, str, str]


def glance(report: Report) -> tuple[Card, ...]:
    """What, how much, and more exactly: where the run stands, what it gained, what it took."""
    shown = ends(report)
    deciding = decisive(shown.results)
    last = deciding[-1:] or shown.results[-1:]
    groups = {one.group for one in deciding}
    return (
        *(_progression(report, one) for one in last),
        *(_gain(report, one) for one in shown.comparisons if {one.before, one.after} <= groups),
        *_played(report),
        *_cost(report),
    )


def _progression(report: Report, one: GroupResult) -> Card:
    found = one.overall.progression
    return (
        "progression",
        f"{spread(found, '%.1f', scale=100)} %",
        f"{report.name_of(one.group)}, {_counted(found.n, 'episode')}",
    )


def _gain(report: Report, one: Comparison) -> Card:
    found = one.difference
    value = "–" if found.mean is None else f"{100 * found.mean:+.1f} points"
    known = found.low is not None and found.high is not None
    interval = f"95 %: {100 * (found.low or 0):+.1f} … {100 * (found.high or 0):+.1f}" if known else ""
    said = (pair_name(report, one), interval, f"over {_counted(found.n, 'pair')}")
    return "gain", value, ", ".join(filter(None, said))


def _played(report: Report) -> Iterator[Card]:
    done, steps = 0, 0.0
    for one in report.results:
        done += one.overall.played
        steps += one.overall.played * (one.overall.steps.mean or 0.0)
    yield "episodes", f"{done:,}", f"{steps:,.0f} steps" + (f", {report.owed} owed" if report.owed else "")
    if report.lineage:
        kept = sum(one.candidate.status == "accepted" for one in report.lineage)
        yield "loop 1", f"{kept} kept", f"of {_counted(len(report.lineage), 'candidate')}"
    if report.trials:
        passed = sum(one.status == "passed" for one in report.trials)
        yield "loop 2", f"{passed} passed", f"of {_counted(len(report.trials), 'trial')}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _cost(report: Report) -> Iterator[Card]:
    whole = report.whole
    if whole is None or not whole.cost.calls:
        return
    money = f", {whole.cost.usd:,.2f} USD" if whole.cost.priced == whole.cost.calls else ""
    about = "about " if whole.cost.uncounted else ""
    yield "calls", f"{whole.cost.calls:,}", f"{about}{whole.cost.tokens:,} tokens{money}"
    yield "time", f"{whole.seconds:,.0f} s", "of wall time, all applies"


def warnings(report: Report) -> tuple[str, ...]:
    """What is missing, and why."""
    return tuple(_warnings(report))


def _warnings(report: Report) -> Iterator[str]:
    whole = report.whole
    if not report.results:
        yield "No episode has been played or is owed yet."
    if whole is not None and whole.working:
        yield "An apply works on this run now: this is what was there so far."
    elif whole is not None and whole.outcome not in ("", "done"):
        yield f"The last apply was not the end ({whole.outcome}); the same command goes on."
    if report.owed:
        yield f"{_counted(report.owed, 'episode')} owed; the same automem apply goes on with them."
    yield from (f"owed: {error}" for error in report.errors)
    yield from report.notes
