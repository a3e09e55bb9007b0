"""The proposer protocol: what a proposer is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from automem.evidence.view import View
from automem.patches.check import Checked
from automem.runs.candidates import Candidate
from automem.runs.costs import Cost
from automem.spec.experiment import ModelSection, Proposing
from automem.spec.source import Document


@dataclass(frozen=True)
class Assignment:
    """One proposal that is asked for.

    Arguments:
        number: of the candidate it becomes.
        scaffold: the incumbent, self-contained, as its run keeps it.
        scaffold_hash: its content hash.
        evidence: what may be looked at: episodes of the select seeds, never of the report seeds.
        lineage: every earlier candidate of this lineage, in order, accepted and failed.
        continuing: the failed candidate whose episodes this one may learn from; None for a fresh attempt.
        check: says everything that is wrong with a patch's text, as `patches.check` does.
        transcript: the file that keeps the conversation with a model; read when a proposal is gone on with.
        limits: turns, tokens and money.
        spend: told what each answer cost before it is used; raises BudgetReached where the run's budget is met.
    """

    number: int
    scaffold: Document
    scaffold_hash: str
    evidence: View
    lineage: Sequence[Candidate]
    continuing: Candidate | None
    check: Callable[[str], Checked]
    transcript: Path
    limits: Proposing
    spend: Callable[[Cost], None]


@dataclass(frozen=True)
class Proposal:
    """What a proposer gives back.

    Arguments:
        patch: the patch's YAML, which `Assignment.check` finds without error; None when there is nothing to propose.
        said: why there is nothing, or what the proposer said besides.
        exhausted: there is nothing now, and asking again would bring nothing either: the loop ends.
    """

    patch: str | None
    said: str = ""
    exhausted: bool = False


class Proposer(Protocol):
    """Proposes one patch at a time."""

    @property
    def name(self) -> str:
        """Who proposes, as a candidate's row says it: `catalogue`, `anthropic claude-opus-4-5`."""
        ...

    async def check(self) -> None:
        """Find out, before anything is played, that proposals can be had.

        Raises:
            EngineRefused, EngineUnavailable: a key is missing, the model unknown, the server gone.
            SpecError: a document it works from is wrong.
        """
        ...

    async def propose(self, assignment: Assignment) -> Proposal:
        """Propose a patch. Called again with the same assignment after a kill, it goes on where it was.

        Raises:
            EngineRefused, EngineUnavailable, BudgetReached: the loop stops, and can be gone on with.
        """
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...


class ProposerFactory(Protocol):
    """What the registry holds: the `models.meta` entry of an experiment → a proposer."""

    def __call__(self, model: ModelSection, base: Path) -> Proposer:
        """Make a proposer; must not touch the network.

        Arguments:
            model: the entry; `model.model` and `model.settings` are the proposer's own to read.
            base: the folder of the experiment's file, against which paths in it are meant.

        Raises:
            AutoMemError: a setting is unknown or wrong; the message names it.
        """
        ...
