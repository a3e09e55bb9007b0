"""What is written about an episode: the header of its trace and its row in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from automem.agent.record import Header
from automem.runs.keys import Episode
from automem.runs.lineup import Lineup
from automem.runs.records import Recorded, Version, now
from automem.traces.store import FORMAT
from automem.traces.summary import EpisodeRow


def header_of(lineup: Lineup, version: Version, episode: Episode) -> Header:
    """The header of an episode's trace."""
    experiment = lineup.experiment
    return Header(
        format=FORMAT,
        key=episode.key,
        stage=episode.stage,
        scaffold=version.label,
        scaffold_hash=version.hash,
        env=experiment.env.name,
        task=episode.task,
        note=lineup.tasks[episode.task].note,
        seed=episode.seed,
        env_version=lineup.tasks[episode.task].version,
        settings=experiment.env.settings,
        models={role: _name_of(identity) for role, identity in lineup.identities.items()},
        sampling=experiment.sampling.model_dump(),
        memory=lineup.agents[episode.task].memory_header(),
    )


def _name_of(identity: Mapping[str, Any]) -> str:
    """A model as traces name it: `local:tiny`, `local:tiny+1a2b3c4d` with an adapter of these weights."""
    adapter = identity["adapter"]
    return f"{identity['engine']}:{identity['model']}" + (f"+{adapter[:8]}" if adapter else "")


def done_row(
    lineup: Lineup,
    version: Version,
    episode: Episode,
    metrics: Mapping[str, float | None],
    seconds: float,
    trace_bytes: int,
) -> Recorded:
    """The row of a finished episode.

    Arguments:
        metrics: all of `traces.metrics`, `progression` and `steps` among them.
        seconds: time it took to play.
        trace_bytes: size of its trace.
    """
    row = _row(lineup, version, episode, "done")
    return Recorded(
        row=replace(row, progression=metrics["progression"], steps=int(metrics["steps"] or 0), metrics=dict(metrics)),
        id=episode.id,
        version=version.number,
        seconds=seconds,
        trace_bytes=trace_bytes,
        changed=now(),
    )


def owed_row(lineup: Lineup, version: Version, episode: Episode, error: str) -> Recorded:
    """The row of an episode that could not be finished, and why."""
    return Recorded(
        row=replace(_row(lineup, version, episode, "owed"), error=error),
        id=episode.id,
        version=version.number,
        seconds=None,
        trace_bytes=None,
        changed=now(),
    )


def _row(lineup: Lineup, version: Version, episode: Episode, status: Literal["done", "owed"]) -> EpisodeRow:
    return EpisodeRow(
        key=episode.key,
        stage=episode.stage,
        scaffold=version.label,
        scaffold_hash=version.hash,
        env=lineup.experiment.env.name,
        task=episode.task,
        seed=episode.seed,
        replay=episode.replay,
        status=status,
        conditions=lineup.conditions,
        note=lineup.tasks[episode.task].note,
    )
