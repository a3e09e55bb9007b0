"""Episodes of runs side by side in a browser: served to this machine, or written to a folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from automem.errors import RunError
from automem.runs.layout import DEFAULT_RUNS
from automem.view.export import Told, export
from automem.view.serve import serving
from automem.view.shown import Shown


@contextmanager
def open_view(names: Sequence[str], runs: Path = DEFAULT_RUNS, *, at: str = "", port: int = 0) -> Iterator[str]:
    """Serve the page for as long as the context lasts.

    Arguments:
        names: the runs that may be seen.
        runs: the folder that holds them.
        at: `EPISODE/STEP` or `EPISODE` to open, the episode named as for `open_trace`; the usual panels when left out.
        port: where on this machine; 0 for any that is free.

    Yields:
        the page's address, which holds the right to see it.

    Raises:
        RunError: there is no such run, episode or step.
        AutoMemError: the port is in use.
    """
    shown = Shown(names, runs)
    place = _place(shown, at)
    with serving(shown, port) as address:
        yield address + place


def export_view(
    names: Sequence[str],
    directory: Path,
    runs: Path = DEFAULT_RUNS,
    *,
    at: str = "",
    pictures: bool = False,
    told: Told = lambda episode, done, of: None,
) -> str:
    """Write the page and all finished episodes to a folder, from which it opens without a server.

    Arguments:
        directory: made where there is none; an earlier export in it is replaced, anything else is left alone.
        pictures: whether to draw every step; else there are texts alone.
        told: is told how far it is.
        names, runs, at: as for `open_view`.

    Returns:
        what to open: the page's file, with the place that `at` names.

    Raises:
        RunError: there is no such run, episode or step, the folder holds something else, or a trace is damaged.
        AutoMemError: a picture cannot be drawn.
    """
    shown = Shown(names, runs)
    try:
        place = _place(shown, at)
        export(shown, directory, pictures=pictures, told=told)
    finally:
        shown.close()
    return f"{directory / 'index.html'}{place}"


def _place(shown: Shown, at: str) -> str:
    """The end of an address that opens a step."""
    if not at:
        return ""
    episode, step = at.rsplit("/", 1) if "/" in at else (at, "1")
    if not (step.isascii() and step.isdigit() and int(step) > 0):
        raise RunError(f"{at!r} is no place; write EPISODE/STEP, with steps counted from 1")
    line = shown.find(episode)
    if line.steps is not None and int(step) > line.steps:
        raise RunError(f"episode {line.id} has no step {step}; it has steps 1 to {line.steps}")
    return f"#{line.id}/{int(step)}"
