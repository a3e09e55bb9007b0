"""The proposer protocol of both loops: what one who proposes gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

A_contra = TypeVar("A_contra", contravariant=True)
"""What a loop's proposers are given: its own `Assignment`."""


@dataclass(frozen=True)
class Proposal:
    """What a proposer gives back.

    Arguments:
        text: the document's YAML, which `Assignment.check` finds without error; None when there is nothing to propose.
        said: why there is nothing, or what the proposer said besides.
        exhausted: there is nothing now, and asking again would bring nothing either: the loop ends.
    """

    text: str | None
    said: str = ""
    exhausted: bool = False


class Proposer(Protocol[A_contra]):
    """Proposes one document at a time: a patch in loop 1, a recipe as a whole in loop 2."""

    @property
    def name(self) -> str:
        """Who proposes, as what is kept of a proposal says it: `catalogue`, `anthropic claude-opus-4-5`."""
        ...

    async def check(self) -> None:
        """Find out, before anything is played, that proposals can be had.

        Raises:
            EngineRefused, EngineUnavailable: a key is missing, the model unknown, the server gone.
            SpecError: a document it works from is wrong.
        """
        ...

    async def propose(self, assignment: A_contra) -> Proposal:
        """Propose a document. Called again with the same assignment after a kill, it goes on where it was.

        Raises:
            EngineRefused, EngineUnavailable, BudgetReached: the loop stops, and can be gone on with.
        """
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
