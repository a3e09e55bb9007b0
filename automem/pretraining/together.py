"""Processes of one thread each that train one model: each its own conversations, the gradients averaged.

On two cores this is faster than one process of two threads, most of whose work is too small to share.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.multiprocessing.spawn import spawn


@dataclass(frozen=True)
class Together:
    """One of the processes.

    Arguments:
        rank: which, from 0.
        count: how many there are.
    """

    rank: int = 0
    count: int = 1

    def add(self, values: Tensor) -> None:
        """Put the sum over all processes in place of `values`."""
        if self.count > 1:
            distributed.all_reduce(values)

    def average_gradients(self, model: nn.Module, figures: Tensor) -> Tensor:
        """Average the gradients over the processes; returns the averages of `figures` as well."""
        gradients = [value.grad for value in model.parameters() if value.grad is not None]
        flat = torch.cat([figures, *(gradient.flatten() for gradient in gradients)])
        self.add(flat)
        flat /= self.count
        begin = len(figures)
        for gradient in gradients:
            gradient.copy_(flat[begin : begin + gradient.numel()].view_as(gradient))
            begin += gradient.numel()
        return flat[: len(figures)]


def give_back_memory() -> None:
    """Hand the C library's unused memory back to the system, where it can (glibc).

    Steps of ever other shapes leave holes in it: without this a process grows to several times what it needs.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def run_together(count: int, work: Callable[..., None], *arguments: Any) -> None:
    """Call `work(together, *arguments)` in as many processes.

    Arguments:
        count: how many.
        work, arguments: must be picklable.

    Raises:
        Exception: what `work` raised in any of them.
    """
    with TemporaryDirectory() as folder:
        spawn(_begin, (count, Path(folder) / "meeting", work, arguments), nprocs=count)


def _begin(rank: int, count: int, meeting: Path, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    if count > 1:
        distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=count)
    try:
        work(Together(rank, count), *arguments)
    finally:
        if count > 1:
            distributed.destroy_process_group()


def _end_with_parent() -> None:
    """Leave as soon as the parent is gone: processes left alone would go on, and write where a new training does."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
