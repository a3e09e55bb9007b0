"""`automem diff`."""

from __future__ import annotations

from pathlib import Path

import click

from automem.api.diff import diff
from automem.cli.options import console, echo_json, json_option, runs_option
from automem.report.diff_text import print_diff


@click.command("diff")
@click.argument("one")
@click.argument("other")
@runs_option
@json_option
def command(one: str, other: str, runs: Path, as_json: bool) -> None:
    """Compare two specs, versions (RUN@v0) or runs."""
    difference = diff(one, other, runs)
    if as_json:
        echo_json([change.as_data() for change in difference.changes])
        return
    print_diff(difference.lines, console())
    if not difference.changes:
        click.echo("no value differs" + (", only text" if difference.lines else ""))
