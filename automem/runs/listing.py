"""Looking at runs and tidying them: what `runs ls`, `runs show`, `runs rm` and `trace` need."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from automem.errors import RunError
from automem.runs.costs import Cost
from automem.runs.layout import DEFAULT_RUNS, RunFolder
from automem.runs.lock import hold, holder
from automem.runs.records import Apply, Event, Recorded, Version
from automem.runs.store import Store
from automem.runs.versions import current, latest


@dataclass(frozen=True)
class RunSummary:
    """One line of `runs ls`.

    Arguments:
        name: the run's name.
        version: the scaffold's version that was applied last; None before the first apply.
        done, owed: episodes of that version, under the conditions (settings, models, sampling) applied last.
        progression: their mean progression, 0 to 1; None while none is done.
        changed: when its database last recorded an event: UTC, ISO 8601; empty before the first.
        size: bytes on the disk.
        locked_by: the process that works on it now; empty when none does.
        fault: why it cannot be read; empty when it can.
        notes: what must be said of some of its tasks.
    """

    name: str
    version: Version | None = None
    done: int = 0
    owed: int = 0
    progression: float | None = None
    changed: str = ""
    size: int = 0
    locked_by: str = ""
    fault: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunDetails:
    """All that a run's database says.

    Arguments:
        folder: the run's folder.
        versions: the scaffold's versions, oldest first.
        episodes: every episode, by version, stage, conditions, task and seed.
        spent: role → cost of everything, answers that were thrown away included.
        applies: every apply, oldest first.
        events: everything that happened, oldest first.
        locked_by: the process that works on it now; empty when none does.
    """

    folder: RunFolder
    versions: tuple[Version, ...]
    episodes: tuple[Recorded, ...]
    spent: dict[str, Cost]
    applies: tuple[Apply, ...]
    events: tuple[Event, ...]
    locked_by: str


def list_runs(runs: Path = DEFAULT_RUNS) -> list[RunSummary]:
    """All runs in the folder `runs`, by name; one that cannot be read says why."""
    if not runs.is_dir():
        return []
    folders = (RunFolder(path) for path in sorted(runs.iterdir()) if path.is_dir())
    return [_summary(folder) for folder in folders if folder.database.is_file()]


def show_run(name: str, runs: Path = DEFAULT_RUNS) -> RunDetails:
    """Everything about one run.

    Raises:
        RunError: there is none of that name, or it cannot be read.
    """
    folder = find_run(name, runs)
    with Store.read(folder.database) as store:
        return RunDetails(
            folder=folder,
            versions=tuple(store.versions()),
            episodes=tuple(store.episodes()),
            spent=store.spent(),
            applies=tuple(store.applies()),
            events=tuple(store.events()),
            locked_by=holder(folder.lock),
        )


def remove_run(name: str, runs: Path = DEFAULT_RUNS) -> None:
    """Delete a run with all its files.

    Raises:
        RunError: there is none of that name, or it is a link.
        RunLocked: an apply works on it.
    """
    folder = find_run(name, runs)
    if folder.path.is_symlink():
        raise RunError(f"{folder.path} is a link to {folder.path.resolve()}; remove that folder and the link by hand")
    with hold(folder.lock):
        shutil.rmtree(folder.path)


def find_run(name: str, runs: Path = DEFAULT_RUNS) -> RunFolder:
    """The run of that name.

    Raises:
        RunError: there is none.
    """
    known = [path.parent.name for path in sorted(runs.glob("*/run.db"))]
    if name not in known:
        hint = f"known: {', '.join(known)}" if known else "it holds none"
        raise RunError(f"{runs} holds no run {name!r}; {hint}")
    return RunFolder(runs / name)


def find_episode(name: str, episode: str, runs: Path = DEFAULT_RUNS) -> Recorded:
    """One episode of a run.

    Arguments:
        name: the run.
        episode: a seed, or the beginning of an episode's id or key. Where it was played by
            several versions or under several conditions, those applied last count; where it was
            sampled afresh besides, the first play.

    Raises:
        RunError: no such run or episode, or several of them; the message lists what there is.
    """
    with Store.read(find_run(name, runs).database) as store:
        episodes = store.episodes()
        found = [one for one in episodes if _is_meant(one, episode)]
        found = latest(store, found) or found
        found = [one for one in found if not one.row.replay] or found
    if len(found) == 1:
        return found[0]
    some = ", ".join(one.id for one in (found or episodes)[:10]) or "none yet"
    problem = "several episodes match" if found else "no episode matches"
    raise RunError(f"run {name}: {problem} {episode!r}; there are: {some}")


def _is_meant(recorded: Recorded, text: str) -> bool:
    if text.isdigit() and recorded.row.seed == int(text):
        return True
    return recorded.id.startswith(text) or (len(text) >= 6 and recorded.row.key.startswith(text))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # an apply that works on the run has just renamed it
        return 0


def _summary(folder: RunFolder) -> RunSummary:
    # Not rglob: that fails where an apply that works on the run removes a folder.
    size = sum(_size(Path(path, name)) for path, _, names in os.walk(folder.path) for name in names)
    try:
        with Store.read(folder.database) as store:
            version, events, episodes = current(store), store.events(), latest(store, store.episodes())
    except RunError as error:
        return RunSummary(folder.name, size=size, fault=str(error))
    scores = [e.row.progression for e in episodes if e.row.progression is not None]
    return RunSummary(
        name=folder.name,
        version=version,
        done=len(scores),
        owed=sum(e.row.status == "owed" for e in episodes),
        progression=sum(scores) / len(scores) if scores else None,
        changed=events[-1].at if events else "",
        size=size,
        locked_by=holder(folder.lock),
        notes=tuple(dict.fromkeys(e.row.note for e in episodes if e.row.note)),
    )
