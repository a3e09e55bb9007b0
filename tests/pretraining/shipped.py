"""Shipped scaffolds as plain data."""

from __future__ import annotations

from automem.library import shipped_spec
from automem.pretraining.variants import Data
from automem.spec.source import read_document


def shipped_data(name: str) -> Data:
    path = shipped_spec(name)
    assert path is not None
    return read_document(path).plain()
