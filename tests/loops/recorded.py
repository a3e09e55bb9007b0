"""Real runs for proposers to look at, and the assignments that come of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from automem.evidence.view import view_of
from automem.loops.apply import apply
from automem.loops.structure.proposers.base import Assignment
from automem.patches.check import check_patch
from automem.runs import Result, RunFolder
from automem.runs.candidates import Candidate
from automem.spec.experiment import Proposing
from automem.spec.load import load_experiment

ERRING = Path(__file__).with_name("erring.yaml")
RUNS: dict[str, dict[str, Any]] = {
    "sound": {"world": "crafter", "player": "crafter", "scaffold": "crafter/v0.yaml", "seeds": "42..43", "steps": 90},
    "novice": {
        "world": "crafter",
        "player": "crafter-novice",
        "scaffold": "crafter/v0.yaml",
        "seeds": "42..45",
        "steps": 200,
    },
    "erring": {
        "world": "crafter",
        "player": "loops.erring:play",
        "scaffold": str(ERRING),
        "seeds": "42",
        "steps": 60,
    },
}


def played(folder: Path, name: str, scaffold: Path | None = None, **changes: Any) -> tuple[Result, RunFolder]:
    """One of `RUNS`, or what `changes` and another scaffold make of it."""
    folder.mkdir(parents=True, exist_ok=True)
    run = {**RUNS[name], **changes}
    experiment = folder / "experiment.yaml"
    document = {
        "kind": "experiment",
        "name": name,
        "scaffold": run["scaffold"] if scaffold is None else str(scaffold),
        "env": {"name": run["world"], "max_steps": run["steps"]},
        "seeds": {"select": run["seeds"]},
        "models": {"base": {"engine": "scripted", "model": run["player"]}},
        "parallel": {"episodes": 2},
    }
    experiment.write_text(json.dumps(document))
    return apply(load_experiment(experiment), folder / "runs"), RunFolder(folder / "runs" / name)


def assignment_of(run: RunFolder, lineage: Sequence[Candidate] = (), continuing: Candidate | None = None) -> Assignment:
    """What a proposer is asked about a run's last version."""
    view = view_of(run)
    scaffold = view.scaffold()
    return Assignment(
        number=len(lineage) + 1,
        scaffold=scaffold,
        scaffold_hash=view.known_versions[view.version].hash,
        evidence=view,
        lineage=lineage,
        continuing=continuing,
        check=lambda text: check_patch(text, "patch.yaml", scaffold),
        transcript=run.path / "transcript",
        limits=Proposing(),
        spend=lambda cost: None,
    )


def failed(patch: str, number: int = 1) -> Candidate:
    """A candidate that was played and rejected."""
    return Candidate(number, 0, 0, 1, number, 0, "catalogue", "rejected", patch=patch)
