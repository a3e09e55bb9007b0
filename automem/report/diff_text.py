"""A unified diff for a terminal: green what is new, red what is gone; plain where there is no terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console

from automem.printable import printable

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def print_diff(lines: Iterable[str], console: Console) -> None:
    """Print the lines of a unified diff, neither wrapped nor cut.

    Arguments:
        lines: as `difflib.unified_diff` gives them, without line ends.
        console: where to; its colours follow what its output can show.
    """
    for line in lines:
        console.out(printable(line), style=_STYLES.get(line[:1]), highlight=False)
