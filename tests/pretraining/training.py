"""A training small enough for tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

STEPS = ("--steps", "24")
_SMALL = (
    "--width",
    "64",
    "--layers",
    "2",
    "--hidden",
    "96",
    "--tokens",
    "1500",
    "--measure-every",
    "12",
    "--plain",
    "--muon-rate",
    "6e-3",
    "--adamw-rate",
    "3e-3",
)


def started(talks: Path, out: Path, *options: str) -> subprocess.Popen[bytes]:
    """A training in processes of its own."""
    command = [sys.executable, "-m", "automem.pretraining.train", "--talks", str(talks), "--out", str(out)]
    return subprocess.Popen([*command, *_SMALL, *options], start_new_session=True)
