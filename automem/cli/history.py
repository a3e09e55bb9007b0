"""`automem history`."""

from __future__ import annotations

from pathlib import Path

import click

from automem.api.history import history
from automem.cli.options import console, echo_json, json_option, runs_option
from automem.printable import printable
from automem.report.history_text import render_history, render_trials
from automem.runs.layout import DEFAULT_RUNS


@click.command("history")
@click.argument("run")
@runs_option
@json_option
def command(run: str, runs: Path, as_json: bool) -> None:
    """The versions of RUN's scaffold as a tree: what was tried, why, what came of it, what it cost."""
    found = history(run, runs)
    if as_json:
        echo_json(found.as_data())
        return
    render_history(found.nodes, found.stopped, console())
    render_trials(found.trials, console())
    if any(node.children for node in found.nodes):
        where = "" if runs == DEFAULT_RUNS else f" --runs {runs}"
        click.echo(printable(f"\nall of a candidate: automem review {run} cN{where}"))
    if found.current is not None:
        click.echo("\nany version can begin a new experiment; the one the run stands at by the line")
        click.echo(printable(f"  {found.start(found.current)}"))
