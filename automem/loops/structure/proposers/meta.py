"""Proposers `anthropic` and `openai`: a model with tools proposes patches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from automem.evidence.tool import Tool
from automem.evidence.tools import TOOLS
from automem.evidence.view import View
from automem.loops.meta import model
from automem.loops.meta.dialogue import Brief
from automem.loops.meta.goal import Examined, Goal
from automem.loops.meta.proposer import Proposal
from automem.loops.meta.toolbox import Question
from automem.loops.structure.proposers.base import Assignment
from automem.loops.structure.proposers.briefing import system_prompt, task_text
from automem.patches.model import Patch
from automem.spec.experiment import ModelSection
from automem.spec.issues import Issue


class PatchModel(model.MetaModel):
    """Proposes by a conversation with a model; see `Proposer`."""

    async def propose(self, assignment: Assignment) -> Proposal:
        """Let the model look at the run and propose.

        Raises:
            EngineRefused, EngineUnavailable, BudgetReached: the conversation is kept, and gone on with next time.
        """
        ended = await self.discuss(_brief(assignment))
        return Proposal(ended.proposed, ended.said)


def anthropic(section: ModelSection, base: Path) -> PatchModel:
    """The proposer of `models.meta: {engine: anthropic}`; see `Make`."""
    return PatchModel(section, model.anthropic(section))


def openai(section: ModelSection, base: Path) -> PatchModel:
    """The proposer of `models.meta: {engine: openai}`; see `Make`."""
    return PatchModel(section, model.openai(section))


def _brief(assignment: Assignment) -> Brief:
    return Brief(
        system=system_prompt(),
        task=task_text(assignment),
        questions=[_question(tool, assignment.evidence) for tool in TOOLS.values()],
        goal=Goal("patch", "optimize.propose", lambda text: _examined(assignment, text)),
        transcript=assignment.transcript,
        limits=assignment.limits,
        spend=assignment.spend,
    )


def _question(tool: Tool[Any], view: View) -> Question:
    def answer(given: Mapping[str, Any]) -> Mapping[str, Any]:
        return tool.ask(view, given)

    return Question(tool.name, tool.about, tool.args, answer)


def _examined(assignment: Assignment, text: str) -> Examined:
    checked = assignment.check(text)
    return Examined((*checked.errors, *_exact(checked.patch)), [*set(checked.issues) - set(checked.errors)])


def _exact(patch: Patch | None) -> Iterator[Issue]:
    """The edits that say how the text is to change, which would let a proposer rewrite or remove people's comments."""
    for at, edit in enumerate(patch.edits if patch is not None else ()):
        if getattr(edit, "exact", None) is not None:
            message = "`exact` is for patches that take others back; leave it out"
            yield Issue("patch", 1, 1, f"edits/{at}/exact", message)
