"""`automem init`: a folder of specs to begin from, with schemas for the editor beside them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from automem.api.json_schema import FILES
from automem.envs import WORLDS
from automem.errors import AutoMemError
from automem.library import shipped
from automem.spec.issues import near

STARTERS = {
    "crafter": "crafter/scripted.yaml",
    "minihack": "minihack/scripted.yaml",
    "nethack": "nethack/scripted.yaml",
}
"""World → the shipped experiment its starter begins with, which needs no model."""


def init(folder: Path, world: str = "crafter") -> list[Path]:
    """Write starter specs into `folder`; returns what was written.

    Arguments:
        folder: made where it is not there.
        world: the shipped world whose scaffold and experiment are written.

    Raises:
        AutoMemError: the world has no starter, or a file is there already; nothing is written then.
    """
    starters = _starters(world)
    targets = [folder / name for name in (*starters, *(f"schemas/{file}" for file in FILES.values()))]
    present = [str(target) for target in targets if target.exists()]
    if present:
        raise AutoMemError(f"{', '.join(present)} would be overwritten; choose another folder or move them away")
    (folder / "schemas").mkdir(parents=True, exist_ok=True)
    for name, source in starters.items():
        text = (shipped("specs") / source).read_text(encoding="utf-8")
        (folder / name).write_text(_at_home(text, starters["scaffold.yaml"]), encoding="utf-8")
    for file in FILES.values():
        shutil.copyfile(shipped("schemas") / file, folder / "schemas" / file)
    return targets


def _starters(world: str) -> dict[str, str]:
    """File of the folder → the shipped spec it is written from."""
    if world in STARTERS:
        return {"scaffold.yaml": f"{world}/v0.yaml", "experiment.yaml": STARTERS[world]}
    known = f"starters are shipped for {', '.join(STARTERS)}"
    if ":" in world or world in WORLDS.names():
        raise AutoMemError(
            f"the world {world!r} brings no starter; {known}. docs/your-world.md shows a scaffold and an experiment "
            "for a world of one's own, to copy from"
        )
    raise AutoMemError(f"no world is called {world!r}{near(world, WORLDS.names())}; {known}")


def _at_home(text: str, scaffold: str) -> str:
    """A shipped spec as it reads in a folder of its own: schemas and scaffold beside it."""
    text = re.sub(r"\$schema=(\.\./)+schemas/", "$schema=schemas/", text, count=1)
    return text.replace(f"scaffold: {scaffold}", "scaffold: scaffold.yaml")
