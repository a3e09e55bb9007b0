"""What an apply would do, take and lack, the loops included; nothing is played, proposed or written."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from automem.errors import AutoMemError
from automem.loops.noise import noise_of, warnings
from automem.loops.structure.proposers import ASK_NO_MODEL, WITHOUT_KEY, make_proposer
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
    proposer, found = make_proposer(loaded), plan_episodes(loaded, runs)
    optimize = loaded.experiment.optimize
    if proposer is None or optimize is None:
        return found
    lineup = line_up(loaded)
    standing, recorded = _standing(lineup, found.folder, optimize, proposer.name)
    left = _left(lineup, found.folder, standing, recorded)
    if standing.ended:
        estimate = _estimate(lineup, found.folder, recorded, left)
        ended = LoopPlan(proposer.name, f"ended: {standing.ended}", 0, left, estimate, ())
        return replace(found, loop=ended) if left else found
    fault = _fault(proposer)
    missing = (*found.missing, fault) if fault and fault not in found.missing else found.missing
    loop = _loop(lineup, found.folder, optimize, standing, recorded, proposer.name, left)
    return replace(found, missing=missing, loop=loop)


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
    return sum(one.key not in done for one in (own.episodes if standing.ended else own.stage("select")))


def _fault(proposer: Proposer) -> str:
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
    return Proposals(
        most=candidates,
        turns_each=each.turns,
        tokens_each=each.tokens,
        usd_each=each.usd,
        turns=candidates * each.turns,
        tokens=candidates * each.tokens,
        usd=None if each.usd is None else candidates * each.usd,
    )


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
