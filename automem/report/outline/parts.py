"""What a report is made of, whatever it is written in: sections with tables, plots, passages and folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from automem.report.changes import Look
from automem.report.grid import Grid
from automem.report.plots.data import Figure


@dataclass(frozen=True)
class Passage:
    """A paragraph of text."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Short statements: what, and what is to be said of it; those of which nothing is to be said are left out."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Verbatim:
    """Text line by line as it stands in a file: a unified diff, YAML, or a message."""

    text: str
    language: Literal["diff", "yaml", "text"]


@dataclass(frozen=True)
class Looks:
    """Places to look at, each with the command line that opens it."""

    looks: tuple[Look, ...]


@dataclass(frozen=True)
class Plotted:
    """A plot, and a table that says the same."""

    figure: Figure
    table: Grid


@dataclass(frozen=True)
class Fold:
    """Parts that are opened on demand, where that can be.

    Arguments:
        title: what they are about.
        parts: in order.
        mark: a word that sets the fold apart, such as `accepted`; empty for none.
    """

    title: str
    parts: Sequence[Part]
    mark: str = ""


def folded(title: str, grid: Grid) -> Fold:
    """A table folded away under a title that is also its own."""
    return Fold(title, (replace(grid, title=title),))


Part = Grid | Figure | Plotted | Passage | Facts | Verbatim | Looks | Fold


@dataclass(frozen=True)
class Section:
    """A chapter of a report.

    Arguments:
        name: names it in links: letters and `-`.
        title: its heading.
        parts: in order.
    """

    name: str
    title: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Outline:
    """A whole report.

    Arguments:
        run: the run's name.
        glance: what a reader wants to know first: what, how much, and more exactly.
        warnings: what must be said before anything is read.
        sections: those that have something to say.
    """

    run: str
    glance: tuple[tuple[str, str, str], ...]
    warnings: tuple[str, ...]
    sections: tuple[Section, ...]
