"""The catalogue as a training engine: good moves, each when the ledger calls for it. It needs no key."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from automem.library import shipped
from automem.loops.meta.catalogue import exhausted
from automem.loops.meta.choice import settings_of
from automem.loops.meta.documents import Documents
from automem.loops.meta.proposer import Proposal
from automem.loops.proficiency.engines.base import Assignment
from automem.loops.proficiency.engines.faults import faults_of
from automem.loops.proficiency.engines.moves import Suiting, read_moves, suiting
from automem.loops.proficiency.engines.previews import remembering
from automem.loops.proficiency.engines.standpoint import Standpoint, standpoint
from automem.spec.experiment import ModelSection
from automem.spec.language import LanguageError
from automem.spec.move import Move
from automem.spec.recipe import Recipe


class Catalogue(Documents[Move]):
    """Changes the recipe of the best trial by the heaviest move that suits and that no trial has made already.

    Arguments:
        folder: of the moves.
    """

    name = "catalogue"

    def __init__(self, folder: Path) -> None:
        super().__init__(lambda: read_moves(folder))

    async def propose(self, assignment: Assignment) -> Proposal:
        """The next recipe; the same for the same assignment."""
        return await asyncio.to_thread(self._propose, await self.documents(), assignment)

    def _propose(self, moves: Sequence[Move], assignment: Assignment) -> Proposal:
        assignment = remembering(assignment)
        at = standpoint(assignment)
        found, passed = suiting(moves, at)
        for one in found:
            try:
                text = one.text(at, assignment.number)
            except LanguageError as error:
                passed.append(f"{one.move.name}: {error}")
                continue
            why = _against(one, text, at, assignment)
            if not why:
                return Proposal(text, f"{one.move.name}: {one.move.about}")
            passed.append(f"{one.move.name}: {why}")
        return exhausted(passed, f"none of its {len(moves)} moves suits what the ledger says")


def _against(one: Suiting, text: str, at: Standpoint, assignment: Assignment) -> str:
    """Why a recipe is not to be proposed; empty where it is."""
    faults = faults_of(assignment, text)
    if faults:
        return faults[0].message
    if one.selects and _same(assignment, assignment.check(text).recipe, at.recipe):
        return f"it selects the very examples of {at.best.name}"
    return ""


def _same(assignment: Assignment, new: Recipe | None, old: Recipe) -> bool:
    """Whether two recipes would be trained on the same examples."""
    if new is None:
        return False
    one, other = assignment.preview(new), assignment.preview(old)
    return {example.id for example in one.chosen} == {example.id for example in other.chosen}


def create(model: ModelSection, base: Path) -> Catalogue:
    """The engine of `models.meta: {engine: catalogue}`.

    `moves: DIR`, beside the experiment, replaces the shipped ones.

    Raises:
        AutoMemError: a setting is unknown.
    """
    folder = settings_of(model).get("moves")
    return Catalogue(shipped("specs") / "recipes/moves" if folder is None else base / str(folder))
