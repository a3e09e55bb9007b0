"""Experiments in a folder, and what a run left of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from automem.agent.record import Step
from automem.library import shipped
from automem.loops.apply import apply
from automem.runs import Result, RunDetails, RunFolder, show_run
from automem.spec.load import LoadedExperiment, load_experiment
from automem.traces.store import iter_steps, read_header

COUNTED = {"engine": "runs.counting:create", "model": "crafter"}


@dataclass
class Lab:
    """A folder with a scaffold of its own and the runs of one experiment on it."""

    path: Path

    def __post_init__(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self.scaffold.write_text((shipped("specs") / "crafter/v0.yaml").read_text())

    @property
    def scaffold(self) -> Path:
        return self.path / "scaffold.yaml"

    @property
    def runs(self) -> Path:
        return self.path / "runs"

    @property
    def run(self) -> RunFolder:
        return RunFolder(self.runs / "lab")

    def load(self, max_steps: int = 6, **sections: Any) -> LoadedExperiment:
        """The experiment, with `sections` in place of the usual ones."""
        document: dict[str, Any] = {
            "kind": "experiment",
            "name": "lab",
            "scaffold": "scaffold.yaml",
            "env": {"name": "crafter", "max_steps": max_steps},
            "seeds": {"select": "42..43"},
            "models": {"base": COUNTED},
            "parallel": {"episodes": 2},
            **sections,
        }
        file = self.path / "experiment.yaml"
        file.write_text(json.dumps(document))  # JSON is YAML
        return load_experiment(file)

    def apply(self, **sections: Any) -> Result:
        return apply(self.load(**sections), self.runs)

    def details(self) -> RunDetails:
        return show_run("lab", self.runs)

    def events(self, kind: str) -> list[str]:
        """The episodes (or, without one, the texts) of the events of one kind."""
        return [event.episode or event.text for event in self.details().events if event.kind == kind]


def final_state(folder: RunFolder) -> dict[str, Any]:
    """All that a run ends with, timings aside: rows, metrics, costs, traces, memories."""
    details = show_run(folder.name, folder.path.parent)
    return {one.id: _episode(folder, details, one.id) for one in details.episodes}


def _episode(folder: RunFolder, details: RunDetails, episode: str) -> dict[str, Any]:
    (recorded,) = [one for one in details.episodes if one.id == episode]
    row = msgspec.to_builtins(recorded.row)
    row["metrics"] = {name: value for name, value in row["metrics"].items() if "seconds" not in name}
    trace = folder.trace(episode)
    return {
        "row": row,
        "version": recorded.version,
        "header": read_header(trace),
        "steps": [_untimed(step) for step in iter_steps(trace)],
        "memory": {file.name: file.read_bytes() for file in folder.memory(episode).iterdir()},
    }


def _untimed(step: Step) -> Step:
    turns = tuple(msgspec.structs.replace(turn, seconds=0.0) for turn in step.turns)
    return msgspec.structs.replace(step, turns=turns)
