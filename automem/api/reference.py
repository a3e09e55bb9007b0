"""The reference of the spec language, written from the code: tables for `docs/spec.md`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from automem.agent.reference import fill, models, parts
from automem.loops.proficiency import reference as proficiency
from automem.loops.structure.proposers.catalogue import reference as catalogue
from automem.patches import reference
from automem.spec.experiment import Experiment

TABLES: dict[str, Callable[[], str]] = {
    **reference.TABLES,
    **catalogue.TABLES,
    **proficiency.TABLES,
    "experiment": lambda: models(parts(Experiment)),
}
"""Every table by name."""


def refresh(text: str) -> str:
    """A document with all its tables filled anew; see `fill`."""
    return fill(text, TABLES)


def main() -> None:
    """Refresh the tables of the documents named on the command line."""
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(refresh(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
