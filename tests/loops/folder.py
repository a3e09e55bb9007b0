"""A proposer from outside the package, which proposes the documents of a folder in turn."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from automem.errors import EngineUnavailable
from automem.loops.meta.proposer import Proposal
from automem.loops.proficiency.engines import base as recipes
from automem.loops.structure.proposers import base as patches
from automem.runs.costs import Cost

from .toy import asked

A = TypeVar("A", patches.Assignment, recipes.Assignment)


class Folder(Generic[A]):
    """Proposes `1.yaml`, `2.yaml`, … when these numbers are asked for; a file that is missing is nothing further.

    A file that says `silent` stands for a model that cannot be reached, until it says something else.

    Arguments:
        folder: of the documents.
        told: what is kept, as the conversation, of what was to be seen.
    """

    name = "folder"

    def __init__(self, folder: Path, told: Callable[[A], dict[str, Any]]) -> None:
        self._folder = folder
        self._told: Callable[[A], dict[str, Any]] = told

    async def check(self) -> None:
        """Always there."""

    async def propose(self, assignment: A) -> Proposal:
        file = self._folder / f"{assignment.number}.yaml"
        if not file.is_file():
            return Proposal(None, "the folder is empty", exhausted=True)
        text = file.read_text()
        if text == "silent":
            raise EngineUnavailable("the model is silent")
        asked(f"propose {assignment.number}")
        assignment.spend(Cost(calls=1, input_tokens=1000, output_tokens=100))
        assignment.transcript.write_text(json.dumps(self._told(assignment)))
        return Proposal(text)

    async def close(self) -> None:
        """Nothing is held."""
