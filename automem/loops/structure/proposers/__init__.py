"""Who proposes patches: a person's files, the catalogue, or a model with tools."""

from __future__ import annotations

from pathlib import Path

from automem.errors import SpecError
from automem.loops.structure.proposers.base import Proposer, ProposerFactory
from automem.registry import Registry, UnknownPart
from automem.spec.experiment import ModelSection
from automem.spec.load import LoadedExperiment

PROPOSERS: Registry[ProposerFactory] = Registry(
    "proposer",
    "automem.proposers",
    {name: f"automem.loops.structure.proposers.{name}:create" for name in ("catalogue", "file", "anthropic", "openai")},
)
"""By the `engine` of `models.meta`."""

WITHOUT_KEY = ModelSection(engine="catalogue")
"""Who proposes where the experiment names nobody."""


def make_proposer(loaded: LoadedExperiment) -> Proposer | None:
    """The proposer of an experiment; None where it has no loop.

    Raises:
        SpecError: there is no such proposer, or a setting of it is wrong.
    """
    experiment = loaded.experiment
    if experiment.optimize is None:
        return None
    meta = experiment.models.meta or WITHOUT_KEY
    try:
        return PROPOSERS.load(meta.engine or "")(meta, Path(loaded.document.file).parent)
    except UnknownPart as error:
        raise SpecError([loaded.document.issue(("models", "meta", "engine"), str(error))]) from error
