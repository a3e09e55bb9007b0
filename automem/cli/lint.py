"""`automem lint`."""

from __future__ import annotations

from pathlib import Path

import click

from automem.api.lint import lint
from automem.cli.options import echo_json, json_option, runs_option
from automem.errors import EXIT_FAILED
from automem.printable import printable


@click.command("lint")
@click.argument("scaffold")
@click.argument("run", required=False)
@runs_option
@json_option
@click.pass_context
def command(ctx: click.Context, scaffold: str, run: str | None, runs: Path, as_json: bool) -> None:
    """What SCAFFOLD says in vain, though `validate` finds it in order: names nothing uses, rules that cannot speak.

    With RUN, which has played it: also ops never used, files never read, notices that never spoke, sections never
    shown, and guards that always acted. SCAFFOLD may be a version of a run, such as RUN@v0.
    """
    found = lint(scaffold, run, runs)
    if as_json:
        echo_json([issue.as_data() for issue in found])
    else:
        for issue in found:
            click.echo(printable(str(issue)))
        if not found:
            click.echo("nothing smells")
    ctx.exit(EXIT_FAILED if found else 0)
