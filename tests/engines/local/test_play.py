"""Whole runs: a model of its own weights plays Crafter by an experiment, alone and with an adapter beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from automem.loops.apply import apply
from automem.runs import RunFolder, show_run
from automem.spec.load import load_experiment
from automem.traces.store import iter_steps

from .making import make_adapter, make_model


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("play") / "model", context=8192)


def play(folder: Path, model: Path, **models: Any) -> Any:
    folder.mkdir(exist_ok=True)
    document = {
        "kind": "experiment",
        "name": "small",
        "scaffold": "crafter/v0.yaml",
        "env": {"name": "crafter", "max_steps": 3},
        "seeds": {"select": "1..3"},
        "models": {"base": {"engine": "local", "model": str(model), "device": "cpu"}, **models},
        "sampling": {"max_tokens": 12},
        "parallel": {"episodes": 3},
    }
    file = folder / "experiment.yaml"
    file.write_text(json.dumps(document))
    return apply(load_experiment(file), folder / "runs")


def turns(folder: Path) -> list[list[Any]]:
    run = RunFolder(folder / "runs" / "small")
    shown = show_run("small", folder / "runs")
    return [[turn for step in iter_steps(run.trace(one.id)) for turn in step.turns] for one in shown.episodes]


def test_a_run_is_played_and_not_played_again(tmp_path: Path, long: Path) -> None:
    assert play(tmp_path, long).exit_code == 0
    first = turns(tmp_path)
    assert all(turn.input_tokens and turn.output_tokens for episode in first for turn in episode)
    assert sum(turn.cached_tokens or 0 for episode in first for turn in episode) > 0
    assert play(tmp_path, long).exit_code == 0
    assert turns(tmp_path) == first


def test_each_role_is_answered_by_its_own_weights(tmp_path: Path, long: Path) -> None:
    adapter = make_adapter(tmp_path / "adapter", long, spread=0.5)
    specialist = {"adapter_of": "base", "adapter": str(adapter)}
    assert play(tmp_path, long, specialist=specialist).exit_code == 0
    both = turns(tmp_path)
    assert {turn.role for episode in both for turn in episode} == {"base", "specialist"}
    assert play(tmp_path / "plain", long).exit_code == 0
    openings = [[episode[0].answer for episode in found] for found in (both, turns(tmp_path / "plain"))]
    assert openings[0] != openings[1]
