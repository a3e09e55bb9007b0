"""Training engines `anthropic` and `openai`: a model with tools proposes recipes."""

from __future__ import annotations

from pathlib import Path

from automem.loops.meta import model
from automem.loops.meta.dialogue import Brief
from automem.loops.meta.goal import Examined, Goal
from automem.loops.meta.proposer import Proposal
from automem.loops.proficiency.engines.base import Assignment
from automem.loops.proficiency.engines.briefing import system_prompt, task_text
from automem.loops.proficiency.engines.faults import faults_of
from automem.loops.proficiency.engines.previews import remembering
from automem.loops.proficiency.engines.questions import questions_of
from automem.spec.experiment import ModelSection


class RecipeModel(model.MetaModel):
    """Proposes by a conversation with a model; see `RecipeProposer`."""

    async def propose(self, assignment: Assignment) -> Proposal:
        """Let the model look at ledger, selections and play, and propose.

        Raises:
            EngineRefused, EngineUnavailable, BudgetReached: the conversation is kept, and gone on with next time.
        """
        assignment = remembering(assignment)
        brief = Brief(
            system=system_prompt(),
            task=task_text(assignment),
            questions=questions_of(assignment),
            goal=Goal("recipe", "train.propose", lambda text: Examined(faults_of(assignment, text))),
            transcript=assignment.transcript,
            limits=assignment.limits,
            spend=assignment.spend,
        )
        ended = await self.discuss(brief)
        return Proposal(ended.proposed, ended.said)


def anthropic(section: ModelSection, base: Path) -> RecipeModel:
    """The engine of `models.meta: {engine: anthropic}`; see `Make`."""
    return RecipeModel(section, model.anthropic(section))


def openai(section: ModelSection, base: Path) -> RecipeModel:
    """The engine of `models.meta: {engine: openai}`; see `Make`."""
    return RecipeModel(section, model.openai(section))
