"""Exit codes, and errors in words instead of tracebacks."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from automem.library import shipped

from .running import COMMAND, Shell

MISTAKES = [
    (("frobnicate",), 2, "No such command 'frobnicate'"),
    (("apply",), 2, "Missing argument"),
    (("apply", "nowhere.yaml"), 2, "nowhere.yaml"),
    (("apply", "experiment.yaml", "--frob"), 2, "--frob"),
    (("trace", "tiny", "42", "--step", "0"), 2, "--step"),
    (("report", "tiny", "--format", "pdf"), 2, "pdf"),
    (("apply", "scaffold.yaml"), 1, "experiment"),
    (("plan", "scaffold.yaml"), 1, "experiment"),
    (("render", str(shipped("templates") / "common.yaml")), 1, "render takes an experiment or a scaffold"),
    (("render", "scaffold.yaml", "--task", "chess"), 1, "chess"),
    (("schema", "scafold"), 1, "did you mean"),
    (("diff", "tiny@v0", "tiny@v7"), 1, "has no version v7; it has v0"),
    (("diff", "scaffold.yaml", "no such thing"), 1, "RUN@v0"),
    (("report", "other"), 1, "known: tiny"),
    (("runs", "show", "other"), 1, "known: tiny"),
    (("runs", "rm", "other", "--yes"), 1, "known: tiny"),
    (("memory", "audit", "other"), 1, "known: tiny"),
    (("trace", "other", "42"), 1, "known: tiny"),
    (("trace", "tiny", "77"), 1, "no episode matches '77'"),
    (("trace", "tiny", "42", "--step", "21"), 1, "steps 1 to 20"),
    (("trace", "tiny", "42", "--step", "21", "--picture", "x.png"), 1, "steps 1 to 20"),
    (("memory", "audit", "tiny", "77"), 1, "no episode matches '77'"),
    (("trace", "tiny", "42", "--picture", "nowhere/x.png"), 1, "nowhere/x.png: No such file or directory"),
    (("init", "experiment.yaml/x"), 1, "experiment.yaml/x"),
    (("init", "mine", "--world", "nethak"), 1, "did you mean 'nethack'"),
    (("diff", "runs/tiny/run.db", "scaffold.yaml"), 1, "is not UTF-8 text"),
    (("render", "scaffold.yaml", "--observation", "runs/tiny/run.db"), 2, "is not UTF-8 text"),
]


@pytest.mark.parametrize(("args", "code", "words"), MISTAKES, ids=[" ".join(args) for args, _, _ in MISTAKES])
def test_a_mistake_is_answered_in_words(played: Shell, args: tuple[str, ...], code: int, words: str) -> None:
    said = played(*args, code=code)
    assert words in said.err
    assert said.out == ""


def test_a_wrong_experiment_is_not_played(fresh: Shell) -> None:
    fresh.edit("experiment.yaml", "max_steps: 20", "max_steps: 0")
    assert "max_steps" in fresh("apply", "experiment.yaml", code=1).err
    fresh.edit("experiment.yaml", "max_steps: 0", "max_stepz: 3")
    assert "max_stepz" in fresh("apply", "experiment.yaml", code=1).err
    assert not list(fresh.home.glob("runs/*/traces/*"))


def test_a_reached_budget_is_3_and_raising_it_goes_on(fresh: Shell) -> None:
    fresh.edit("experiment.yaml", "parallel:", "budget: {calls: 9}\nparallel:")
    said = fresh("apply", "experiment.yaml", code=3)
    assert "the budget is reached: 9 of 9 calls are used" in said.out
    fresh.edit("experiment.yaml", "calls: 9", "calls: 9000")
    again = fresh("apply", "experiment.yaml")
    assert "goes on after" in again.err
    assert "2 episodes played, 0 reused" in again.out


def test_a_server_that_is_not_there_is_found_before_play(fresh: Shell) -> None:
    nowhere = "{engine: openai, model: m, base_url: 'http://127.0.0.1:9/v1', retries: 0}"
    fresh.edit("experiment.yaml", "{engine: scripted, model: crafter}", nowhere)
    assert "http://127.0.0.1:9/v1" in fresh("apply", "experiment.yaml", code=1).err
    assert not list(fresh.home.glob("runs/tiny/traces/*"))


def test_removing_a_run_asks_first(own: Shell) -> None:
    command = [*COMMAND, "runs", "rm", "tiny"]
    said = subprocess.run(command, cwd=own.home, input="n\n", capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.endswith("nothing is deleted\n")
    assert (own.home / "runs/tiny/run.db").is_file()


def test_a_pipe_that_closes_early_is_no_accident(played: Shell) -> None:
    command = [*COMMAND, "trace", "tiny", "42", "--json"]
    with subprocess.Popen(command, cwd=played.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_apply_is_130_and_goes_on(fresh: Shell, number: signal.Signals) -> None:
    fresh.edit("experiment.yaml", "max_steps: 20", "max_steps: 100")
    command = [*COMMAND, "apply", "experiment.yaml"]
    with subprocess.Popen(command, cwd=fresh.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        wait_for_play(fresh.home)
        child.send_signal(number)
        out, err = child.communicate(timeout=30)
    assert child.returncode == 130, err
    assert "interrupted; the same command goes on from here" in err
    assert "Traceback" not in out + err
    (stage,) = fresh("plan", "experiment.yaml", "--json").data["stages"]
    assert stage["cached"] + stage["to_play"] + stage["owed"] == 2
    assert stage["owed"] >= 1
    done = fresh("apply", "experiment.yaml")
    assert "goes on after" in done.err
    assert "nothing left to do" in fresh("apply", "experiment.yaml").out


def wait_for_play(home: Path) -> None:
    """Until an answer of an episode is in its journal."""
    until = time.monotonic() + 30
    while not any(journal.stat().st_size > 1000 for journal in home.glob("runs/*/traces/*.calls")):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_without_a_terminal_everything_is_plain(fresh: Shell) -> None:
    said = fresh.process("apply", "experiment.yaml", TERM="xterm-256color")
    assert said.returncode == 0
    assert "\x1b" not in said.stdout + said.stderr
    assert "\r" not in said.stdout + said.stderr
    assert "\x1b" not in fresh.process("report", "tiny").stdout
