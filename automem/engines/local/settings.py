"""What an experiment may say about a model that runs in this process."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class LocalSettings(BaseModel):
    """Settings of a model that runs in this process.

    Arguments:
        dtype: numbers of the weights; `auto` is the model's own on an accelerator and float32 on a CPU.
        device: where the model runs; `auto` is CUDA, else MPS, else the CPU.
        threads: of a CPU, for the model; when left out, one for a small model and at most half the cores.
        batch: most sequences decoded at once; others wait.
        cache_mb: memory for prompts that were read before, in MiB; 0 reads every prompt anew.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    threads: int | None = Field(default=None, ge=1, le=1024)
    batch: int = Field(default=32, ge=1, le=1024)
    cache_mb: int = Field(default=256, ge=0)
