"""Catalogues, as either loop proposes from one: a folder of changes in general form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from automem.errors import SpecError
from automem.loops.meta.proposer import Proposal
from automem.spec.catalogue import CatalogueEntry
from automem.spec.issues import Issue
from automem.spec.move import Move
from automem.spec.source import Document, read_document

E = TypeVar("E", CatalogueEntry, Move)

_MOST_TOLD = 12


def read_folder(
    folder: Path, noun: str, examine: Callable[[Document], tuple[E | None, list[Issue]]], missing: str
) -> list[E]:
    """What every `*.yaml` file in a folder says, by name.

    Arguments:
        folder: the folder.
        noun: what one is called: `entry` or `move`.
        examine: makes one of a document, and says everything that is wrong with it.
        missing: said where the folder has none.

    Raises:
        SpecError: a file is wrong, two have the same name, or there is none; all issues at once.
    """
    issues: list[Issue] = []
    found: dict[str, E] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            document = read_document(path, aliases=False)
        except SpecError as error:
            issues += error.issues
            continue
        one, wrong = examine(document)
        issues += wrong
        if one is not None and one.name in found:
            issues.append(document.issue(("name",), f"another file of the folder has the {noun} {one.name!r}"))
        elif one is not None:
            found[one.name] = one
    if not found and not issues:
        issues.append(Issue(str(folder), 1, 1, "", missing))
    if issues:
        raise SpecError(issues)
    return list(found.values())


def exhausted(passed: Sequence[str], unsuited: str) -> Proposal:
    """That a catalogue has nothing further.

    Arguments:
        passed: what was passed over, each with why.
        unsuited: said where nothing was.
    """
    told = "; ".join(passed[:_MOST_TOLD]) or unsuited
    more = f"; and {len(passed) - _MOST_TOLD} more" if len(passed) > _MOST_TOLD else ""
    return Proposal(None, f"the catalogue has nothing further: {told}{more}", exhausted=True)
