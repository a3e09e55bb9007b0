"""What a training engine, which proposes recipes, is and is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from automem.evidence.view import View
from automem.loops.meta import proposer
from automem.runs.costs import Cost
from automem.runs.trials import TrialRow
from automem.spec.experiment import Proposing
from automem.spec.issues import Issue
from automem.spec.recipe import Recipe

if TYPE_CHECKING:
    from automem.loops.proficiency.selection import Selected


@dataclass(frozen=True)
class CheckedRecipe:
    """What can be said of a recipe's text before anything is selected by it.

    Arguments:
        issues: everything that is wrong with it, at its place in the text; empty where it can be used.
        recipe: the document; None where there are issues.
    """

    issues: tuple[Issue, ...]
    recipe: Recipe | None = None


@dataclass(frozen=True)
class Assignment:
    """One recipe that is asked for.

    Arguments:
        number: of the trial it becomes.
        first: the recipe that the experiment names, as YAML: what the first trial was made by.
        ledger: every earlier trial of the same scaffold and base, in order, passed and failed; their recipes are in
            it as YAML. Never empty.
        collected: what may be trained on: the base's episodes of the `train` seeds.
        played: what trials are judged by: the base's episodes of the select seeds.
        tried: trial → the select episodes that its base and specialist played; those that played none are left out.
            Report seeds are never to be seen.
        check: says everything that is wrong with a recipe's text: its form, its expressions, a `reuse` of a trial
            that selected nothing, and that a trial of the ledger has decided the same already.
        preview: what a recipe would select of the episodes collected, for nothing: a judge is not asked.
        transcript: the file that keeps the conversation with a model; read when a proposal is gone on with.
        limits: turns, tokens and money.
        spend: told what each answer cost before it is used; raises BudgetReached where the run's budget is met.
    """

    number: int
    first: str
    ledger: Sequence[TrialRow]
    collected: View
    played: View
    tried: dict[int, View]
    check: Callable[[str], CheckedRecipe]
    preview: Callable[[Recipe], Selected]
    transcript: Path
    limits: Proposing
    spend: Callable[[Cost], None]


RecipeProposer: TypeAlias = proposer.Proposer[Assignment]
"""Proposes one recipe at a time, each as a whole."""
