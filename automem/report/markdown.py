"""Reports as Markdown."""

from __future__ import annotations

from automem.printable import printable
from automem.report.grid import Grid, grids
from automem.report.ledger import ledger_grids
from automem.report.lineage import lineage_grids
from automem.report.table import Report


def to_markdown(report: Report) -> str:
    """A report with every metric, and what each of them means."""
    parts = [f"# Run {_cell(report.run)}"]
    found = (*grids(report, whole=True), *lineage_grids(report.lineage), *ledger_grids(report.trials))
    parts += [_grid(grid) for grid in found]
    if report.owed:
        parts.append(f"**{report.owed} episodes are owed.**")
    if report.errors:
        parts.append("\n".join(f"- owed: {_cell(error)}" for error in report.errors))
    if report.behaviour:
        meanings = {row.metric.partition(".")[0]: row.meaning for row in report.behaviour}
        parts.append("## What the metrics mean")
        parts.append("\n".join(f"- `{name}`: {meaning}." for name, meaning in meanings.items()))
    return "\n\n".join(parts) + "\n"


def _grid(grid: Grid) -> str:
    rule = [":--" if place < grid.names else "--:" for place in range(len(grid.columns))]
    lines = [grid.columns, rule, *grid.rows]
    table = "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)
    return f"## {grid.title}\n\n{table}" + (f"\n\n{grid.note}" if grid.note else "")


def _cell(text: str) -> str:
    """One line, in which nothing ends the cell or becomes markup."""
    flat = printable(" ".join(text.split()))
    for mark in "\\|<`*":
        flat = flat.replace(mark, "\\" + mark)
    return flat
