"""A small run of two versions, played once: to be read by every test, and copied by those that change it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from automem.evidence.view import View, view_of
from automem.library import shipped
from automem.loops.apply import apply
from automem.runs.layout import RunFolder
from automem.spec.load import load_experiment

MAP = 'map.md:      {schema: log, about: "where things are, one place a line: x,y what"}'
GUARDS = """guards:
  not_yet: {on: action, when: "step in [5, 25]", reject: not yet, at_most: 1}
  never: {on: action, when: step > 99, reject: too late, at_most: 1}

actions:
"""
STEPS = 40


def _experiment(folder: Path) -> Path:
    file = folder / "experiment.yaml"
    document = {
        "kind": "experiment",
        "name": "small",
        "scaffold": "scaffold.yaml",
        "env": {"name": "crafter", "max_steps": STEPS},
        "seeds": {"select": [42, 43], "report": [142]},
        "models": {"base": {"engine": "scripted", "model": "crafter"}},
    }
    file.write_text(json.dumps(document))  # JSON is YAML
    return file


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """v0 is crafter/v0; v1 keys the map by coordinates and has a guard on actions."""
    folder = tmp_path_factory.mktemp("evidence")
    scaffold, text = folder / "scaffold.yaml", (shipped("specs") / "crafter/v0.yaml").read_text()
    edited = text.replace(MAP, "map.md: {schema: keyed-map}").replace("actions:\n", GUARDS)
    for version in (text, edited):
        scaffold.write_text(version)
        apply(load_experiment(_experiment(folder)), folder / "runs")
    return RunFolder(folder / "runs" / "small")


@pytest.fixture
def view(run: RunFolder) -> View:
    return view_of(run)


@pytest.fixture
def own(run: RunFolder, tmp_path: Path) -> RunFolder:
    """A copy, to be changed."""
    return RunFolder(Path(shutil.copytree(run.path, tmp_path / "runs" / run.name)))
