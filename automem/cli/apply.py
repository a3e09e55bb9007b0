"""`automem apply`."""

from __future__ import annotations

from pathlib import Path

import click

from automem.cli.options import SPEC, console, echo_json, json_option, runs_option
from automem.cli.progress import watch
from automem.loops.apply import apply
from automem.printable import printable
from automem.report.data import to_data
from automem.report.table import Report, build
from automem.report.text import render_text
from automem.runs import Result
from automem.spec.load import load_experiment


@click.command("apply")
@click.argument("spec", type=SPEC)
@runs_option
@json_option
@click.pass_context
def command(ctx: click.Context, spec: Path, runs: Path, as_json: bool) -> None:
    """Do what SPEC asks. The same command again resumes, and does nothing when nothing is left."""
    loaded = load_experiment(spec)
    with watch() as progress:
        result = apply(loaded, runs, progress)
    report = _report(result, loaded.experiment.name)
    if as_json:
        counts = {"reused": result.reused, "played": result.played, "left": result.left}
        words = {"stopped": result.stopped, "pending": result.pending}
        words |= {"loop": result.loop, "training": result.training}
        echo_json({**counts, **words, "report": to_data(report)})
    else:
        render_text(report, console())
        said = (
            result.summary,
            result.loop,
            result.training,
            f"kept in {result.folder}",
            result.pending,
            result.stopped,
        )
        click.echo(printable("\n".join(filter(None, said))))
    ctx.exit(result.exit_code)


def _report(result: Result, name: str) -> Report:
    return build(
        result.rows,
        run=name,
        owed=result.left,
        costs=result.costs,
        candidates=result.candidates,
        trials=result.trials,
    )
