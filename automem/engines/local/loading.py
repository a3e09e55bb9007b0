"""A model and its tokenizer, as transformers loads them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM
from transformers.utils import logging

from automem.engines.local.device import pick_device
from automem.engines.local.settings import LocalSettings
from automem.engines.local.tokenizer import load_tokenizer
from automem.errors import EngineRefused

_UNBOUNDED = 1 << 30


@dataclass(frozen=True)
class Loaded:
    """A model that can be run.

    Arguments:
        name: what the experiment calls it.
        model: transformers' causal language model, in evaluation mode.
        tokenizer: transformers' tokenizer, with a chat template.
        context: the longest sequence, in tokens.
    """

    name: str
    model: Any
    tokenizer: Any
    context: int

    @property
    def parameters(self) -> int:
        """How many numbers it is made of."""
        return sum(weights.numel() for weights in self.model.parameters())

    @property
    def device(self) -> torch.device:
        """Where the model runs."""
        device: torch.device = self.model.device
        return device

    @property
    def dtype(self) -> torch.dtype:
        """Its numbers."""
        dtype: torch.dtype = self.model.dtype
        return dtype


def load(name: str, place: Path | str, settings: LocalSettings) -> Loaded:
    """Load a model from a folder or, where there is a network or a cache of it, from the hub.

    Raises:
        EngineRefused: it cannot be loaded, has no chat template, or the device is not there.
    """
    device = pick_device(name, settings.device)
    own = device.type != "cpu"
    dtype = {"auto": "auto" if own else torch.float32, "float32": torch.float32, "bfloat16": torch.bfloat16}
    try:
        with _quiet():
            tokenizer = load_tokenizer(place)
            model: Any = AutoModelForCausalLM.from_pretrained(place, dtype=dtype[settings.dtype])
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise EngineRefused(_why(name, place, error)) from error
    if not getattr(tokenizer, "chat_template", None):
        raise EngineRefused(
            f"model {name!r}: its tokenizer has no chat template, so it cannot be told who speaks; "
            "name a model tuned for conversations, or put a chat_template.jinja beside its tokenizer"
        )
    model.eval().requires_grad_(False).to(device)
    return Loaded(name, model, tokenizer, _context(model.config))


def _why(name: str, place: Path | str, error: Exception) -> str:
    reason = " ".join(str(error).split())[:300].rstrip(".")
    if isinstance(place, Path):
        return f"model {name!r}: {place} cannot be loaded: {reason}"
    return (
        f"model {name!r} is no folder here and cannot be had from the hub: {reason}. Without a network, put its "
        "config.json, weights and tokenizer in a folder and name that folder as `model`"
    )


def _context(config: Any) -> int:
    """The longest sequence. Within a sliding window such a model attends as any other; beyond, it is not run."""
    text = config.get_text_config()
    longest = getattr(text, "max_position_embeddings", None) or _UNBOUNDED
    kinds = getattr(text, "layer_types", None)
    sliding = kinds is None or "sliding_attention" in kinds
    window = getattr(text, "sliding_window", None) if sliding else None
    return min(longest, window or _UNBOUNDED)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Loading draws bars of its own, which would run into the command line's."""
    bars: Any = logging
    shown = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            bars.enable_progress_bar()
