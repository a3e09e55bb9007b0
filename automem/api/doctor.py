"""What is missing on this machine, each row with its remedy."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from automem.engines.local import missing_packages
from automem.envs import WORLDS, World
from automem.errors import AutoMemError, SpecError
from automem.loops.plan import plan
from automem.runs.layout import DEFAULT_RUNS
from automem.spec.load import LoadedExperiment, load_experiment

Verdict = Literal["ok", "missing", "absent"]
_FREE_MB = 500
_PACKAGES = ("pydantic", "ruamel.yaml", "jinja2", "google-re2", "crafter", "openai", "anthropic", "matplotlib")


@dataclass(frozen=True)
class Row:
    """One finding.

    Arguments:
        what: what was looked at.
        verdict: `ok`; `missing`: something cannot work; or `absent`: a part that only some experiments need.
        found: what is there.
        remedy: what to do; empty where nothing need be done.
    """

    what: str
    verdict: Verdict
    found: str
    remedy: str = ""


def doctor(spec: Path | None = None, runs: Path = DEFAULT_RUNS) -> list[Row]:
    """Look at the machine, and at what one experiment needs of it.

    Arguments:
        spec: an experiment; its models, servers and world are looked at too.
        runs: where runs would be written.
    """
    rows = [_python(), *_packages(), *_worlds(), _local(), _sqlite(), _disk(runs)]
    if spec is not None:
        rows += _experiment(spec, runs)
    return rows


def _python() -> Row:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Row("Python", "ok", found)


def _packages() -> Iterator[Row]:
    for package in _PACKAGES:
        try:
            yield Row(package, "ok", version(package))
        except PackageNotFoundError:
            yield Row(package, "missing", "not installed", f"pip install {package}")


def _worlds() -> Iterator[Row]:
    for name in WORLDS.names():
        try:
            yield from _tasks(WORLDS.load(name))
        except AutoMemError as error:
            yield Row(f"world {name}", "absent", str(error))


def _tasks(world: World) -> Iterator[Row]:
    """The world's version, and what keeps some of its tasks from being played, each reason once."""
    versions, kept = [], defaultdict(list)
    for task in world.tasks():
        try:
            versions.append(world.describe(task, {}).version)
        except AutoMemError as error:
            kept[str(error)].append(task)
    if versions:
        yield Row(f"world {world.name}", "ok", versions[-1])
    for reason, tasks in kept.items():
        yield Row(f"world {world.name}", "absent", f"{', '.join(tasks)}: {reason}")


def _local() -> Row:
    """Whether a model can run in this process, and where."""
    missing = missing_packages()
    if missing:
        return Row("engine local", "absent", f"{', '.join(missing)} not installed", "pip install 'automem[local]'")
    from automem.engines.local.device import pick_device

    return Row("engine local", "ok", f"torch {version('torch')} on {pick_device('', 'auto').type}")


def _sqlite() -> Row:
    return Row("SQLite", "ok", sqlite3.sqlite_version)


def _disk(runs: Path) -> Row:
    place = next(folder for folder in (runs.absolute(), *runs.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(place).free // 2**20
    found = f"{free:,} MB free in {place}"
    if free < _FREE_MB:
        return Row("disk", "missing", found, f"make room: traces of a long run take up to {_FREE_MB} MB")
    return Row("disk", "ok", found)


def _experiment(spec: Path, runs: Path) -> Iterator[Row]:
    try:
        loaded = load_experiment(spec)
    except SpecError as error:
        yield Row(str(spec), "missing", f"{len(error.issues)} problems", f"automem validate {spec}")
        return
    yield Row(str(spec), "ok", f"experiment {loaded.experiment.name}")
    yield from _models(loaded, runs)


def _models(loaded: LoadedExperiment, runs: Path) -> Iterator[Row]:
    try:
        missing = plan(loaded, runs).missing
    except AutoMemError as error:
        missing = (str(error),)
    for problem in missing:
        yield Row("models", "missing", "cannot play", problem)
    if not missing:
        roles = ", ".join(name for name, model in loaded.experiment.models if model is not None)
        yield Row("models", "ok", f"{roles} can answer")
