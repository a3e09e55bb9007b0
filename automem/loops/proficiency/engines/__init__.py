"""The training engine, which proposes recipes: a person's files, the catalogue of moves, or a model with tools."""

from __future__ import annotations

from automem.loops.meta.choice import Make, chosen
from automem.loops.proficiency.engines.base import RecipeProposer
from automem.registry import Registry
from automem.spec.load import LoadedExperiment

TRAINING_ENGINES: Registry[Make[RecipeProposer]] = Registry(
    "training engine",
    "automem.training_engines",
    {
        "catalogue": "automem.loops.proficiency.engines.catalogue:create",
        "file": "automem.loops.proficiency.engines.file:create",
        "anthropic": "automem.loops.proficiency.engines.meta:anthropic",
        "openai": "automem.loops.proficiency.engines.meta:openai",
    },
)
"""By the `engine` of `models.meta`."""


def make_training_engine(loaded: LoadedExperiment) -> RecipeProposer | None:
    """The training engine of an experiment; None where nothing is trained.

    Raises:
        SpecError: there is no such engine, a setting of it is wrong, or money is limited and its price not known.
    """
    train = loaded.experiment.train
    return None if train is None else chosen(TRAINING_ENGINES.load, loaded, "train", train.propose.usd)
