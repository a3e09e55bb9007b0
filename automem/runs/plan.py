"""What an apply would do, take and lack; nothing is played or written."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from automem.agent.record import Role
from automem.errors import AutoMemError
from automem.runs.costs import Cost, total
from automem.runs.estimate import Estimate, Estimator, Span
from automem.runs.journal import recorded_calls
from automem.runs.layout import RunFolder
from automem.runs.lineup import EVALUATION, Lineup, line_up
from automem.runs.lock import holder
from automem.runs.models import Models, make_models
from automem.runs.records import Recorded, Version
from automem.runs.seal import check_select
from automem.runs.store import Store
from automem.spec.experiment import ModelSection, Proposing
from automem.spec.load import LoadedExperiment


@dataclass(frozen=True)
class StagePlan:
    """One stage of an experiment.

    Arguments:
        stage: its name.
        cached: episodes that are finished and will be reused.
        to_play: episodes of which nothing is there yet.
        owed: episodes that were begun, or met trouble; recorded answers are not paid for again.
        estimate: what those to play and those owed will take; `seconds` with as many played at once
            as the experiment says.
    """

    stage: str
    cached: int
    to_play: int
    owed: int
    estimate: Estimate


@dataclass(frozen=True)
class Proposals:
    """What the proposals of a model may take, beside the episodes.

    Arguments:
        most: how many there may be.
        turns_each, tokens_each, usd_each: the limits of one: answers, tokens in and out, US dollars (None: no limit).
        turns, tokens, usd: of all together.
    """

    most: int
    turns_each: int
    tokens_each: int
    usd_each: float | None
    turns: int
    tokens: int
    usd: float | None

    @classmethod
    def of(cls, each: Proposing, most: int) -> Proposals:
        """What `most` proposals may take, each within its limits."""
        usd = None if each.usd is None else most * each.usd
        return cls(most, each.turns, each.tokens, each.usd, most * each.turns, most * each.tokens, usd)


@dataclass(frozen=True)
class LoopPlan:
    """What loop 1 would do at most.

    Arguments:
        proposer: who proposes.
        standing: where it stands, in words.
        candidates: how many more may be proposed.
        episodes: how many episodes they may play, and what the last version lacks of the select and report seeds.
        estimate: what those take, from none of them to all.
        warnings: why its gate may not be able to decide.
        proposals: what proposing may take; None where no model proposes, or nothing more is proposed.
    """

    proposer: str
    standing: str
    candidates: int
    episodes: int
    estimate: Estimate
    warnings: tuple[str, ...]
    proposals: Proposals | None = None


@dataclass(frozen=True)
class TrainPlan:
    """What loop 2 would do at most.

    Arguments:
        proposer: who proposes the recipes after the first.
        standing: where it stands, in words.
        cached, collect: episodes of the train seeds that are there, and that are to be played.
        trials: how many more may be made.
        episodes: how many episodes it may play: those to collect, those of the trials, the report of a specialist.
        estimate: what those take, from none of them to all.
        tokens: about how many tokens the trainings read, prompts included.
        proposals: what proposing may take; None where no model proposes, or nothing more is proposed.
    """

    proposer: str
    standing: str
    cached: int
    collect: int
    trials: int
    episodes: int
    estimate: Estimate
    tokens: Span
    proposals: Proposals | None = None


@dataclass(frozen=True)
class Plan:
    """What an apply would do.

    Arguments:
        folder: the run's folder; it need not exist.
        scaffold: the version that would be played, or that it would be new.
        stages: the stages, in the order they are played.
        budget: the limits of the whole run that are set: `usd`, `hours`, `calls`, `tokens`.
        missing: what keeps the experiment from being played, each with its remedy.
        locked_by: the process that works on the run now; empty when none does.
        loop: what loop 1 may add; None where there is none, or it has ended and nothing is left of it.
        training: what loop 2 may add, likewise.
    """

    folder: Path
    scaffold: str
    stages: tuple[StagePlan, ...]
    budget: Mapping[str, float]
    missing: tuple[str, ...]
    locked_by: str
    loop: LoopPlan | None = None
    training: TrainPlan | None = None

    @property
    def left(self) -> int:
        """How many episodes an apply would play."""
        return sum(stage.to_play + stage.owed for stage in self.stages)


def plan_episodes(loaded: LoadedExperiment, runs: Path) -> Plan:
    """The plan of the episodes that the experiment's own scaffold plays; what a loop adds is not in it.

    Servers are asked whether they would answer.

    Raises:
        SpecError: the experiment asks for something that cannot be done.
        RunError: the run's files cannot be used.
    """
    lineup = line_up(loaded)
    folder = RunFolder(runs / loaded.experiment.name)
    known = _look(folder, loaded)
    estimator = Estimator(lineup, known.done, known.costs)
    stages = tuple(_stage(lineup, folder, stage, known, estimator) for stage in EVALUATION if lineup.stage(stage))
    return Plan(
        folder=folder.path,
        scaffold=_version_label(loaded, known.versions),
        stages=stages,
        budget=loaded.experiment.budget.model_dump(exclude_none=True),
        missing=_missing(lineup.models) if any(stage.to_play + stage.owed for stage in stages) else (),
        locked_by=holder(folder.lock),
    )


@dataclass(frozen=True)
class _Known:
    """What the run has so far."""

    versions: Sequence[Version] = ()
    done: Sequence[Recorded] = ()
    owed: Set[str] = frozenset()
    costs: Mapping[str, Mapping[str, Cost]] = field(default_factory=dict)


def _look(folder: RunFolder, loaded: LoadedExperiment) -> _Known:
    if not folder.database.is_file():
        return _Known()
    with Store.read(folder.database) as store:
        check_select(store, loaded.experiment, loaded.document)
        episodes = store.episodes()
        return _Known(
            store.versions(),
            [one for one in episodes if one.row.status == "done" and folder.trace(one.id).is_file()],
            {one.row.key for one in episodes if one.row.status == "owed"},
            store.costs(),
        )


def _version_label(loaded: LoadedExperiment, versions: Sequence[Version]) -> str:
    for version in versions:
        if version.hash == loaded.scaffold.hash:
            return version.label
    return f"{loaded.scaffold.name} v{versions[-1].number + 1 if versions else 0} (new)"


def _stage(lineup: Lineup, folder: RunFolder, stage: str, known: _Known, estimator: Estimator) -> StagePlan:
    done = {one.row.key for one in known.done}
    missing = [episode for episode in lineup.stage(stage) if episode.key not in done]
    begun = [e for e in missing if e.key in known.owed or folder.journal(e.id).is_file()]
    estimate = Estimate()
    for episode in missing:
        paid = lineup.costs(recorded_calls(folder.journal(episode.id)))
        estimate += estimator.episode(episode.task).less(total(paid.values()))
    lanes = max(min(lineup.experiment.parallel.episodes, len(missing)), 1)
    return StagePlan(
        stage=stage,
        cached=len(lineup.stage(stage)) - len(missing),
        to_play=len(missing) - len(begun),
        owed=len(begun),
        estimate=estimate.spread(lanes),
    )


def _missing(sections: Mapping[Role, ModelSection]) -> tuple[str, ...]:
    """What every model lacks; each is tried by itself, so that all faults are found at once."""
    found: dict[str, None] = {}
    for section in {id(section): section for section in sections.values()}.values():
        alone: dict[Role, ModelSection] = {"base": sections["base"] if section.adapter_of else section}
        try:
            asyncio.run(_check(make_models({**alone, "specialist": section})))
        except AutoMemError as error:
            found[str(error)] = None
    return tuple(found)


async def _check(models: Models) -> None:
    try:
        await models.check()
    finally:
        await models.close()
