"""Where the Boxoban levels of a task come from."""

from __future__ import annotations

import os
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from automem.envs.minihack.boxoban.folder import FOLDERS, LevelFolder
from automem.envs.minihack.boxoban.generated import GeneratedLevels
from automem.envs.minihack.boxoban.level import Level
from automem.errors import AutoMemError

VARIABLE = "AUTOMEM_BOXOBAN_LEVELS"
GENERATED = "generated"
_UNPACKED = "boxoban-levels-master"  # as minihack's own download calls the folder in its data folder
_ADVICE = (
    "get DeepMind's levels (GitHub: google-deepmind/boxoban-levels, Apache-2.0) and name their folder, which holds "
    f"hard/ and medium/train/, by 'levels: <folder>' or the environment variable {VARIABLE}; or play made-up ones "
    f"with 'levels: {GENERATED}'"
)


class Levels(Protocol):
    """The levels of one task."""

    @property
    def note(self) -> str:
        """What every result must say of them; empty for the published ones."""
        ...

    @property
    def digest(self) -> str:
        """A short text that changes whenever any level does."""
        ...

    def level(self, seed: int) -> Level:
        """The level of a seed, the same in every process and on every Python.

        Raises:
            AutoMemError: it cannot be read.
        """
        ...


def find_levels(task: str, given: str | None) -> Levels:
    """The levels of `Boxoban-Hard` or `Boxoban-Medium`.

    The first of these that is there decides; it is an error if that one has no levels for the task:
    `given`, the environment variable `AUTOMEM_BOXOBAN_LEVELS`, the folder minihack's own download fills.

    Arguments:
        task: one of the two.
        given: the experiment's setting `levels`: the folder that holds `hard/*.txt` and
            `medium/train/*.txt` (a relative one from the current directory, `~` is the home directory),
            or `generated` for made-up levels; None where it says nothing.

    Raises:
        AutoMemError: there are none; the message says what is missing, where to get it and where to put it.
    """
    if given == GENERATED:
        return GeneratedLevels(task)
    folder, asked = _folder(given)
    if folder is None:
        raise AutoMemError(f"no Boxoban levels are named; {_ADVICE}")
    if not (folder / FOLDERS[task]).is_dir():
        near = get_close_matches(str(folder), [GENERATED], 1)
        hint = f"did you mean {GENERATED!r}?" if near else _ADVICE
        raise AutoMemError(f"{asked} names {folder}, which has no folder {FOLDERS[task]}; {hint}")
    return LevelFolder(task, folder)


def _folder(given: str | None) -> tuple[Path | None, str]:
    """The folder of levels, and who names it."""
    named = ((given, "the setting 'levels'"), (os.environ.get(VARIABLE), VARIABLE))
    for text, asked in named:
        if text:
            try:
                return Path(text).expanduser(), asked
            except RuntimeError as error:
                raise AutoMemError(f"{asked} is {text!r}: {error}") from error
    package = find_spec("minihack")
    for place in (package and package.submodule_search_locations) or ():
        downloaded = Path(place, "dat", _UNPACKED)
        if downloaded.is_dir():
            return downloaded, "minihack's download"
    return None, ""
