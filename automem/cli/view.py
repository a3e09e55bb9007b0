"""`automem view`."""

from __future__ import annotations

import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import Progress

from automem.api.view import export_view, open_view
from automem.cli.options import runs_option
from automem.view.export import Told


@click.command("view")
@click.argument("names", metavar="RUN...", nargs=-1, required=True)
@click.option(
    "--at", default="", metavar="EPISODE/STEP", help="Open there; EPISODE is a seed or the beginning of an id."
)
@click.option(
    "--export", "directory", type=click.Path(path_type=Path), metavar="DIR", help="Write a page that needs no server."
)
@click.option("--pictures", is_flag=True, help="With --export: draw every step, too.")
@click.option("--port", type=click.IntRange(1, 65535), help="Serve there; any free port when left out.")
@click.option("--no-open", is_flag=True, help="Print the address only; open no browser.")
@runs_option
def command(
    names: tuple[str, ...], at: str, directory: Path | None, pictures: bool, port: int | None, no_open: bool, runs: Path
) -> None:
    """Replay episodes of RUN... side by side in the browser, step by step, with all that was done to memory.

    The page is served to this machine alone until Ctrl-C; a run that is being applied is followed.
    """
    if directory is None:
        if pictures:
            raise click.UsageError("--pictures belongs to --export; the served page draws what is looked at")
        _serve(names, at, port or 0, runs, opens=not no_open and _has_display())
        return
    if port is not None:
        raise click.UsageError("--port belongs to the served page; --export needs no server")
    with _watch() as told:
        click.echo(f"wrote {export_view(names, directory, runs, at=at, pictures=pictures, told=told)}")


def _serve(names: tuple[str, ...], at: str, port: int, runs: Path, *, opens: bool) -> None:
    with _until_stopped(), open_view(names, runs, at=at, port=port) as address:
        click.echo(f"{address}\nCtrl-C ends it; whoever has this address can read these runs")
        if opens:
            webbrowser.open(address)
        threading.Event().wait()


@contextmanager
def _until_stopped() -> Iterator[None]:
    """Ctrl-C and a request to end are how this command ends, and no failure of it."""

    def stop(number: int, frame: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        click.echo("", err=True)
    finally:
        signal.signal(signal.SIGTERM, before)


def _has_display() -> bool:
    """Whether a person is there to whom a browser can be shown."""
    shown = sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    return sys.stdout.isatty() and shown


@contextmanager
def _watch() -> Iterator[Told]:
    """Something to show an export's progress with: a bar on a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task("episodes")
        yield lambda episode, done, of: bars.update(bar, completed=done, total=of)
