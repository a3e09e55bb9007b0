"""A/A: the same scaffold on the same seeds, sampled afresh, to learn how much play differs by chance alone."""

from __future__ import annotations

from pathlib import Path

from automem.loops.noise import Noise, noise_of
from automem.runs.layout import DEFAULT_RUNS
from automem.runs.loop import need_own_loop
from automem.runs.progress import Progress
from automem.runs.result import Result, cost_rows
from automem.runs.session import Session
from automem.spec.load import LoadedExperiment


def repeat(
    loaded: LoadedExperiment, plays: int = 2, runs: Path = DEFAULT_RUNS, progress: Progress | None = None
) -> tuple[Noise | None, Result]:
    """Play the select seeds of an experiment several times, and measure the noise; what is there is reused.

    Gives the noise, or None while episodes are missing, and what was played.

    Arguments:
        loaded: the experiment and its scaffold.
        plays: how often each seed is played in all, at least 2.
        runs: the folder that holds the run's folder.
        progress: told what happens.

    Raises:
        as `apply`.
    """
    need_own_loop("noise")
    with Session.open(loaded, runs, progress or Progress()) as session:
        episodes = [episode for replay in range(plays) for episode in session.lineup.stage("select", replay)]

        async def play() -> None:
            await session.play(session.root, episodes, "noise")

        def result() -> Result:
            rows = session.rows(episodes)
            done = {row.key for row in rows if row.status == "done"}
            stopped = str(session.stopped or "") if len(done) < len(episodes) else ""
            return Result(
                folder=session.folder.path,
                version=session.root,
                rows=tuple(rows),
                costs=tuple(cost_rows(session.store, done)),
                reused=sum(row.reused for row in rows if row.key in done),
                left=len(episodes) - len(done),
                stopped=stopped,
            )

        found = session.run(play, result) if session.missing(episodes) else result()
    return (None if found.left else noise_of(found.rows)), found
