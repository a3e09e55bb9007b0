"""Review of what loop 1 proposes: what waits for a person with all that speaks for it, and the person's decisions."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from automem.api.diff import unified
from automem.errors import RunError
from automem.evidence.view import View, view_of
from automem.loops.structure import review
from automem.loops.structure.lineage import patch_of, tried
from automem.patches.model import Evidence
from automem.report.review_text import Opened, Page
from automem.report.step_text import step_brief
from automem.runs.candidates import Candidate
from automem.runs.layout import DEFAULT_RUNS, RunFolder
from automem.runs.listing import find_run
from automem.runs.lock import hold
from automem.runs.store import Store
from automem.runs.versions import last_conditions, root
from automem.spec.resolve import LIBRARY_NOTE
from automem.traces.store import read_step


def pages(name: str, runs: Path = DEFAULT_RUNS, number: int | None = None, *, every: bool = False) -> list[Page]:
    """What is known of candidates.

    Arguments:
        name: the run.
        runs: the folder that holds it.
        number: one candidate, of any status; those that wait when left out.
        every: all of them instead.

    Raises:
        RunError: there is no such run or candidate.
    """
    folder = find_run(name, runs)
    with Store.read(folder.database) as store:
        if number is not None:
            chosen = [review.find_candidate(store, number)]
        else:
            chosen = [one for one in store.candidates() if every or one.status == "waiting"]
        obstacles = [review.obstacle(store, folder, one) if one.status == "waiting" else "" for one in chosen]
    return [_page(folder, one, obstacle) for one, obstacle in zip(chosen, obstacles, strict=True)]


def still_waiting(name: str, runs: Path = DEFAULT_RUNS) -> list[Candidate]:
    """The candidates that wait for a person, those of stopped lineages aside.

    Raises:
        RunError: there is no such run.
    """
    with Store.read(find_run(name, runs).database) as store:
        found = [one for one in store.candidates() if one.status == "waiting"]
        return [one for one in found if review.stop_reason(store, one.root, one.conditions) is None]


def accept(name: str, number: int, comment: str = "", runs: Path = DEFAULT_RUNS) -> Candidate:
    """Let a candidate be played by the next apply, as `loops.structure.review.accept` says."""
    with _held(name, runs) as (folder, store):
        return review.accept(store, folder, number, comment)


def decline(name: str, number: int, reason: str, runs: Path = DEFAULT_RUNS) -> Candidate:
    """Turn a candidate down, as `loops.structure.review.decline` says."""
    with _held(name, runs) as (_, store):
        return review.decline(store, number, reason)


def edit(name: str, number: int, text: str, file: str, runs: Path = DEFAULT_RUNS) -> Candidate:
    """Put another patch in a candidate's place, as `loops.structure.review.edit` says."""
    with _held(name, runs) as (folder, store):
        return review.edit(store, folder, number, text, file)


def stop(name: str, reason: str, runs: Path = DEFAULT_RUNS) -> None:
    """Let the loop of the run's scaffold go no further, as `loops.structure.review.stop` says."""
    with _held(name, runs) as (folder, store):
        review.stop(store, _root(folder, store), last_conditions(store), reason)


def resume(name: str, runs: Path = DEFAULT_RUNS) -> None:
    """Take that back, as `loops.structure.review.resume` says."""
    with _held(name, runs) as (folder, store):
        review.resume(store, folder, _root(folder, store), last_conditions(store))


def page_data(page: Page) -> dict[str, Any]:
    """A page for JSON."""
    data = asdict(page)
    return data | {"evidence": [{**asdict(one), "evidence": one.evidence.model_dump()} for one in page.evidence]}


@contextmanager
def _held(name: str, runs: Path) -> Iterator[tuple[RunFolder, Store]]:
    folder = find_run(name, runs)
    with hold(folder.lock), Store.open(folder.database) as store:
        yield folder, store


def _root(folder: RunFolder, store: Store) -> int:
    begun = root(store)
    if begun is None:
        raise RunError(f"run {folder.name} has not been applied yet; there is no loop to stop")
    return begun.number


def _page(folder: RunFolder, candidate: Candidate, obstacle: str) -> Page:
    patch = patch_of(candidate.patch) if candidate.patch else None
    return Page(
        tried(candidate),
        _difference(folder, candidate),
        tuple(_opened(folder, candidate, one) for one in (patch.evidence if patch else ())),
        obstacle,
    )


def _difference(folder: RunFolder, candidate: Candidate) -> tuple[str, ...]:
    """What the candidate changes in the scaffold as its authors wrote it; elsewhere, where it changes nothing there."""
    if candidate.version is not None:
        return difference_made(folder, candidate)
    if not candidate.patch:
        return ()
    file = folder.patch(candidate.number).name
    made = review.check_against_parent(folder, candidate.parent, candidate.patch, file).scaffold
    return _changed(folder, candidate, made.text) if made else ()


def difference_made(folder: RunFolder, candidate: Candidate) -> tuple[str, ...]:
    """What changes from the candidate's parent to the version that it made; nothing where it made none."""
    if candidate.version is None:
        return ()
    return _changed(folder, candidate, _scaffold_text(folder, candidate.version))


def _changed(folder: RunFolder, candidate: Candidate, after: str) -> tuple[str, ...]:
    before = _scaffold_text(folder, candidate.parent)
    names = f"{folder.name}@v{candidate.parent}", candidate.name
    return unified(_written(before), _written(after), *names) or unified(before, after, *names)


def _scaffold_text(folder: RunFolder, version: int) -> str:
    try:
        return folder.scaffold(version).read_text(encoding="utf-8")
    except OSError as error:
        raise RunError(f"{folder.scaffold(version)}: the version cannot be read: {error.strerror}") from error


def _written(text: str) -> str:
    return text.partition(LIBRARY_NOTE)[0].rstrip() + "\n"


def _opened(folder: RunFolder, candidate: Candidate, evidence: Evidence) -> Opened:
    if evidence.episode is None:
        return Opened(evidence)
    runs = folder.path.parent
    try:
        view = view_behind(folder, evidence)
        episode = view.episode(evidence.episode, parent_of(folder, candidate, evidence))
        command, place = ["automem", "trace", view.folder.name, episode.id], episode.id
        if evidence.step is None:
            lines = [f"progression {episode.row.progression or 0:.2%} after {episode.row.steps} steps"]
        else:
            command, place = [*command, "--step", str(evidence.step)], f"{place}/{evidence.step}"
            lines = list(step_brief(view.header(episode), read_step(view.folder.trace(episode.id), evidence.step)))
    except RunError as error:
        return Opened(evidence, (f"it cannot be opened: {error}",))
    replay = ["automem", "view", view.folder.name, "--at", place]
    return Opened(evidence, tuple(lines), command_line(command, runs), command_line(replay, runs))


def command_line(words: Sequence[str], runs: Path) -> str:
    """A command as it is typed where the folder `runs` lies."""
    return shlex.join([*words, *([] if runs == DEFAULT_RUNS else ["--runs", str(runs)])])


def view_behind(folder: RunFolder, evidence: Evidence) -> View:
    """The run that a piece of evidence is about: the candidate's own, or one beside it.

    Raises:
        RunError: there is no such run.
    """
    own = evidence.run in (None, folder.name)
    return view_of(folder if own else find_run(str(evidence.run), folder.path.parent))


def parent_of(folder: RunFolder, candidate: Candidate, evidence: Evidence) -> int | None:
    """The version whose episodes a piece of evidence means; None for the last one of another run."""
    return candidate.parent if evidence.run in (None, folder.name) else None
