"""Recipes that a person has written, proposed one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from automem.errors import SpecError
from automem.loops.meta.choice import files_of
from automem.loops.proficiency.criteria import examine_recipe
from automem.loops.proficiency.engines.base import Assignment, Proposal
from automem.spec.experiment import ModelSection
from automem.spec.issues import Issue
from automem.spec.source import Document, parse_document, read_document


@dataclass
class Files:
    """Proposes each recipe of a list once, in order.

    Arguments:
        paths: the recipes' files.
    """

    paths: list[Path]
    _documents: list[Document] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The engine and the files: where one is added, the loop is gone on with."""
        return " ".join(("file", *(path.name for path in self.paths)))

    async def check(self) -> None:
        """Read the recipes.

        Raises:
            SpecError: one cannot be read or is no recipe; all issues at once.
        """
        issues: list[Issue] = []
        documents = []
        for path in self.paths:
            try:
                document = read_document(path, aliases=False)
                documents.append(document)
                issues += examine_recipe(document)[1]
            except SpecError as error:
                issues += error.issues
        if issues:
            raise SpecError(issues)
        self._documents = documents

    async def propose(self, assignment: Assignment) -> Proposal:
        """The first recipe that the ledger does not hold and that can be used."""
        if not self._documents:
            await self.check()
        seen = [_content(row.recipe) for row in assignment.ledger if row.recipe]
        unfit = []
        for document in self._documents:
            if document.plain() in seen:
                continue
            issues = assignment.check(document.text).issues
            if not issues:
                return Proposal(document.text, document.file)
            unfit.append(f"{document.file} cannot be used: {issues[0].message}")
        return Proposal(None, "; ".join(["no further recipe is listed", *unfit]), exhausted=True)

    async def close(self) -> None:
        """Nothing is held."""


def _content(text: str) -> dict[str, Any]:
    try:
        return parse_document(text, "recipe", aliases=False).plain()
    except SpecError:  # a recipe of another engine, refused at the time
        return {}


def create(model: ModelSection, base: Path) -> Files:
    """The engine of `models.meta: {engine: file, recipes: [a.yaml, b.yaml]}`; paths are beside the experiment.

    Raises:
        AutoMemError: a setting is unknown, or `recipes` is no list of paths.
    """
    return Files([base / path for path in files_of(model, "recipes")])
