"""Training as a process of its own: started, watched, ended with its parent, and gone on with after a kill."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from automem.errors import AutoMemError
from automem.library import shipped_spec
from automem.loops.proficiency.job import REASON, Job, Point, Trained
from automem.printable import printable

__all__ = ["Job", "Point", "Trained", "TrainingFailed", "find_launch", "train"]

NEEDS = ("torch", "transformers", "peft", "trl", "accelerate", "datasets")
_TRAINER = "automem.loops.proficiency.trainer_process"
_POLL_S = 0.25
_TAIL_LINES = 30
_TAIL_BYTES = 1 << 14


class TrainingFailed(AutoMemError):
    """The trainer's process ended without an adapter; the message has the end of its log."""


async def train(job: Job, progress: Callable[[Point], None] = lambda point: None) -> Trained:
    """Train what is left to train of `job`: all of it, the rest after its last checkpoint, or nothing.

    The trainer runs as a process group of its own, which ends when this program does, however that ends, and when
    the call is cancelled. The network is not touched where the base model is a folder.

    Arguments:
        job: what to train, and where.
        progress: called with each new row of the curve, those of an earlier run of the same training left out.

    Raises:
        TrainingFailed: the trainer failed.
        RunError: the folder holds another training.
        AutoMemError: a package that training needs is not installed.
    """
    missing = [name for name in NEEDS if find_spec(name) is None]
    if missing:
        raise AutoMemError(f"training needs {', '.join(missing)}; install with pip install 'automem[train]'")
    job.write()
    if (trained := job.trained()) is not None:
        return trained
    (job.folder / REASON).unlink(missing_ok=True)
    logged = job.log.stat().st_size if job.log.exists() else 0
    code = await _watch(job, progress)
    trained = job.trained()
    if trained is None:
        raise TrainingFailed(_failure(job, code, logged))
    return trained


def find_launch(name: str, beside: Path) -> Path:
    """The accelerate configuration that an experiment names.

    Arguments:
        name: as the experiment has it, such as `accelerate/fsdp.yaml`.
        beside: the experiment's file; a shipped configuration is found by name where none lies beside it.

    Raises:
        AutoMemError: there is none.
    """
    own = beside.parent / name
    found = own if own.is_file() else shipped_spec(name)
    if found is None:
        raise AutoMemError(
            f"train/launch: there is no accelerate configuration {name!r} beside {beside} or among the shipped specs"
        )
    return found


def command(job: Job) -> list[str]:
    """The command line of the trainer: plain Python, or `accelerate launch` with the job's configuration."""
    module = ["-m", _TRAINER, str(job.folder), "--while-stdin"]
    if job.launch is None:
        return [sys.executable, *module]
    return [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(job.launch), *module]


def _environment(job: Job) -> dict[str, str]:
    # On a machine that does other work too, threads that spin while they wait for each other take four times as long.
    usual = {"OMP_WAIT_POLICY": "PASSIVE"}
    quiet = {"TOKENIZERS_PARALLELISM": "false", "HF_HUB_DISABLE_TELEMETRY": "1"}
    if isinstance(job.base, Path):
        quiet |= {"HF_HUB_OFFLINE": "1"}
    return {**usual, **os.environ, **quiet}


async def _watch(job: Job, progress: Callable[[Point], None]) -> int:
    """Run the trainer to its end, telling of each new point; it does not outlive this call. Gives its exit code."""
    told = {(point.step, point.held_out_loss is None) for point in job.points()}
    with job.log.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command(job),
            stdin=asyncio.subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=_environment(job),
            start_new_session=True,
        )
    try:
        while True:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(process.wait(), _POLL_S)
            for point in job.points():
                key = (point.step, point.held_out_loss is None)
                if key not in told:
                    told.add(key)
                    progress(point)
            if process.returncode is not None:
                return process.returncode
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the process and its group; those of its children that left the group see its input close."""
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _failure(job: Job, code: int, start: int) -> str:
    """What went wrong: the trainer's own reason, or else the last lines that it printed after byte `start`."""
    reason = job.folder / REASON
    if reason.exists():
        return f"the training cannot be done: {reason.read_text(encoding='utf-8')}"
    with job.log.open("rb") as file:
        file.seek(max(start, job.log.stat().st_size - _TAIL_BYTES))
        lines = printable(file.read().decode("utf-8", "replace")).splitlines()
    return f"the training failed (exit code {code}); {job.log} ends with:\n" + "\n".join(lines[-_TAIL_LINES:])
