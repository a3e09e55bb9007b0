"""What a proposer of patches is, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from automem.evidence.view import View
from automem.loops.meta import proposer
from automem.patches.check import Checked
from automem.runs.candidates import Candidate
from automem.runs.costs import Cost
from automem.spec.experiment import Proposing
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


Proposer: TypeAlias = proposer.Proposer[Assignment]
"""Proposes one patch at a time."""
