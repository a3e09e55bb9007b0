"""Single episodes that are worth a look, with the command lines that open them."""

from __future__ import annotations

from collections.abc import Sequence

from automem.report.changes import Look
from automem.report.outline.parts import Looks, Part
from automem.report.table import Report


def noteworthy(report: Report) -> Sequence[Part]:
    """Each with where to look and why; nothing where none stands out."""
    looks = tuple(
        Look(f"{one.what}: {report.name_of(one.group)}, {one.task}, seed {one.seed}: {one.note}", one.command)
        for one in report.noteworthy
    )
    return (Looks(looks),) if looks else ()
