"""What an apply would do, take and lack, the loops included; nothing is played, proposed or written."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from automem.errors import AutoMemError
from automem.loops.noise import noise_of, warnings
from automem.loops.structure.proposers import make_proposer
from automem.loops.structure.proposers.base import Proposer
from automem.loops.structure.review import stop_reason
from automem.loops.structure.standing import Standing, stand
from automem.runs.candidates import Candidate
from automem.runs.estimate import Estimate, Estimator
from automem.runs.layout import DEFAULT_RUNS, RunFolder
from automem.runs.lineup import Lineup, line_up
from automem.runs.loop import need_own_loop
from automem.runs.plan import LoopPlan, Plan, plan_episodes
from automem.runs.records import Recorded
from automem.runs.store import Store
from automem.spec.experiment import Optimize
from automem.spec.load import LoadedExperiment


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
    standing, recorded = _standing(loaded, found.folder, optimize)
    if standing.ended:
        return found
    fault = _fault(proposer)
    missing = (*found.missing, fault) if fault and fault not in found.missing else found.missing
    return replace(found, missing=missing, loop=_loop(loaded, found.folder, optimize, standing, recorded, proposer))


def _standing(loaded: LoadedExperiment, folder: Path, optimize: Optimize) -> tuple[Standing, list[Recorded]]:
    """Where the loop of the scaffold stands, and what its root has played."""
    database = RunFolder(folder).database
    if not database.is_file():
        return Standing(0), []
    with Store.read(database) as store:
        root = next((version for version in store.versions() if version.hash == loaded.scaffold.hash), None)
        if root is None:
            return Standing(0), []
        candidates: list[Candidate] = store.candidates()
        standing = stand(root.number, candidates, optimize, stop_reason(store, root.number) or "")
        return standing, [one for one in store.episodes() if one.row.status == "done" and one.row.stage == "select"]


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
    loaded: LoadedExperiment,
    folder: Path,
    optimize: Optimize,
    standing: Standing,
    recorded: list[Recorded],
    proposer: Proposer,
) -> LoopPlan:
    lineup = line_up(loaded)
    select, report = lineup.stage("select"), lineup.stage("report")
    tries = optimize.attempts * (1 + optimize.continuations)
    revisions = optimize.revisions - standing.revision + 1
    candidates = revisions * tries - (standing.attempt - 1) * (1 + optimize.continuations) - standing.continuation
    replays = optimize.replays * len(select)
    episodes = candidates * len(select) + (revisions + (standing.revision == 1)) * replays + len(report)
    rows = [one.row for one in recorded if one.version == standing.incumbent]
    noise = noise_of(rows) if any(row.replay for row in rows) else None
    return LoopPlan(
        proposer=proposer.name,
        standing=f"revision {standing.revision} of {optimize.revisions}, attempt {standing.attempt} of "
        f"{optimize.attempts}",
        candidates=candidates,
        episodes=episodes,
        estimate=_estimate(lineup, folder, recorded, episodes),
        warnings=tuple(warnings(optimize, len(select), noise)),
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
