"""The engines of one run: made from the experiment, checked once, shared by all episodes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from automem.agent.record import Role
from automem.engines import ENGINES, Engine
from automem.engines.base import Adapting
from automem.errors import AutoMemError
from automem.spec.experiment import ModelSection


@dataclass(frozen=True)
class Models:
    """Who answers which role.

    Arguments:
        engines: role → engine; roles with the same entry in the experiment share one.
    """

    engines: Mapping[Role, Engine]

    def with_specialist(self, adapter: Path) -> Models:
        """The same base, with a PEFT adapter on it as the specialist.

        Raises:
            AutoMemError: the base's engine loads no adapters, or not this one.
        """
        base = self.engines["base"]
        return Models({"base": base, "specialist": with_adapter(base, adapter)})

    @property
    def distinct(self) -> dict[int, Engine]:
        """Each engine once."""
        return {id(engine): engine for engine in self.engines.values()}

    async def check(self) -> None:
        """Find out that every engine can answer.

        Raises:
            EngineRefused, EngineUnavailable: of the first that cannot.
        """
        for engine in self.distinct.values():
            await engine.check()

    async def close(self) -> None:
        """Give back what the engines hold."""
        for engine in self.distinct.values():
            await engine.close()


def make_models(sections: Mapping[Role, ModelSection]) -> Models:
    """The engines for the models of an experiment; the network is not touched.

    Raises:
        AutoMemError: an engine is unknown, not installed, loads no adapters where one is named, or a setting of it
            is wrong.
    """
    made: dict[str, Engine] = {}
    engines: dict[Role, Engine] = {}
    for role, section in sections.items():
        whole = sections["base"] if section.adapter_of else section
        entry = json.dumps([whole.engine, whole.model, whole.settings], sort_keys=True)
        if entry not in made:
            made[entry] = ENGINES.load(whole.engine or "")(whole.model, whole.settings)
        engines[role] = with_adapter(made[entry], Path(section.adapter)) if section.adapter else made[entry]
    return Models(engines)


def with_adapter(engine: Engine, adapter: Path) -> Engine:
    """`engine`, with an adapter on its model.

    Raises:
        AutoMemError: the engine loads no adapters, or not this one.
    """
    if not isinstance(engine, Adapting):
        raise AutoMemError(f"the base's engine loads no adapters, such as {adapter}; `engine: local` does")
    return engine.adapted(adapter)
