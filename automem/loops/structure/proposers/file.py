"""Patches that a person has written, proposed one after the other."""

from __future__ import annotations

from pathlib import Path

from automem.loops.meta.choice import files_of
from automem.loops.meta.documents import Listed
from automem.loops.meta.proposer import Proposal
from automem.loops.structure.proposers.base import Assignment
from automem.patches.model import Patch
from automem.spec.experiment import ModelSection
from automem.spec.validation import validate


class Files(Listed):
    """Proposes each patch of a list once, in order.

    Arguments:
        paths: the patches' files.
    """

    def __init__(self, paths: list[Path]) -> None:
        super().__init__(paths, "patch", lambda document: validate(document, Patch)[1])

    async def propose(self, assignment: Assignment) -> Proposal:
        """The first patch that this lineage has not seen and that fits the scaffold as it is now."""

        def unfit(text: str) -> str:
            errors = assignment.check(text).errors
            return f"does not fit: {errors[0]}" if errors else ""

        return await self.following((one.patch for one in assignment.lineage if one.patch), unfit)


def create(model: ModelSection, base: Path) -> Files:
    """The proposer of `models.meta: {engine: file, patches: [a.yaml, b.yaml]}`; paths are beside the experiment.

    Raises:
        AutoMemError: a setting is unknown, or `patches` is no list of paths.
    """
    return Files([base / path for path in files_of(model, "patches")])
