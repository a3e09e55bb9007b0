"""A meta-model as a proposer."""

from __future__ import annotations

from automem.engines.tools.base import ToolModel
from automem.loops.structure.proposers.base import Assignment, Proposal
from automem.loops.structure.proposers.dialogue import Dialogue
from automem.spec.experiment import ModelSection


class MetaModel:
    """Proposes by a conversation with a model; see `Proposer`.

    Arguments:
        section: the model's entry in the experiment.
        model: who is asked.
    """

    def __init__(self, section: ModelSection, model: ToolModel) -> None:
        self._section, self._model = section, model

    @property
    def name(self) -> str:
        """The engine and the model's name."""
        return f"{self._section.engine} {self._section.model}"

    async def check(self) -> None:
        """Find out that the model can be asked."""
        await self._model.check()

    async def propose(self, assignment: Assignment) -> Proposal:
        """Let the model look at the run and propose.

        Raises:
            EngineRefused, EngineUnavailable, BudgetReached: the conversation is kept, and gone on with next time.
        """
        return await Dialogue(self.name, self._model, self._section.prices, assignment).run()

    async def close(self) -> None:
        """Give back connections."""
        await self._model.close()
