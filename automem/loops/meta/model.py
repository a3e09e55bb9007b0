"""A meta-model, as either loop asks it."""

from __future__ import annotations

from automem.engines.settings import read_settings
from automem.engines.tools.base import ToolModel
from automem.loops.meta.dialogue import Brief, Dialogue
from automem.loops.meta.transcript import Ended
from automem.spec.experiment import ModelSection


class MetaModel:
    """A model with tools that is asked for proposals.

    Arguments:
        section: its entry in the experiment.
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

    async def close(self) -> None:
        """Give back connections."""
        await self._model.close()

    async def discuss(self, brief: Brief) -> Ended:
        """Let the model look at the run until it proposes; see `Dialogue.run`."""
        return await Dialogue(self.name, self._model, self._section.prices, brief).run()


def anthropic(section: ModelSection) -> ToolModel:
    """A Claude model, through the Messages API."""
    from automem.engines.tools.anthropic import AnthropicTools, AnthropicToolSettings  # the vendor's client is slow

    settings = read_settings(AnthropicToolSettings, "anthropic", section.model, section.settings)
    return AnthropicTools(section.model, settings)


def openai(section: ModelSection) -> ToolModel:
    """A model on any server that speaks Chat Completions."""
    from automem.engines.tools.openai import OpenAITools, OpenAIToolSettings  # the vendor's client is slow

    settings = read_settings(OpenAIToolSettings, "openai", section.model, section.settings)
    return OpenAITools(section.model, settings)
