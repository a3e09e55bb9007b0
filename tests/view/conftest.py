"""A run on the stage with three stages of two seeds, shown by a server of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser import browser, page

from automem.api.view import open_view
from automem.runs import RunFolder, show_run
from automem.runs.records import Recorded

from .stage import perform_stages

__all__ = ["browser", "page"]


@dataclass(frozen=True)
class Played:
    """A run, and where its page is."""

    folder: RunFolder
    address: str = ""

    @property
    def runs(self) -> Path:
        return self.folder.path.parent

    @property
    def episodes(self) -> list[Recorded]:
        return list(show_run(self.folder.name, self.runs).episodes)

    def of_seed(self, seed: int) -> list[str]:
        """The ids of a seed's episodes, stage by stage."""
        return [one.id for one in self.episodes if one.row.seed == seed]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(perform_stages(tmp_path_factory.mktemp("view") / "stage"))


@pytest.fixture(scope="module")
def served(run: Played) -> Iterator[Played]:
    with open_view([run.folder.name], run.runs) as address:
        yield Played(run.folder, address)
