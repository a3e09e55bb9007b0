"""The catalogue as a proposer: patches in general form, called for by diagnostics. It needs no key."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from automem.errors import SpecError
from automem.library import shipped
from automem.loops.meta.catalogue import exhausted
from automem.loops.meta.choice import settings_of
from automem.loops.meta.documents import Documents
from automem.loops.meta.proposer import Proposal
from automem.loops.structure.proposers.base import Assignment
from automem.loops.structure.proposers.catalogue.entries import Option, made_of, of, problem, read_catalogue
from automem.loops.structure.proposers.catalogue.incumbent import Incumbent, look_at
from automem.runs.candidates import Candidate
from automem.spec.catalogue import CatalogueEntry
from automem.spec.experiment import ModelSection
from automem.spec.language import LanguageError
from automem.spec.source import parse_document


class Catalogue(Documents[CatalogueEntry]):
    """Proposes the entry whose finding weighs most and that this lineage has not tried.

    Entries that expect more progression come before those that only save. Every entry's first variant comes before
    anybody's second; only a continuation of a failed attempt tries the failed entry's next variant first.

    Arguments:
        folder: of the entries.
    """

    name = "catalogue"

    def __init__(self, folder: Path) -> None:
        super().__init__(lambda: read_catalogue(folder))

    async def propose(self, assignment: Assignment) -> Proposal:
        """The next patch; the same for the same assignment."""
        return await asyncio.to_thread(self._propose, await self.documents(), assignment)

    def _propose(self, entries: Sequence[CatalogueEntry], assignment: Assignment) -> Proposal:
        incumbent = look_at(assignment)
        tried = [patch for one in assignment.lineage if (patch := _patch(one)) is not None]
        passed: list[str] = []
        for option in self._options(entries, incumbent, assignment.continuing):
            try:
                text = option.text(self._of(assignment), incumbent.about(option.finding))
            except (LanguageError, SpecError) as error:
                passed.append(f"{option.title}: {problem(error)}")
                continue
            if text is None:
                continue
            why = _against(text, tried, assignment)
            if not why:
                return Proposal(text, f"{option.title}: {option.finding.detail}")
            passed.append(f"{option.title}: {why}")
        return exhausted(passed, f"none of its {len(entries)} entries suits what the diagnostics found")

    def _of(self, assignment: Assignment) -> str:
        return of(str(assignment.scaffold.data["name"]), assignment.scaffold_hash)

    def _options(
        self, entries: Sequence[CatalogueEntry], incumbent: Incumbent, continuing: Candidate | None
    ) -> Iterator[Option]:
        """What could be proposed, in the order it is tried."""
        options = [
            Option(entry, finding, number)
            for finding in incumbent.findings
            for entry in entries
            if entry.trigger == finding.name
            for number in range(1, len(entry.variants) + 1)
        ]
        failed = made_of(_patch(continuing) or {}) if continuing is not None else None
        further = [one for one in options if failed and one.entry.name == failed[0] and one.number > failed[1]]
        yield from sorted(further, key=lambda one: one.number)
        yield from sorted(options, key=lambda one: (one.number, not one.entry.gains))


def _patch(candidate: Candidate) -> dict[str, Any] | None:
    """A candidate's patch as plain data; None where it has none, or none that can be read."""
    try:
        return parse_document(candidate.patch, candidate.name, aliases=False).plain() if candidate.patch else None
    except SpecError:  # refused at the time: nothing to compare with
        return None


def _against(text: str, tried: Sequence[dict[str, Any]], assignment: Assignment) -> str:
    """Why a patch is not to be proposed; empty where it is."""
    edits = parse_document(text, "patch", aliases=False).plain()["edits"]
    if any(edits == patch.get("edits") for patch in tried):
        return "tried before"
    errors = assignment.check(text).errors
    return errors[0].message if errors else ""


def create(model: ModelSection, base: Path) -> Catalogue:
    """The proposer of `models.meta: {engine: catalogue}`.

    `catalogue: DIR`, beside the experiment, replaces the shipped entries.

    Raises:
        AutoMemError: a setting is unknown.
    """
    folder = settings_of(model).get("catalogue")
    return Catalogue(shipped("specs") / "catalogue" if folder is None else base / str(folder))
