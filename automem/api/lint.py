"""Smells of a scaffold: by itself, and as its own recorded play shows them."""

from __future__ import annotations

from pathlib import Path

from automem.api.lookup import find_document
from automem.errors import RunError
from automem.evidence.smells import smells_in_play
from automem.evidence.view import View, view_of
from automem.runs.layout import DEFAULT_RUNS
from automem.runs.listing import find_run
from automem.runs.store import Store
from automem.spec.issues import Issue, sort_issues
from automem.spec.load import open_scaffold
from automem.spec.resolve import ResolvedScaffold
from automem.spec.smells import smells


def lint(name: str, run: str | None = None, runs: Path = DEFAULT_RUNS) -> list[Issue]:
    """What a scaffold says in vain, as warnings sorted by line; empty where nothing smells.

    Arguments:
        name: the scaffold, as `find_document` takes it.
        run: a run that has played it; its select episodes are looked at too.
        runs: the folder that holds the runs.

    Raises:
        SpecError: the scaffold is wrong; with every error.
        RunError: there is no such run, or it has not played this scaffold.
        AutoMemError: there is no such scaffold, or its world is not installed.
    """
    document = find_document(name, runs)
    scaffold = open_scaffold(document)
    found = list(smells(scaffold, document))
    if run is not None:
        found += smells_in_play(_play_of(scaffold, run, runs), scaffold, document)
    return sort_issues(found)


def _play_of(scaffold: ResolvedScaffold, run: str, runs: Path) -> View:
    """The run's play of this very scaffold: what another one never came to says nothing about this one."""
    folder = find_run(run, runs)
    with Store.read(folder.database) as store:
        versions = store.versions()
    for version in reversed(versions):
        if version.hash == scaffold.hash:
            return view_of(folder, [version.number])
    known = ", ".join(f"{run}@v{version.number}" for version in versions) or "none"
    raise RunError(f"run {run} has not played this scaffold as it stands; it has played {known}")
