"""What an experiment asks for: which episodes of which tasks, and who answers in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from automem.agent.agent import Agent
from automem.agent.fit import fit
from automem.agent.record import Role
from automem.envs import WORLDS, TaskInfo
from automem.errors import SpecError
from automem.runs.adapters import unfit_adapter
from automem.runs.costs import Cost, cost_of
from automem.runs.journal import Call
from automem.runs.keys import Episode, conditions_of, episode_key, model_identity
from automem.spec.experiment import Experiment, ModelSection
from automem.spec.load import LoadedExperiment
from automem.spec.resolve import ResolvedScaffold
from automem.spec.source import Document

STAGES = ("select", "train", "report")
"""Stages in the order they are played.

`select` evaluates and decides; `train` is learnt from, where there is loop 2; `report` is sealed until `select` is
complete, and all loops are at their end.
"""

EVALUATION = ("select", "report")
"""The stages that an experiment's own scaffold plays, whatever its loops do."""


Refused = tuple[Sequence[str | int], str]
"""Where in the experiment something stands that cannot be done, and what to do about it."""


@dataclass(frozen=True)
class Adapter:
    """Trained weights that answer as the specialist, on the base.

    Arguments:
        folder: as PEFT writes it.
        weights: hash of what is in it, as `keys.weights_hash`.
    """

    folder: Path
    weights: str


@dataclass(frozen=True)
class Lineup:
    """An experiment, made ready to be played or planned.

    Arguments:
        loaded: the experiment and its scaffold.
        tasks: task → what is known of it.
        models: role → the model that answers it; both roles are named, with one model or two.
        identities: role → all of its model's entry that decides what it answers.
        conditions: what its tasks are played under besides scaffold and seed, as `keys.conditions_of` says it.
        adapter: what the run has trained as the specialist; None where it plays without.
    """

    loaded: LoadedExperiment
    tasks: Mapping[str, TaskInfo]
    models: Mapping[Role, ModelSection]
    identities: Mapping[Role, Mapping[str, Any]]
    conditions: str
    adapter: Adapter | None = None

    @property
    def experiment(self) -> Experiment:
        """The experiment document."""
        return self.loaded.experiment

    @cached_property
    def agents(self) -> Mapping[str, Agent]:
        """Task → the agent compiled for it; compiled when something is to be played."""
        return {name: Agent(self.loaded.scaffold, info) for name, info in self.tasks.items()}

    @property
    def split(self) -> bool:
        """Whether the two roles are played by different models."""
        return self.identities["base"] != self.identities["specialist"]

    def stage(self, name: str, replay: int = 0) -> list[Episode]:
        """The episodes that a stage asks for, seed by seed with all tasks of each.

        Arguments:
            name: one of `STAGES`; `train` asks for none where nothing is trained.
            replay: 0, or which fresh sampling of them, from 1.
        """
        if name == "train" and self.experiment.train is None:
            return []
        seeds = getattr(self.experiment.seeds, name) or ()
        return [self._episode(name, info, seed, replay) for seed in seeds for info in self.tasks.values()]

    @property
    def evaluation(self) -> list[Episode]:
        """Every episode that its own scaffold is evaluated by, seen and sealed."""
        return [episode for name in EVALUATION for episode in self.stage(name)]

    def with_scaffold(self, scaffold: ResolvedScaffold, document: Document) -> Lineup:
        """The same with another scaffold, which has been found to fit."""
        loaded = replace(self.loaded, scaffold=scaffold, scaffold_document=document)
        return replace(self, loaded=loaded)

    def with_adapter(self, adapter: Adapter) -> Lineup:
        """The same with an adapter of the base as the specialist."""
        prices = self.models["specialist"].prices
        specialist = ModelSection(adapter_of="base", adapter=str(adapter.folder), prices=prices)
        base = self.identities["base"]
        identities: dict[Role, Mapping[str, Any]] = {"base": base, "specialist": {**base, "adapter": adapter.weights}}
        return replace(
            self,
            models={**self.models, "specialist": specialist},
            identities=identities,
            conditions=_conditions(self.experiment, self.tasks, identities),
            adapter=adapter,
        )

    def _episode(self, stage: str, info: TaskInfo, seed: int, replay: int) -> Episode:
        scaffold, experiment = self.loaded.scaffold, self.experiment
        key = episode_key(
            scaffold.hash, experiment.env, info, seed, self.identities, experiment.sampling, replay=replay
        )
        return Episode(key, stage, info.task, seed, replay)

    def cost(self, call: Call) -> Cost:
        """What one recorded call costs at the experiment's prices."""
        return cost_of(call.answer, call.prompt_chars, self.models[call.role].prices)

    def costs(self, calls: Iterable[Call]) -> dict[str, Cost]:
        """Role → what some recorded calls cost."""
        costs: dict[str, Cost] = {}
        for call in calls:
            costs[call.role] = costs.get(call.role, Cost()) + self.cost(call)
        return costs


def line_up(loaded: LoadedExperiment) -> Lineup:
    """Make an experiment ready.

    Raises:
        SpecError: it asks for something this version does not do, or its scaffold cannot be played in its world.
    """
    experiment, document = loaded.experiment, loaded.document
    models = _models(experiment)
    refused = [*_undone(experiment), *_untrainable(experiment), *unfit_adapter(experiment)]
    refused += _unpriced(experiment, models)
    issues = [document.issue(path, message) for path, message in refused]
    issues += fit(loaded.scaffold, loaded.scaffold_document, document, experiment.env)
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors:
        raise SpecError(errors)
    world = WORLDS.load(experiment.env.name)
    names = experiment.env.tasks or world.tasks()
    tasks = {name: world.describe(name, experiment.env.settings) for name in names}
    identities = {role: model_identity(model, models["base"]) for role, model in models.items()}
    return Lineup(
        loaded=loaded,
        tasks=tasks,
        models=models,
        identities=identities,
        conditions=_conditions(experiment, tasks, identities),
    )


def _conditions(
    experiment: Experiment, tasks: Mapping[str, TaskInfo], identities: Mapping[Role, Mapping[str, Any]]
) -> str:
    return conditions_of(experiment.env, tasks.values(), identities, experiment.sampling)


def _models(experiment: Experiment) -> dict[Role, ModelSection]:
    """Role → model; an adapter costs what its base does where it has no price of its own."""
    base = experiment.models.base
    specialist = experiment.models.specialist or base
    if specialist.adapter_of and specialist.prices is None:
        specialist = specialist.model_copy(update={"prices": base.prices})
    return {"base": base, "specialist": specialist}


def _untrainable(experiment: Experiment) -> Iterator[Refused]:
    if experiment.train is None:
        return
    if experiment.seeds.train is None:
        yield ("train",), "learns from episodes of the `train` seeds; add `train: {count: 20, from: 1000}` to seeds"
    specialist = experiment.models.specialist
    if specialist is not None and (specialist.adapter_of is None or specialist.adapter is not None):
        message = "`train` makes the specialist: say `specialist: {adapter_of: base}` or nothing, or remove `train`"
        yield ("models", "specialist"), message


def _undone(experiment: Experiment) -> Iterator[Refused]:
    if experiment.parallel.backend == "ray":
        message = "this version does not play on ray yet; remove `backend` to play on this machine"
        yield ("parallel", "backend"), message


def _unpriced(experiment: Experiment, models: Mapping[Role, ModelSection]) -> Iterator[Refused]:
    unpriced = [role for role, model in models.items() if model.prices is None]
    if experiment.budget.usd is not None and unpriced:
        message = (
            "cannot be kept without prices: add `prices: {input: …, output: …}`, in US dollars per million "
            f"tokens, to models.{unpriced[0]}"
        )
        yield ("budget", "usd"), message
