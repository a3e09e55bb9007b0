"""What a training does besides learning: checkpoints, measurements on the held-out lessons, the curve."""

from __future__ import annotations

import math
import os
import time
from pathlib import Path
from typing import Any

import msgspec
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from automem.errors import AutoMemError
from automem.loops.proficiency.checkpoints import mark_whole
from automem.loops.proficiency.job import Point


class Milestones(TrainerCallback):
    """Saves and measures at equal distances and at the end. A checkpoint counts once all processes have written it.

    Arguments:
        count: how often.
        evaluate: whether there are held-out lessons to measure on; that comes first, so that the curve up to a
            checkpoint is whole when the checkpoint is.
    """

    def __init__(self, count: int, *, evaluate: bool) -> None:
        self._count = count
        self._evaluate = evaluate

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Ask for a checkpoint where one is due."""
        every = math.ceil(state.max_steps / self._count)
        if state.global_step % every == 0 or state.global_step == state.max_steps:
            control.should_save = True
            control.should_evaluate = self._evaluate

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """The checkpoint is written."""
        args.distributed_state.wait_for_everyone()
        if state.is_world_process_zero:
            mark_whole(Path(str(args.output_dir)) / f"checkpoint-{state.global_step}")


class Curve(TrainerCallback):
    """Appends what the trainer logs to the curve.

    Arguments:
        file: the curve.
        seconds: what the training took before it was resumed.
    """

    def __init__(self, file: Path, seconds: float) -> None:
        self._file = file
        self._start = time.monotonic() - seconds

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        """Write a row for a step's loss, and one for a loss on the held-out lessons.

        Raises:
            AutoMemError: the loss is no number any more.
        """
        found = logs or {}
        loss, held_out = found.get("loss"), found.get("eval_loss")
        if loss is None and held_out is None:
            return
        if not all(math.isfinite(value) for value in (loss, held_out) if value is not None):
            raise AutoMemError(
                f"the loss is no number any more at step {state.global_step}; lower the recipe's learning_rate"
            )
        if state.is_world_process_zero:
            self._append(state, loss, found.get("learning_rate"), held_out)

    def _append(self, state: TrainerState, loss: float | None, lr: float | None, held_out: float | None) -> None:
        point = Point(
            step=state.global_step,
            of=state.max_steps,
            epoch=state.epoch or 0.0,
            seconds=time.monotonic() - self._start,
            tokens=state.num_input_tokens_seen,
            loss=loss,
            lr=lr,
            held_out_loss=held_out,
        )
        with self._file.open("ab") as file:
            file.write(msgspec.json.encode(point) + b"\n")
            file.flush()
            os.fsync(file.fileno())  # a checkpoint on the disk must find its part of the curve there
