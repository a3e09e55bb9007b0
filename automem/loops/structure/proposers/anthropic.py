"""Proposer `anthropic`: a Claude model, through the Messages API."""

from __future__ import annotations

from pathlib import Path

from automem.engines.settings import read_settings
from automem.engines.tools.anthropic import AnthropicTools, AnthropicToolSettings
from automem.loops.structure.proposers.meta import MetaModel
from automem.spec.experiment import ModelSection


def create(model: ModelSection, base: Path) -> MetaModel:
    """The proposer of `models.meta`; see `ProposerFactory`."""
    settings = read_settings(AnthropicToolSettings, "anthropic", model.model, model.settings)
    return MetaModel(model, AnthropicTools(model.model, settings))
