"""Patches that a person has written, proposed one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from automem.errors import SpecError
from automem.loops.meta.choice import files_of
from automem.loops.structure.proposers.base import Assignment, Proposal
from automem.patches.model import Patch
from automem.spec.experiment import ModelSection
from automem.spec.issues import Issue
from automem.spec.source import Document, parse_document, read_document
from automem.spec.validation import validate


@dataclass
class Files:
    """Proposes each patch of a list once, in order.

    Arguments:
        paths: the patches' files.
    """

    paths: list[Path]
    _documents: list[Document] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The engine and the files: where one is added, the loop is gone on with."""
        return " ".join(("file", *(path.name for path in self.paths)))

    async def check(self) -> None:
        """Read the patches.

        Raises:
            SpecError: one cannot be read or is no patch; all issues at once.
        """
        issues: list[Issue] = []
        documents = []
        for path in self.paths:
            try:
                document = read_document(path, aliases=False)
                documents.append(document)
                issues += validate(document, Patch)[1]
            except SpecError as error:
                issues += error.issues
        if issues:
            raise SpecError(issues)
        self._documents = documents

    async def propose(self, assignment: Assignment) -> Proposal:
        """The first patch that this lineage has not seen and that fits the scaffold as it is now."""
        if not self._documents:
            await self.check()
        seen = [_content(one.patch) for one in assignment.lineage if one.patch]
        unfit = []
        for document in self._documents:
            if document.plain() in seen:
                continue
            errors = assignment.check(document.text).errors
            if not errors:
                return Proposal(document.text, f"{document.file}")
            unfit.append(f"{document.file} does not fit: {errors[0]}")
        return Proposal(None, "; ".join(["no further patch is listed", *unfit]), exhausted=True)

    async def close(self) -> None:
        """Nothing is held."""


def _content(text: str) -> dict[str, Any]:
    try:
        return parse_document(text, "patch", aliases=False).plain()
    except SpecError:  # a patch of another proposer, refused at the time
        return {}


def create(model: ModelSection, base: Path) -> Files:
    """The proposer of `models.meta: {engine: file, patches: [a.yaml, b.yaml]}`; paths are beside the experiment.

    Raises:
        AutoMemError: a setting is unknown, or `patches` is no list of paths.
    """
    return Files([base / path for path in files_of(model, "patches")])
