"""Patches proposed from a folder, and a bench to try that on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automem.loops.apply import apply
from automem.loops.structure.proposers.base import Assignment
from automem.runs import Progress, Result, RunFolder
from automem.runs.candidates import Candidate
from automem.runs.store import Store
from automem.spec.experiment import ModelSection
from automem.spec.load import LoadedExperiment, load_experiment

from .folder import Folder
from .toy import SCAFFOLD


def told(assignment: Assignment) -> dict[str, Any]:
    """What can be seen of the run."""
    seen = sorted({one.version for one in assignment.evidence.episodes})
    stages = sorted({one.row.stage for one in assignment.evidence.episodes})
    return {"versions": seen, "stages": stages, "failed": [one.name for one in assignment.lineage]}


def create(model: ModelSection, base: Path) -> Folder[Assignment]:
    return Folder(base / "proposals", told)


def skill(percent: int, **more: Any) -> str:
    """A patch that sets the player's skill."""
    document: dict[str, Any] = {
        "kind": "patch",
        "of": "toy",
        "reason": f"a skill of {percent}",
        "expects": [{"metric": "progression", "direction": "up"}],
        "edits": [{"replace": "tables/skill", "with": percent}],
    }
    return json.dumps({**document, **more})


@dataclass
class Bench:
    """A folder with the toy's scaffold, the proposals to come, and the run."""

    path: Path

    def __post_init__(self) -> None:
        (self.path / "proposals").mkdir(parents=True, exist_ok=True)
        if not (self.path / "scaffold.yaml").exists():
            (self.path / "scaffold.yaml").write_text(SCAFFOLD)

    @property
    def run(self) -> RunFolder:
        return RunFolder(self.path / "runs" / "toy")

    def propose(self, *patches: str) -> None:
        for number, patch in enumerate(patches, 1):
            (self.path / "proposals" / f"{number}.yaml").write_text(patch)

    def load(self, optimize: dict[str, Any] | None = None, **sections: Any) -> LoadedExperiment:
        document: dict[str, Any] = {
            "kind": "experiment",
            "name": "toy",
            "scaffold": "scaffold.yaml",
            "env": {"name": "loops.toy:WORLD"},
            "seeds": {"select": "1..8", "report": "101..104"},
            "models": {"base": {"engine": "loops.toy:create"}, "meta": {"engine": "loops.proposing:create"}},
            "parallel": {"episodes": 4},
            "optimize": {"revisions": 2, "attempts": 2, "continuations": 1, "gate": "mean", **(optimize or {})},
            **sections,
        }
        file = self.path / "experiment.yaml"
        file.write_text(json.dumps(document))  # JSON is YAML
        return load_experiment(file)

    def apply(
        self, optimize: dict[str, Any] | None = None, progress: Progress | None = None, **sections: Any
    ) -> Result:
        return apply(self.load(optimize, **sections), self.path / "runs", progress)

    def candidates(self) -> Sequence[Candidate]:
        with Store.read(self.run.database) as store:
            return store.candidates()

    def told(self, number: int) -> dict[str, Any]:
        """What the proposer of a candidate could see."""
        found: dict[str, Any] = json.loads(self.run.transcript(number).read_text())
        return found
