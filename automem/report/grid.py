"""A report laid out: titled tables of ready cells, which text and Markdown only have to draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import get_args

from automem.agent.record import Role
from automem.report.groups import GroupResult, Result
from automem.report.kept import ends, kept
from automem.report.table import Behaviour, Comparison, Report
from automem.traces.metrics.names import Better
from automem.traces.summary import CostRow, Mean, Paired

NOTHING = "–"
_ARROWS: dict[Better, str] = {"up": "↑", "down": "↓", "none": ""}

HEADLINES = (
    "writes_per_search",
    "memory_growth",
    "duplicate_lines",
    "empty_search_rate",
    "redundant_write_rate",
    "blind_write_rate",
    "input_chars",
    "input_tokens",
    "uncached_share",
    "repeated_action_rate",
    "longest_run",
    "unchanged_rate",
    "invalid_rate",
    "fallback_rate",
    "intention_differs",
    "malformed_op_rate",
    "denied_op_rate",
    "rejected_op_rate",
    "calls",
)
"""The metrics shown where there is no room for all."""

ROLES = ("memory_ops", "calls", "call_seconds", "input_tokens", "total_output_tokens", "cached_share", "uncached_share")
"""Those shown for each role besides, where two models have played."""


@dataclass(frozen=True)
class Grid:
    """One table.

    Arguments:
        title: what it shows.
        columns: headings; the first `names` columns hold words, the others figures.
        rows: as many cells each as there are columns.
        names: how many columns are left-aligned.
        note: a sentence under the table, empty for none.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: int
    note: str = ""


def grids(report: Report) -> Iterator[Grid]:
    """A report in short: of what was played what the loops kept, and the `HEADLINES` among the metrics."""
    shown = kept(report)
    if shown.results:
        yield results_grid(shown)
    if shown.comparisons:
        yield comparisons_grid(shown)
    if report.behaviour:
        grid = behaviour_grid(ends(report), whole=False)
        left_out = len(report.behaviour) - len(grid.rows)
        more = f" The written reports have {left_out} more." if left_out else ""
        yield replace(grid, note=grid.note + more)
    if report.costs:
        yield costs_grid(report.costs)


def results_grid(report: Report) -> Grid:
    """Progression and steps of every group, task by task."""
    rows = [row for result in report.results for row in _group_rows(result, report.mixed)]
    names = ("stage", "scaffold", *(("conditions",) if report.mixed else ()), "task")
    columns = (*names, "episodes", "owed", "reused", "progression %", "steps")
    return Grid("Results", columns, tuple(rows), len(names), "Mean ± standard error over finished episodes.")


def _group_rows(result: GroupResult, mixed: bool) -> Iterator[tuple[str, ...]]:
    group = result.group
    names = (group.stage, group.scaffold, *((group.conditions,) if mixed else ()))
    for task in result.tasks:
        yield (*names, task.task, *_figures(task))
    if len(result.tasks) > 1:
        yield (*names, result.overall.task, *_figures(result.overall))


def _figures(result: Result) -> tuple[str, ...]:
    counts = (str(result.played), str(result.owed or NOTHING), str(result.reused or NOTHING))
    progression = spread(result.progression, "%.2f", scale=100)
    return (*counts, progression, spread(result.steps, "%.1f"))


def comparisons_grid(report: Report) -> Grid:
    """The report's comparisons."""
    rows = tuple(_compared(comparison, report) for comparison in report.comparisons)
    names = ("from", "to", *(("other",) if report.mixed else ()))
    columns = (*names, "pairs", "difference", "95 % interval")
    note = "Percentage points of progression, to minus from, paired by task and seed (Student's t)."
    return Grid("Paired differences", columns, rows, len(names), note)


def _compared(comparison: Comparison, report: Report) -> tuple[str, ...]:
    names = (report.name_of(comparison.before), report.name_of(comparison.after))
    differs = (comparison.differs,) if report.mixed else ()
    return (*names, *differs, str(comparison.difference.n), *_difference(comparison.difference))


def _difference(difference: Paired) -> tuple[str, str]:
    if difference.mean is None:
        return NOTHING, NOTHING
    mean = f"{100 * difference.mean:+.2f}"
    if difference.low is None or difference.high is None:
        return mean, NOTHING
    return mean, f"{100 * difference.low:+.2f} … {100 * difference.high:+.2f}"


def behaviour_grid(report: Report, *, whole: bool) -> Grid:
    """The metrics of every group: all of them, or the headlines."""
    two = any(row.metric == "calls.specialist" for row in report.behaviour)
    chosen = [row for row in report.behaviour if whole or _is_headline(row, two)]
    heads = [report.name_of(result.group) for result in report.results]
    rows = tuple((*_metric(row), *(_figure(value, row.unit) for value in row.values)) for row in chosen)
    note = "↑ more is better, ↓ less is better; mean ± standard error over episodes."
    return Grid("Behaviour", ("metric", "unit", *heads), rows, 2, note)


def _is_headline(row: Behaviour, two: bool) -> bool:
    name, _, role = row.metric.partition(".")
    shown = row.metric in HEADLINES or (two and role in get_args(Role) and name in ROLES)
    return shown and any(value.mean is not None for value in row.values)


def _metric(row: Behaviour) -> tuple[str, str]:
    unit = "%" if row.unit == "share" else row.unit
    return f"{row.metric} {_ARROWS[row.better]}".rstrip(), unit


def costs_grid(costs: Iterable[CostRow]) -> Grid:
    """What each model cost."""
    rows = tuple(
        (
            row.model,
            f"{row.calls:,}",
            _count(row.input_tokens),
            _count(row.cached_tokens) + _share(row.cached_tokens, row.input_tokens),
            _count(row.output_tokens),
            f"{row.seconds:,.1f}",
            f"{row.seconds / row.calls:,.3f}" if row.calls else NOTHING,
            NOTHING if row.usd is None else f"{row.usd:,.4f}",
        )
        for row in costs
    )
    columns = ("model", "calls", "input tokens", "of them cached", "output tokens", "seconds", "s/call", "USD")
    return Grid("Models", columns, rows, 1)


def _count(number: int | None) -> str:
    return NOTHING if number is None else f"{number:,}"


def _share(part: int | None, whole: int | None) -> str:
    return f" ({100 * part / whole:.0f} %)" if part is not None and whole else ""


def _figure(value: Mean, unit: str) -> str:
    if unit == "share":
        return spread(value, "%.1f", scale=100)
    return spread(value, digits(value.mean))


def digits(value: float | None) -> str:
    """The form in which a number of that size is shown."""
    size = abs(value or 0.0)
    return "%.0f" if size >= 1000 else "%.1f" if size >= 10 else "%.2f"


def spread(value: Mean, form: str, scale: float = 1.0) -> str:
    """A mean with its standard error.

    Arguments:
        form: of each number, such as `%.2f`.
        scale: what both are multiplied by, 100 for percent.
    """
    if value.mean is None:
        return NOTHING
    mean = form % (scale * value.mean)
    return mean if value.se is None else f"{mean} ± {form % (scale * value.se)}"
