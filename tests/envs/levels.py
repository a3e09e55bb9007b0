"""A folder of Boxoban levels, where the published ones are not at hand."""

from __future__ import annotations

from pathlib import Path

LEVEL = "; 0\n##########\n#@ $.    #\n#        #\n" + "#        #\n" * 6 + "##########\n"


def lay(folder: Path) -> str:
    """Lay one level for each task into `folder`; gives what AUTOMEM_BOXOBAN_LEVELS must be."""
    for part in ("hard", "medium/train"):
        (folder / part).mkdir(parents=True)
        (folder / part / "000.txt").write_text(LEVEL, encoding="utf-8")
    return str(folder)
