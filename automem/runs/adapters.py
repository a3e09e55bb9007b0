"""Whether the base can carry the adapter that an experiment wants, found out before anything is loaded or played."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from automem.engines import ENGINES
from automem.engines.base import Adapting
from automem.errors import AutoMemError
from automem.spec.experiment import Experiment


def unfit_adapter(experiment: Experiment) -> Iterator[tuple[Sequence[str], str]]:
    """What keeps the specialist from being an adapter on the base: where the experiment asks for it, and what to do.

    A base whose engine cannot be made is passed over: that is said where engines are.
    """
    base, specialist = experiment.models.base, experiment.models.specialist
    wanted = specialist is not None and specialist.adapter_of is not None
    if not wanted and experiment.train is None:
        return
    try:
        engine = ENGINES.load(base.engine or "")(base.model, base.settings)
    except AutoMemError:
        return
    # Nothing is loaded or connected before an engine is asked, so there is nothing to give back.
    if not isinstance(engine, Adapting):
        place = ("models", "specialist", "adapter_of") if wanted else ("train",)
        instead = "give the specialist an `engine` and a `model` of its own" if wanted else "remove the section"
        yield place, f"the engine {base.engine!r} of the base loads no adapters, `local` does; take that, or {instead}"
    elif specialist is not None and specialist.adapter is not None:
        try:
            engine.adapted(Path(specialist.adapter))
        except AutoMemError as error:
            yield ("models", "specialist", "adapter"), str(error)
