"""A bench for each test, on which training takes no time."""

from __future__ import annotations

from pathlib import Path

import pytest

from .bench import Bench
from .noted import teach


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr("automem.loops.proficiency.fitting.train", teach)
    bench = Bench(tmp_path / "bench")
    monkeypatch.chdir(bench.path)  # the model's folder is named from there
    return bench
