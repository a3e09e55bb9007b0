"""A small run to learn from, trials that were made of it, and assignments for training engines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from automem.evidence.view import View
from automem.library import shipped
from automem.loops.apply import apply
from automem.loops.proficiency.engines.base import Assignment
from automem.loops.proficiency.examples import examples_of
from automem.loops.proficiency.recipes import check_recipe, recipe_hash
from automem.loops.proficiency.selection import Selected, select
from automem.runs.candidates import Effect
from automem.runs.costs import Cost
from automem.runs.layout import RunFolder
from automem.runs.trials import TrialRow
from automem.spec.experiment import Proposing
from automem.spec.load import load_experiment
from automem.spec.recipe import Recipe
from automem.spec.source import parse_document

FIRST: dict[str, Any] = {
    "kind": "recipe",
    "name": "first",
    "reason": "a beginning",
    "expects": "something",
    "select": {"keep": {"sound": {"when": "malformed + denied == 0"}}},
    "compose": {"most": 40, "minimum": 2, "held_out": 0},
    "lora": {"rank": 8, "alpha": 16},
    "train": {"learning_rate": 1e-3, "epochs": 3, "batch": 4},
}


def recipe(**changes: Any) -> str:
    """The first recipe with other sections, as text."""
    return json.dumps({**FIRST, **changes})  # JSON is YAML


def row(number: int = 1, text: str = "", **facts: Any) -> TrialRow:
    """A trial that was made by a recipe, played and rejected."""
    text = text or recipe()
    made = Recipe.model_validate(parse_document(text, "recipe").plain())
    usual: dict[str, Any] = {
        "version": 0,
        "conditions": "",
        "proposer": "experiment",
        "status": "rejected",
        "recipe": text,
        "recipe_hash": recipe_hash(made),
        "source": number,
        "counts": {"examples": 90, "chosen": 40, "chosen.log": 20, "chosen.plan": 20},
        "losses": {"train": 1.0, "held_out": 1.1, "held_out_before": 2.0},
        "effects": {"progression": Effect("progression", 4, 0.2, 0.25, 0.05)},
        "why": "the gain may be chance",
    }
    return TrialRow(number, **{**usual, **facts})


def play(folder: Path, steps: int = 20) -> RunFolder:
    """Two finished episodes by a player who notes and looks things up, and one sealed one."""
    document = {
        "kind": "experiment",
        "name": "small",
        "scaffold": str(shipped("specs") / "crafter/v0.yaml"),
        "env": {"name": "crafter", "max_steps": steps},
        "seeds": {"select": [42, 43], "report": 90},
        "models": {"base": {"engine": "scripted", "model": "crafter"}},
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "experiment.yaml"
    file.write_text(json.dumps(document))
    apply(load_experiment(file), folder / "runs")
    return RunFolder(folder / "runs" / "small")


@lru_cache
def _selected(run: RunFolder, recipe: str) -> Selected:
    """What the episodes of a run give to a recipe, of which only this much counts."""
    examples = examples_of(run, View(run, (0,)).episodes)
    return select(Recipe.model_validate({"kind": "recipe", **json.loads(recipe)}), examples)


@dataclass
class Workshop:
    """Assignments on a run, and what they cost.

    Arguments:
        run: the run.
        transcript: where conversations are kept.
        spent: the costs that were counted.
    """

    run: RunFolder
    transcript: Path
    spent: list[Cost] = field(default_factory=list)

    @property
    def view(self) -> View:
        return View(self.run, (0,))

    def assignment(self, ledger: Sequence[TrialRow] = (), **limits: Any) -> Assignment:
        ledger = list(ledger) or [row()]
        number, view = len(ledger) + 1, self.view
        return Assignment(
            number=number,
            first=ledger[0].recipe,
            ledger=ledger,
            collected=view,
            played=view,
            tried={},
            check=lambda text: check_recipe(text, f"t{number}.yaml", ledger, None),
            preview=lambda one: _selected(self.run, one.model_dump_json(include={"name", "select", "compose"})),
            transcript=self.transcript,
            limits=Proposing.model_validate(limits),
            spend=self._spend,
        )

    def _spend(self, cost: Cost) -> None:
        self.spent.append(cost)

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.transcript.read_text(encoding="utf-8").splitlines()]
