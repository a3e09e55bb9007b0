"""Questions about a run, asked by a person or a program; what may be asked is in `TOOLS`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from automem.errors import AutoMemError
from automem.evidence.tools import TOOLS
from automem.evidence.view import View, view_of
from automem.runs.layout import DEFAULT_RUNS
from automem.runs.listing import find_run
from automem.runs.store import Store
from automem.runs.versions import current
from automem.spec.issues import near

__all__ = ["TOOLS", "WrongArgument", "ask"]


class WrongArgument(AutoMemError):
    """A question was asked with arguments that it does not take."""


def ask(
    name: str, tool: str, given: Mapping[str, Any] | None = None, runs: Path = DEFAULT_RUNS, stage: str = "select"
) -> Mapping[str, Any]:
    """One answer about a run, as plain data.

    Arguments:
        name: the run.
        tool: a name of `TOOLS`.
        given: its arguments by name.
        runs: the folder that holds the run.
        stage: which episodes are looked at.

    Raises:
        WrongArgument: there is no such question, or it takes other arguments; the message names them.
        RunError: no such run, or what is asked about is not there.
    """
    if tool not in TOOLS:
        raise WrongArgument(f"there is no question {tool!r}{near(tool, TOOLS)}; there are: {', '.join(TOOLS)}")
    try:
        return TOOLS[tool].ask(_view(name, runs, stage), given or {})
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, one['loc'])) or 'arguments'}: {one['msg']}" for one in error.errors()]
        raise WrongArgument(f"{tool}: {'; '.join(wrong)}") from error


def _view(name: str, runs: Path, stage: str) -> View:
    """All versions of a run; the one meant where none is named is the one the run stands at, not the last one tried."""
    folder = find_run(name, runs)
    with Store.read(folder.database) as store:
        numbers, stands = [version.number for version in store.versions()], current(store)
    if stands is not None:
        numbers = [*(number for number in numbers if number != stands.number), stands.number]
    return view_of(folder, numbers, stage)
