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

ASK_NO_MODEL = ("catalogue", "file")
"""Those that propose without a model, and so cost nothing."""

WITHOUT_KEY = ModelSection(engine="catalogue")
"""Who proposes where the experiment names nobody."""

_UNPRICED = (
    "cannot be kept without prices: add `prices: {input: …, output: …}`, in US dollars per million tokens, "
    "to models.meta"
)


def make_proposer(loaded: LoadedExperiment) -> Proposer | None:
    """The proposer of an experiment; None where it has no loop.

    Raises:
        SpecError: there is no such proposer, a setting of it is wrong, or money is limited and its price not known.
    """
    experiment, optimize = loaded.experiment, loaded.experiment.optimize
    if optimize is None:
        return None
    meta = experiment.models.meta or WITHOUT_KEY
    if meta.prices is None and meta.engine not in ASK_NO_MODEL:
        limits = {("budget", "usd"): experiment.budget.usd, ("optimize", "propose", "usd"): optimize.propose.usd}
        issues = [loaded.document.issue(path, _UNPRICED) for path, limit in limits.items() if limit is not None]
        if issues:
            raise SpecError(issues)
    try:
        return PROPOSERS.load(meta.engine or "")(meta, Path(loaded.document.file).parent)
    except UnknownPart as error:
        raise SpecError([loaded.document.issue(("models", "meta", "engine"), str(error))]) from error
