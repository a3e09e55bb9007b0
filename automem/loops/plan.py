"""What an apply would do, take and lack, the loops included; nothing is played, proposed or written."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from automem.errors import AutoMemError
from automem.loops.course import Training, make_training
from automem.loops.meta.choice import ASK_NO_MODEL, WITHOUT_KEY
from automem.loops.noise import noise_of, warnings
from automem.loops.proficiency.engines.base import RecipeProposer
from automem.loops.proficiency.fitting import missing_packages
from automem.loops.proficiency.planning import check_seal, look, plan_training
from automem.loops.structure.lineage import incumbent_of
from automem.loops.structure.proposers import make_proposer
from automem.loops.structure.proposers.base import Proposer
from automem.loops.structure.review import stop_reason
from automem.loops.structure.standing import Standing, stand
from automem.runs.candidates import lineage_of
from automem.runs.estimate import Estimate, Estimator
from automem.runs.layout import DEFAULT_RUNS, RunFolder
from automem.runs.lineup import Lineup, line_up
from automem.runs.loop import need_own_loop
from automem.runs.plan import LoopPlan, Plan, Proposals, plan_episodes
from automem.runs.records import Recorded
from automem.runs.seal import check_report
from automem.runs.store import Store
from automem.spec.experiment import Experiment, Optimize
from automem.spec.load import LoadedExperiment, load_scaffold
from automem.spec.source import read_document


def plan(loaded: LoadedExperiment, runs: Path = DEFAULT_RUNS) -> Plan:
    """Say what `apply` would do with the same arguments. Servers are asked whether they would answer.

    Raises:
        SpecError: the experiment asks for something that cannot be done.
        RunError: the run's files cannot be used.
    """
    need_own_loop("plan")
    proposer, training = make_proposer(loaded), make_training(loaded)
    found, ended = plan_episodes(loaded, runs), True
    if proposer is not None:
        found, ended = _with_structure(found, loaded, proposer)
    return found if training is None else _with_training(found, loaded, training, ended=ended)


def _with_structure(found: Plan, loaded: LoadedExperiment, proposer: Proposer) -> tuple[Plan, bool]:
    """A plan with what loop 1 adds, and whether that has ended."""
    optimize = loaded.experiment.optimize
    if optimize is None:
        return found, True
    lineup = line_up(loaded)
    standing, recorded = _standing(lineup, found.folder, optimize, proposer.name)
    left = _left(lineup, found.folder, standing, recorded)
    if standing.ended:
        estimate = _estimate(lineup, found.folder, recorded, left)
        ended = LoopPlan(proposer.name, f"ended: {standing.ended}", 0, left, estimate, ())
        return replace(found, loop=ended if left else None), True
    loop = _loop(lineup, found.folder, optimize, standing, recorded, proposer.name, left)
    return replace(found, missing=_and(found.missing, _fault(proposer)), loop=loop), False


def _with_training(found: Plan, loaded: LoadedExperiment, training: Training, *, ended: bool) -> Plan:
    """A plan with what loop 2 adds.

    Arguments:
        ended: whether loop 1 has ended, so that it is known for which version it trains.
    """
    train, lineup, folder = loaded.experiment.train, line_up(loaded), RunFolder(found.folder)
    if train is None:
        return found
    root, version = _versions(lineup, folder)
    known = look(lineup, folder, root, version if ended else None)
    if ended and version is not None and version != root:
        path = folder.scaffold(version)
        lineup = lineup.with_scaffold(load_scaffold(path), read_document(path))
    planned = plan_training(lineup, train, known, training.first, training.proposer.name, begun=ended)
    if ended:
        check_seal(lineup, folder, root, planned)
    if planned is None or not planned.trials:
        return replace(found, training=planned)
    missing = _and(_and(found.missing, missing_packages()), _fault(training.proposer))
    return replace(found, missing=missing, training=planned)


def _and(missing: tuple[str, ...], fault: str) -> tuple[str, ...]:
    return (*missing, fault) if fault and fault not in missing else missing


def _versions(lineup: Lineup, folder: RunFolder) -> tuple[int | None, int | None]:
    """The version that an experiment's scaffold is, and where its lineage stands; None where the run has neither."""
    if not folder.database.is_file():
        return None, None
    with Store.read(folder.database) as store:
        root = next((one.number for one in store.versions() if one.hash == lineup.loaded.scaffold.hash), None)
        if root is None:
            return None, None
        return root, incumbent_of(root, lineage_of(store.candidates(), root, lineup.conditions))


def _standing(lineup: Lineup, folder: Path, optimize: Optimize, proposer: str) -> tuple[Standing, list[Recorded]]:
    """Where the loop of the scaffold stands, and what the run has played."""
    database = RunFolder(folder).database
    if not database.is_file():
        return Standing(0), []
    with Store.read(database) as store:
        root = next((version for version in store.versions() if version.hash == lineup.loaded.scaffold.hash), None)
        seal = (lineup.conditions, lineup.experiment, lineup.loaded.document)
        if root is None:
            check_report(store, None, *seal, ended=False)
            return Standing(0), []
        lineage = lineage_of(store.candidates(), root.number, lineup.conditions)
        stopped = stop_reason(store, root.number, lineup.conditions) or ""
        standing = stand(root.number, lineage, optimize, stopped, proposer)
        check_report(store, root.number, *seal, ended=bool(standing.ended))
        return standing, [one for one in store.episodes() if one.row.status == "done"]


def _left(lineup: Lineup, folder: Path, standing: Standing, recorded: list[Recorded]) -> int:
    """How many episodes the incumbent lacks: of the select seeds, and where the loop has ended of the report's too.

    The experiment's own scaffold lacks none here: the stages of the plan tell of it.
    """
    path = RunFolder(folder).scaffold(standing.incumbent)
    if not path.is_file():
        return 0
    own = lineup.with_scaffold(load_scaffold(path), read_document(path))
    if own.loaded.scaffold.hash == lineup.loaded.scaffold.hash:
        return 0
    done = {one.row.key for one in recorded}
    return sum(one.key not in done for one in (own.evaluation if standing.ended else own.stage("select")))


def _fault(proposer: Proposer | RecipeProposer) -> str:
    """What keeps the proposer from proposing; empty when nothing does."""

    async def ask() -> None:
        try:
            await proposer.check()
        finally:
            await proposer.close()

    try:
        asyncio.run(ask())
    except AutoMemError as error:
        return str(error)
    return ""


def _loop(
    lineup: Lineup,
    folder: Path,
    optimize: Optimize,
    standing: Standing,
    recorded: list[Recorded],
    proposer: str,
    left: int,
) -> LoopPlan:
    select, report = lineup.stage("select"), lineup.stage("report")
    tries = optimize.attempts * (1 + optimize.continuations)
    revisions = optimize.revisions - standing.revision + 1
    candidates = revisions * tries - (standing.attempt - 1) * (1 + optimize.continuations) - standing.continuation
    replays = optimize.replays * len(select)
    episodes = left + candidates * len(select) + revisions * replays + len(report)
    rows = [one.row for one in recorded if one.version == standing.incumbent and one.row.stage == "select"]
    rows = [row for row in rows if row.conditions == lineup.conditions]
    noise = noise_of(rows) if any(row.replay for row in rows) else None
    return LoopPlan(
        proposer=proposer,
        standing=f"revision {standing.revision} of {optimize.revisions}, attempt {standing.attempt} of "
        f"{optimize.attempts}",
        candidates=candidates,
        episodes=episodes,
        estimate=_estimate(lineup, folder, recorded, episodes),
        warnings=tuple(warnings(optimize, len(select), noise)),
        proposals=_proposals(lineup.experiment, candidates, optimize),
    )


def _proposals(experiment: Experiment, candidates: int, optimize: Optimize) -> Proposals | None:
    """What a model's proposals may take; None where no model writes them."""
    each, meta = optimize.propose, experiment.models.meta or WITHOUT_KEY
    if meta.engine in ASK_NO_MODEL:
        return None
    return Proposals.of(each, candidates)


def _estimate(lineup: Lineup, folder: Path, recorded: list[Recorded], episodes: int) -> Estimate:
    """What so many episodes take at most, each as the experiment's own scaffold plays it."""
    costs = {}
    if recorded:
        with Store.read(RunFolder(folder).database) as store:
            costs = store.costs()
    estimator = Estimator(lineup, recorded, costs)
    each = [estimator.episode(task) for task in lineup.tasks]
    whole = sum(each, Estimate()).up_to(-(-episodes // len(each)))
    return whole.spread(max(min(lineup.experiment.parallel.episodes, episodes), 1))
