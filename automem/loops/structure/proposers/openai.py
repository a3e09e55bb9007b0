"""Proposer `openai`: a model on any server that speaks Chat Completions."""

from __future__ import annotations

from pathlib import Path

from automem.engines.settings import read_settings
from automem.engines.tools.openai import OpenAITools, OpenAIToolSettings
from automem.loops.structure.proposers.meta import MetaModel
from automem.spec.experiment import ModelSection


def create(model: ModelSection, base: Path) -> MetaModel:
    """The proposer of `models.meta`; see `ProposerFactory`."""
    settings = read_settings(OpenAIToolSettings, "openai", model.model, model.settings)
    return MetaModel(model, OpenAITools(model.model, settings))
