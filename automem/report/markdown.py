"""Reports as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from automem.printable import printable
from automem.report.grid import Grid
from automem.report.outline import outline
from automem.report.outline.parts import Facts, Fold, Looks, Part, Passage, Plotted, Section, Verbatim
from automem.report.table import Report

_TICKS = re.compile(r"`+")


def to_markdown(report: Report) -> str:
    """A report in full; plots are left out, the tables beside them say the same."""
    whole = outline(report)
    parts = [f"# Run {_flat(whole.run)}"]
    if whole.warnings:
        parts.append("\n".join(f"- {_flat(warning)}" for warning in whole.warnings))
    if whole.glance:
        parts.append("\n".join(f"- {what}: **{_flat(value)}** ({_flat(more)})" for what, value, more in whole.glance))
    parts += [text for section in whole.sections for text in _section(section)]
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    for part in section.parts:
        yield from _part(part, 3, section.title)


def _part(part: Part, level: int, above: str) -> Iterator[str]:
    """A part's paragraphs.

    Arguments:
        level: of a heading within it.
        above: the heading that it stands under, which is not said twice.
    """
    if isinstance(part, Plotted):
        yield from _part(part.table, level, above)
    elif isinstance(part, Grid):
        if part.title != above:
            yield f"{'#' * level} {_flat(part.title)}"
        yield _table(part)
        if part.note:
            yield _flat(part.note)
    elif isinstance(part, Fold):
        title = f"{part.title}: {part.mark}" if part.mark else part.title
        yield f"{'#' * level} {_flat(title)}"
        for inner in part.parts:
            yield from _part(inner, min(level + 1, 6), part.title)
    elif isinstance(part, (Passage, Facts, Looks, Verbatim)):
        yield _words(part)


def _words(part: Passage | Facts | Looks | Verbatim) -> str:
    if isinstance(part, Passage):
        return _flat(part.text)
    if isinstance(part, Facts):
        return "\n".join(f"- {what}: {_flat(text)}" for what, text in part.rows if text)
    if isinstance(part, Looks):
        return "\n".join(f"- {_flat(one.what)}{_code(one.command)}" for one in part.looks)
    text = printable(part.text)
    fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
    return f"{fence}{part.language}\n{text.rstrip()}\n{fence}"


def _code(command: str) -> str:
    """A command line within a sentence; one that holds marks of code itself is none of ours."""
    return f": `{printable(command)}`" if command and "`" not in command else ""


def _table(grid: Grid) -> str:
    rule = [":--" if place < grid.names else "--:" for place in range(len(grid.columns))]
    lines = [grid.columns, rule, *grid.rows]
    return "\n".join(f"| {' | '.join(map(_flat, line))} |" for line in lines)


def _flat(text: str) -> str:
    """One line, in which nothing ends a cell or becomes markup, a link or a picture."""
    flat = printable(" ".join(text.split()))
    for mark in "\\|<`*":
        flat = flat.replace(mark, "\\" + mark)
    return flat.replace("](", "]\\(")
