"""Recipes proposed from a folder, and a bench to try that on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automem.loops.apply import apply
from automem.loops.plan import plan
from automem.loops.proficiency.engines.base import Assignment
from automem.runs import Plan, Progress, Result, RunFolder
from automem.runs.store import Store
from automem.runs.trials import TrialRow
from automem.spec.experiment import ModelSection
from automem.spec.load import LoadedExperiment, load_experiment

from ..folder import Folder
from .noted import SCAFFOLD

GOOD = {"keep": {"served": {"when": "progress_in == 1", "phases": ["log"]}, "notes": {"when": "phase == 'log'"}}}
"""Selects notes under which the lamp was served well."""
ANY = {"keep": {"notes": {"when": "phase == 'log'"}}}


def told(assignment: Assignment) -> dict[str, Any]:
    """What can be seen of the ledger and the run."""
    views = {"collected": assignment.collected, "played": assignment.played}
    views |= {f"t{number}": view for number, view in assignment.tried.items()}
    seen = {name: sorted({one.row.seed for one in view.episodes}) for name, view in views.items()}
    return {"ledger": [one.name for one in assignment.ledger], "seen": seen}


def create(model: ModelSection, base: Path) -> Folder[Assignment]:
    return Folder(base / "proposals", told)


def recipe(select: Any = None, **more: Any) -> str:
    """A recipe that selects the notes; JSON is YAML."""
    document = {"kind": "recipe", "name": "notes", "reason": "notes that helped", "select": select or GOOD, **more}
    return json.dumps({"compose": {"held_out": 0}, **document})


@dataclass
class Bench:
    """A folder with the scaffold, the first recipe, those to come, and the run."""

    path: Path

    def __post_init__(self) -> None:
        (self.path / "proposals").mkdir(parents=True, exist_ok=True)
        (self.path / "model").mkdir(exist_ok=True)
        (self.path / "model" / "config.json").touch()
        if not (self.path / "scaffold.yaml").exists():
            (self.path / "scaffold.yaml").write_text(SCAFFOLD)
            self.recipe(recipe())

    @property
    def run(self) -> RunFolder:
        return RunFolder(self.path / "runs" / "noted")

    def recipe(self, text: str) -> None:
        (self.path / "recipe.yaml").write_text(text)

    def propose(self, number: int, text: str) -> None:
        (self.path / "proposals" / f"{number}.yaml").write_text(text)

    def load(self, train: dict[str, Any] | None = None, **sections: Any) -> LoadedExperiment:
        base = {"engine": "loops.proficiency.noted:create", "model": "model"}
        document: dict[str, Any] = {
            "kind": "experiment",
            "name": "noted",
            "scaffold": "scaffold.yaml",
            "env": {"name": "loops.toy:WORLD", "max_steps": 6},
            "seeds": {"select": "1..4", "report": "101..102", "train": "201..203"},
            "models": {"base": base, "meta": {"engine": "loops.proficiency.bench:create"}},
            "parallel": {"episodes": 4},
            "train": {"recipe": "recipe.yaml", "trials": 3, "gate": "mean", **(train or {})},
            **sections,
        }
        file = self.path / "experiment.yaml"
        file.write_text(json.dumps({name: part for name, part in document.items() if part is not None}))
        return load_experiment(file)

    def apply(self, train: dict[str, Any] | None = None, progress: Progress | None = None, **sections: Any) -> Result:
        return apply(self.load(train, **sections), self.path / "runs", progress)

    def plan(self, train: dict[str, Any] | None = None, **sections: Any) -> Plan:
        return plan(self.load(train, **sections), self.path / "runs")

    def trials(self) -> Sequence[TrialRow]:
        with Store.read(self.run.database) as store:
            return store.trials()

    def told(self, number: int) -> dict[str, Any]:
        """What the training engine of a trial could see."""
        found: dict[str, Any] = json.loads(self.run.trial_transcript(number).read_text())
        return found
