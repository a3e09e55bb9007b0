"""Recipes that a person has written, proposed one after the other."""

from __future__ import annotations

from pathlib import Path

from automem.loops.meta.choice import files_of
from automem.loops.meta.documents import Listed
from automem.loops.meta.proposer import Proposal
from automem.loops.proficiency.criteria import examine_recipe
from automem.loops.proficiency.engines.base import Assignment
from automem.spec.experiment import ModelSection


class Files(Listed):
    """Proposes each recipe of a list once, in order.

    Arguments:
        paths: the recipes' files.
    """

    def __init__(self, paths: list[Path]) -> None:
        super().__init__(paths, "recipe", lambda document: examine_recipe(document)[1])

    async def propose(self, assignment: Assignment) -> Proposal:
        """The first recipe that the ledger does not hold and that can be used."""

        def unfit(text: str) -> str:
            issues = assignment.check(text).issues
            return f"cannot be used: {issues[0].message}" if issues else ""

        return await self.following((row.recipe for row in assignment.ledger if row.recipe), unfit)


def create(model: ModelSection, base: Path) -> Files:
    """The engine of `models.meta: {engine: file, recipes: [a.yaml, b.yaml]}`; paths are beside the experiment.

    Raises:
        AutoMemError: a setting is unknown, or `recipes` is no list of paths.
    """
    return Files([base / path for path in files_of(model, "recipes")])
