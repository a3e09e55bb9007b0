"""Who proposes patches: a person's files, the catalogue, or a model with tools."""

from __future__ import annotations

from automem.loops.meta.choice import Make, chosen
from automem.loops.structure.proposers.base import Proposer
from automem.registry import Registry
from automem.spec.load import LoadedExperiment

PROPOSERS: Registry[Make[Proposer]] = Registry(
    "proposer",
    "automem.proposers",
    {
        "catalogue": "automem.loops.structure.proposers.catalogue:create",
        "file": "automem.loops.structure.proposers.file:create",
        "anthropic": "automem.loops.structure.proposers.meta:anthropic",
        "openai": "automem.loops.structure.proposers.meta:openai",
    },
)
"""By the `engine` of `models.meta`."""


def make_proposer(loaded: LoadedExperiment) -> Proposer | None:
    """The proposer of an experiment; None where it has no loop.

    Raises:
        SpecError: there is no such proposer, a setting of it is wrong, or money is limited and its price not known.
    """
    optimize = loaded.experiment.optimize
    return None if optimize is None else chosen(PROPOSERS.load, loaded, "optimize", optimize.propose.usd)
