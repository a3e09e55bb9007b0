"""`automem noise`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from automem.cli.options import SPEC, console, echo_json, json_option, runs_option
from automem.cli.progress import watch
from automem.loops.repeat import repeat
from automem.printable import printable
from automem.report.noise_text import noise_grid
from automem.report.text import render_grid
from automem.spec.experiment import Optimize
from automem.spec.load import load_experiment


@click.command("noise")
@click.argument("spec", type=SPEC)
@click.option(
    "--plays", type=click.IntRange(2, 20), default=2, show_default=True, help="How often each seed is played."
)
@runs_option
@json_option
@click.pass_context
def command(ctx: click.Context, spec: Path, plays: int, runs: Path, as_json: bool) -> None:
    """Play the select seeds of SPEC again and again: how much play differs by chance, and what a gate can detect."""
    loaded = load_experiment(spec)
    with watch() as progress:
        noise, result = repeat(loaded, plays, runs, progress)
    if as_json:
        echo_json({"noise": None if noise is None else asdict(noise), "left": result.left, "stopped": result.stopped})
    elif noise is not None:
        render_grid(noise_grid(noise, loaded.experiment.optimize or Optimize()), console())
    if not as_json:
        click.echo(printable("\n".join(filter(None, (result.summary, f"kept in {result.folder}", result.stopped)))))
    ctx.exit(result.exit_code)
