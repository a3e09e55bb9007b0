"""`automem trace`."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from automem.api.read import open_trace
from automem.cli.options import echo_json, json_option, runs_option
from automem.report.step_text import overview, step_view
from automem.traces.store import iter_steps, read_step

_PIXELS = 1264  # 16 for each of the 79 columns of NetHack


@click.command("trace")
@click.argument("run")
@click.argument("episode")
@click.option("--step", type=click.IntRange(1), help="Show one step in full.")
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="Write that step's picture (PNG).")
@runs_option
@json_option
def command(run: str, episode: str, step: int | None, picture: Path | None, runs: Path, as_json: bool) -> None:
    """What happened in EPISODE (a seed or the beginning of an id) of RUN, step by step or one step in full."""
    trace = open_trace(run, episode, runs)
    if picture is not None:
        picture.write_bytes(trace.picture(step or 1, _PIXELS))
        click.echo(f"wrote {picture} (step {step or 1})")
    elif as_json:
        steps = [read_step(trace.path, step)] if step else iter_steps(trace.path)
        echo_json({"header": msgspec.to_builtins(trace.header), "steps": [msgspec.to_builtins(one) for one in steps]})
    else:
        lines = (
            step_view(trace.header, read_step(trace.path, step))
            if step
            else overview(trace.header, iter_steps(trace.path))
        )
        for line in lines:
            click.echo(line)
