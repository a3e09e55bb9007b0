"""Loop 2 with a language model that really plays, a LoRA that is really trained, and a training that is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from cli.running import COMMAND

from automem.errors import EXIT_DONE, EXIT_INTERRUPTED
from automem.loops.apply import apply
from automem.spec.load import load_experiment

from .bench import GOOD, Bench, recipe
from .learnt import HEARD, make_player
from .test_resume import TESTS

LORA = {"rank": 8, "alpha": 16, "targets": "all-linear"}
TRAIN = {"learning_rate": 5e-3, "epochs": 30, "batch": 8, "micro_batch": 8, "max_tokens": 512, "checkpoints": 15}
SECTIONS: dict[str, Any] = {
    "models": {"base": {"engine": "local", "model": "model", "threads": 1}},
    "sampling": {"max_tokens": 32},
    "seeds": {"select": "1..6", "report": "101..102", "train": "201..208"},
}


def listen(path: Path) -> list[tuple[str, ...]]:
    """Every conversation that the scaffold may begin."""
    bench = Bench(path)
    models = {"base": {"engine": "loops.proficiency.learnt:create"}}
    bench.load(models=models, seeds={"select": "1..6"})
    file = path / "experiment.yaml"
    file.write_text(json.dumps({**json.loads(file.read_text()), "train": None}))
    apply(load_experiment(file), path / "runs")
    return sorted(HEARD)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("real")
    heard = listen(folder / "listening")
    bench = Bench(folder / "bench")
    make_player(bench.path / "model", heard)
    bench.recipe(recipe(GOOD, lora=LORA, train=TRAIN))
    bench.load({"trials": 1}, **SECTIONS)
    return bench


def spawn(bench: Bench) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "OMP_NUM_THREADS": "1"}
    command = [*COMMAND, "apply", "experiment.yaml"]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=bench.path, env=environment, **pipes)


def wait_for(pattern: str, bench: Bench, process: subprocess.Popen[str]) -> None:
    while not list(bench.run.trial(1).glob(pattern)):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def test_a_model_learns_to_write_good_notes_through_kills_and_an_interruption(bench: Bench) -> None:
    killed = spawn(bench)
    wait_for("checkpoints/checkpoint-*", bench, killed)
    killed.kill()
    killed.communicate()
    before = sorted(path.name for path in bench.run.trial(1).glob("checkpoints/checkpoint-*"))
    interrupted = spawn(bench)
    assert interrupted.stderr
    next(line for line in interrupted.stderr if line.startswith("train t1: step"))
    interrupted.send_signal(signal.SIGINT)
    assert interrupted.wait() in (EXIT_INTERRUPTED, EXIT_DONE)
    interrupted.communicate()
    last = spawn(bench)
    out, err = last.communicate()
    assert last.returncode == EXIT_DONE, err
    assert before
    (trial,) = bench.trials()
    assert trial.status == "passed", trial.why
    assert trial.tasks["lamps"].difference == pytest.approx(trial.gain)
    assert trial.effects["calls.specialist"].after
    assert "the specialist is t1" in out
    assert not bench.run.checkpoints(1).exists()
    assert (bench.run.adapter(1) / "adapter_model.safetensors").is_file()
    steps = [json.loads(line) for line in (bench.run.trial(1) / "curve.jsonl").read_text().splitlines()]
    made = [point["step"] for point in steps if point.get("loss") is not None]
    assert made == sorted(set(made))  # what a kill cut off is on the curve once
