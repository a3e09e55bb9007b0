"""`automem init`."""

from __future__ import annotations

from pathlib import Path

import click

from automem.api.starter import STARTERS, init


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--world", default="crafter", show_default=True, help=f"One of {', '.join(STARTERS)}.")
def command(folder: Path, world: str) -> None:
    """Write starter specs into FOLDER (here when left out)."""
    for path in init(folder, world):
        click.echo(f"wrote {path}")
    click.echo(f"next: automem validate {folder / 'experiment.yaml'}")
