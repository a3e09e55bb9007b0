"""Checkpoints that count only when they are whole, and the curve up to the one that a training goes on from."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from automem.disk import sync
from automem.loops.proficiency.job import Job, Point
from automem.runs.files import write_text

_WHOLE = "whole"


def mark_whole(checkpoint: Path) -> None:
    """Say that a checkpoint is whole once all of it is on the disk, and remove the older ones."""
    for file in sorted(checkpoint.rglob("*")):
        sync(file)
    sync(checkpoint.parent)
    write_text(checkpoint / _WHOLE, "")
    for other in _checkpoints(checkpoint.parent):
        if other != checkpoint:
            shutil.rmtree(other)


def last_whole(job: Job) -> tuple[Path | None, int]:
    """The checkpoint to go on from and its step; none and 0 where there is none."""
    whole = [(_step(path), path) for path in _checkpoints(job.checkpoints) if (path / _WHOLE).exists()]
    step, path = max(whole, default=(0, None))
    return path, step


def forget_after(job: Job, step: int) -> list[Point]:
    """Remove what is left of a killed training after `step`, and give the curve up to it."""
    for path in _checkpoints(job.checkpoints):
        if _step(path) > step or not (path / _WHOLE).exists():
            shutil.rmtree(path)
    points = [point for point in job.points() if step and point.step <= step]
    write_text(job.curve, "".join(msgspec.json.encode(point).decode() + "\n" for point in points))
    return points


def _checkpoints(folder: Path) -> list[Path]:
    return [path for path in folder.glob("checkpoint-*") if path.is_dir()]


def _step(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])
