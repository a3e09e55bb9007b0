"""Models that come with the package, each a folder beside this file."""

from __future__ import annotations

from pathlib import Path

IN_THE_BOX = "tiny"
"""The model this project trains from scratch; its `README.md` says what it is."""


def shipped_model(name: str = IN_THE_BOX) -> Path:
    """Where a shipped model's files are, or would be.

    Arguments:
        name: the model's; not checked.
    """
    return Path(__file__).resolve().parent / name
