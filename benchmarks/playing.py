"""Real play to measure on: experiments with the shipped scaffolds, applied once in a process and then kept."""

from __future__ import annotations

import atexit
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from automem.agent.record import Header, Step
from automem.loops.apply import apply
from automem.runs import Result, RunFolder, show_run
from automem.runs.records import Recorded
from automem.spec.load import LoadedExperiment, load_experiment
from automem.traces.store import iter_steps, read_header

SCRIPTED = {"engine": "scripted", "model": "crafter"}


@cache
def workplace() -> Path:
    """A folder that is removed when the program ends."""
    folder = TemporaryDirectory(prefix="automem-bench-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def experiment(name: str, max_steps: int, **sections: Any) -> LoadedExperiment:
    """Ten Crafter episodes at a time, played by rules with the starting scaffold where `sections` say nothing else."""
    document = {
        "kind": "experiment",
        "name": name,
        "scaffold": "crafter/v0.yaml",
        "env": {"name": "crafter", "max_steps": max_steps},
        "seeds": {"select": "42..51"},
        "models": {"base": SCRIPTED},
        "parallel": {"episodes": 10},
        **sections,
    }
    file = workplace() / f"{name}.yaml"
    file.write_text(json.dumps(document))  # JSON is YAML
    return load_experiment(file)


def play(loaded: LoadedExperiment) -> Result:
    """Apply it in the workplace, to the end."""
    result = apply(loaded, workplace())
    if result.exit_code:
        raise SystemExit(f"the benchmark's episodes were not finished: {result.stopped or result.summary}")
    return result


@dataclass(frozen=True)
class Played:
    """One finished episode: its trace's header, its steps, and the metrics the run recorded."""

    header: Header
    steps: tuple[Step, ...]
    metrics: Mapping[str, float | None]


@cache
def scripted_play(
    scaffold: str = "crafter/v0.yaml", model: str = "crafter", max_steps: int = 500
) -> tuple[Played, ...]:
    """Ten episodes of a scripted player on seeds 42 to 51, in the order of the seeds."""
    name = f"{Path(scaffold).stem}-{model.rpartition(':')[2]}"
    models = {"base": {"engine": "scripted", "model": model}}
    result = play(experiment(name, max_steps, scaffold=scaffold, models=models))
    return tuple(played_in(RunFolder(result.folder), one) for one in show_run(name, workplace()).episodes)


def played_in(folder: RunFolder, recorded: Recorded) -> Played:
    """A finished episode of a run."""
    trace = folder.trace(recorded.id)
    return Played(read_header(trace), tuple(iter_steps(trace)), recorded.row.metrics)


def chain(episodes: Sequence[Played], length: int) -> tuple[list[Step], list[int]]:
    """The first `length` steps of episodes one after another, numbered through; and how many are of each."""
    steps: list[Step] = []
    joined: list[int] = []
    for episode in episodes:
        taken = episode.steps[: length - len(steps)]
        if taken:
            joined.append(len(taken))
        first = len(steps) + 1
        steps += [msgspec.structs.replace(step, number=number) for number, step in enumerate(taken, first)]
    return steps, joined
