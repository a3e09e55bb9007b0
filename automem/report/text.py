"""Reports in the terminal: rich tables for a person, aligned plain lines for a pipe."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from automem.printable import printable
from automem.report.grid import Grid, grids
from automem.report.ledger import ledger_grids
from automem.report.lineage import lineage_grids
from automem.report.table import Report


def render_text(report: Report, console: Console) -> None:
    """Print a report; on a terminal as coloured tables, elsewhere as plain aligned text."""
    say(console, f"Run {report.run}", "bold")
    if not report.results:
        say(console, "No episode has been played or is owed yet.")
    loops = (*lineage_grids(report.lineage), *ledger_grids(report.trials))
    for grid in (*grids(report), *loops):
        render_grid(grid, console)
    if report.owed:
        say(console, f"{report.owed} episodes are owed; the same `automem apply` plays them.", "yellow")
    for error in report.errors:
        say(console, f"owed: {error}", "yellow")


def render_grid(grid: Grid, console: Console) -> None:
    """Print one table, as `render_text` does."""
    if console.is_terminal:
        console.print(_table(grid))
    else:
        say(console, f"\n{grid.title}")
        for line in _aligned(grid):
            say(console, line)
    if grid.note:
        say(console, grid.note, "dim")


def say(console: Console, text: str, style: str = "") -> None:
    """Print a line that is nobody's markup, and in which nothing drives the terminal."""
    console.print(Text(printable(text), style), soft_wrap=True)


def _table(grid: Grid) -> Table:
    table = Table(title=grid.title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    for place, column in enumerate(grid.columns):
        table.add_column(Text(printable(column)), justify="left" if place < grid.names else "right")
    for row in grid.rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


def _aligned(grid: Grid) -> list[str]:
    lines = [[printable(cell) for cell in row] for row in (grid.columns, *grid.rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(grid.columns))]
    return [
        "  ".join(
            cell.ljust(width) if place < grid.names else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
