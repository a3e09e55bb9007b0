"""Real play of scripted players, recorded once for all tests that look at it."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from automem.loops.apply import apply
from automem.runs import RunFolder
from automem.spec.load import load_experiment

from .told import as_training

RUNS: dict[str, dict[str, Any]] = {
    "compact": {"env": {"name": "crafter", "max_steps": 70}, "player": "crafter-plain", "scaffold": "crafter/compact"},
    "novice": {"env": {"name": "crafter", "max_steps": 60}, "player": "crafter-novice", "scaffold": "crafter/v0"},
    "nethack": {"env": {"name": "nethack", "max_steps": 40}, "player": "nethack", "scaffold": "nethack/v0"},
    "minihack": {
        "env": {"name": "minihack", "max_steps": 25, "tasks": ["MazeWalk-9x9", "Corridor-R3"]},
        "player": "nethack",
        "scaffold": "minihack/v0",
    },
}


@cache
def played(name: str) -> RunFolder:
    """One of `RUNS`, with the episodes of its three seeds as training data. To be read, never changed."""
    folder, run = Path(tempfile.mkdtemp(prefix="automem-test-")), RUNS[name]
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    document = {
        "kind": "experiment",
        "name": name,
        "scaffold": f"{run['scaffold']}.yaml",
        "env": run["env"],
        "seeds": {"select": "42..44"},
        "models": {"base": {"engine": "scripted", "model": run["player"]}},
        "parallel": {"episodes": 3},
    }
    (folder / "experiment.yaml").write_text(json.dumps(document))
    apply(load_experiment(folder / "experiment.yaml"), folder / "runs")
    return as_training(RunFolder(folder / "runs" / name))
