"""Putting a run in order after a kill: what is half made is removed, what does not fit is owed again.

An episode finishes in the order trace, memory directory, database row, journal removed. Wherever that
was cut, either the row is there and everything it speaks of lies on the disk, or the row is missing and
the journal still holds every answer, so that the episode is played again without a single call.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from automem.errors import RunError
from automem.runs.files import settle_folder
from automem.runs.layout import RunFolder
from automem.runs.records import Recorded
from automem.runs.store import Store
from automem.runs.trials import OPEN
from automem.traces.replay import memory_at

_TRACE = ".jsonl.zst"


def mend(store: Store, folder: RunFolder) -> list[str]:
    """Bring files and database into agreement; the caller holds the run's lock.

    Gives what was done, in words; the same is recorded as events.
    """
    said = list(_sweep(folder))
    done: set[str] = set()
    for recorded in store.episodes():
        if recorded.row.status != "done":
            continue
        if fault := _fault(folder, recorded):
            _remove(folder.trace(recorded.id), folder.memory(recorded.id))
            with store.together():
                store.forget_episode(recorded.row.key)
            said.append(f"{recorded.id}: {fault}; the episode is owed again")
        else:
            done.add(recorded.id)
            folder.journal(recorded.id).unlink(missing_ok=True)
    said += _strays(folder, done)
    _drop_checkpoints(store, folder)
    for text in said:
        store.log("mended", text)
    return said


def _sweep(folder: RunFolder) -> Iterator[str]:
    trials = sorted(path for path in folder.trials.glob("*") if path.is_dir())
    places = (folder.path, folder.scaffolds, folder.traces, folder.memories, folder.patches, *trials)
    partial = [path for place in places for path in sorted(place.glob("*.partial"))]
    for path in partial:
        _remove(path)
    if partial:
        yield f"removed {len(partial)} half-made files of an apply that was cut off"


def _fault(folder: RunFolder, recorded: Recorded) -> str:
    """Why a finished episode cannot be used; empty when it can, a lost memory directory being rebuilt."""
    trace = folder.trace(recorded.id)
    if not trace.is_file():
        return "its trace is missing"
    if trace.stat().st_size != recorded.trace_bytes:
        return f"its trace has {trace.stat().st_size} bytes instead of {recorded.trace_bytes}"
    if not folder.memory(recorded.id).is_dir():
        try:
            memory_at(trace, None, folder.live_memory(recorded.id)).close()
        except RunError as error:
            return f"its memory directory is missing and cannot be rebuilt ({error})"
        settle_folder(folder.live_memory(recorded.id), folder.memory(recorded.id))
    return ""


def _strays(folder: RunFolder, done: set[str]) -> Iterator[str]:
    traces = {path.name.removesuffix(_TRACE) for path in folder.traces.glob(f"*{_TRACE}")}
    memories = {path.name for path in folder.memories.iterdir() if path.is_dir()}
    for episode in sorted((traces | memories) - done):
        files = folder.trace(episode), folder.memory(episode)
        if folder.journal(episode).is_file():
            _remove(*files)
            yield f"{episode}: was cut off while it finished; its journal plays it again without a call"
        else:
            _set_aside(folder, *files)
            yield f"{episode}: the database does not know it; its files are in {folder.set_aside.name}/"


def _drop_checkpoints(store: Store, folder: RunFolder) -> None:
    """Nothing is trained further in a trial that is decided."""
    for trial in store.trials():
        if trial.status not in OPEN:
            _remove(folder.checkpoints(trial.number))


def _set_aside(folder: RunFolder, *paths: Path) -> None:
    folder.set_aside.mkdir(exist_ok=True)
    for path in paths:
        if path.exists():
            target = folder.set_aside / path.name
            _remove(target)
            path.replace(target)


def _remove(*paths: Path) -> None:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
