"""A compiled level in place of minihack's shell script, which trusts every path and every step of its own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from minihack.base import HACKDIR, LIB_DIR, PATH_DAT_DIR

from automem.errors import EnvironmentFailure

_NAME = "mylevel"  # what minihack's own levels and level generator call every level
_PATIENCE_S = 60


def install(description: str, game: Path) -> None:
    """Compile a level and make it the one that a game begins in.

    The same as minihack's script does, which must not be run: it changes into the game's folder without
    quotes and without a look at whether that worked, so that in a folder with a space in its name it deletes
    and overwrites files of the folder the program was called in.

    Arguments:
        description: the level in NetHack's level description language, or the name of one of minihack's files.
        game: the game's own folder, which holds a link `nhdat` to NetHack's data.

    Raises:
        EnvironmentFailure: the level cannot be compiled or installed; the message has the compiler's words.
    """
    parts = game / "lib"
    try:
        shutil.copytree(LIB_DIR, parts, dirs_exist_ok=True)
        if description.endswith(".des"):
            description = Path(PATH_DAT_DIR, description).read_text(encoding="utf-8")
        source = parts / f"{_NAME}.des"
        source.write_text(description, encoding="utf-8")
        _run("lev_comp", source.name, folder=parts)
        source.unlink()
        names = sorted(path.name for path in parts.iterdir())
        if f"{_NAME}.lev" not in names:
            raise EnvironmentFailure(f"MiniHack's level is not called {_NAME!r}, so that it would not be played")
        _run("dlb", "cf", "nhdat", *names, folder=parts)
        (parts / "nhdat").replace(game / "nhdat")
    except OSError as error:
        raise EnvironmentFailure(f"MiniHack's level cannot be put into {game}: {error}") from error


def _run(tool: str, *arguments: str, folder: Path) -> None:
    command = [str(Path(HACKDIR, tool)), *arguments]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFailure(f"NetHack's {tool} has not ended within {_PATIENCE_S} s in {folder}") from error
    if done.returncode:
        raise EnvironmentFailure(f"NetHack's {tool} has failed in {folder}: {(done.stderr or done.stdout).strip()}")
