"""`automem report`."""

from __future__ import annotations

from pathlib import Path

import click

from automem.api.report import FORMS, run_report, write_report
from automem.cli.options import console, runs_option
from automem.printable import printable
from automem.report.text import render_text
from automem.runs.layout import RunFolder


@click.command("report")
@click.argument("run")
@click.option(
    "--format", "form", type=click.Choice(["text", *FORMS]), help="Print this form alone, and write no files."
)
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to, instead of the run's own."
)
@runs_option
def command(run: str, form: str | None, output: Path | None, runs: Path) -> None:
    """Results, loops, behaviour and cost of RUN: printed in short, and written as HTML, Markdown and JSON."""
    report = run_report(run, runs)
    if form in FORMS:
        click.echo(FORMS[form](report))
        return
    render_text(report, console())
    if form is None:
        for file in write_report(report, output or RunFolder(runs / run).report):
            click.echo(printable(f"wrote {file}"))
