"""A PEFT adapter's folder: what it says of itself, and whether every server would serve it rightly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automem.errors import AutoMemError

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
EMBEDDINGS = ("embed_tokens", "lm_head", "wte", "embed_in", "embed_out", "word_embeddings")
"""What input and output embeddings are called in the usual architectures."""
REFUSED: Mapping[str, str] = {
    "use_rslora": "rank-stabilised scaling: servers scale by alpha / r",
    "use_dora": "DoRA: servers know plain LoRA alone",
    "use_qalora": "QALoRA: servers know plain LoRA alone",
    "modules_to_save": "whole modules saved beside the LoRA weights: servers leave them out",
    "trainable_token_indices": "retrained token embeddings: servers leave them out",
    "target_parameters": "LoRA on parameters that are no modules: servers leave it out",
    "lora_bias": "biases in the LoRA weights: servers leave them out",
    "alpha_pattern": "an alpha of its own for some modules: servers take `lora_alpha` for all",
    "rank_pattern": "a rank of its own for some modules: servers scale by one `r` for all",
    "layer_replication": "replicated layers: servers keep the model's own",
    "alora_invocation_tokens": "activation by tokens: servers apply an adapter to the whole text",
}
"""Entry of the configuration that is set → what it means, and why the adapter would be served wrongly."""


@dataclass(frozen=True)
class LoraFolder:
    """An adapter that can be served: plain LoRA on linear layers.

    Arguments:
        path: its folder.
        rank, alpha: as in its configuration.
    """

    path: Path
    rank: int
    alpha: float

    @property
    def scaling(self) -> float:
        """What the low-rank product is multiplied by."""
        return self.alpha / self.rank

    @property
    def weights(self) -> Path:
        """The file of its weights."""
        return self.path / WEIGHTS


def read_adapter(folder: Path) -> LoraFolder:
    """The adapter in `folder`. Its weights are not read.

    Raises:
        AutoMemError: there is no adapter, or it is of a kind that SGLang (0.5.23) serves wrongly, often without
            a word; each reason is named.
    """
    config = _read(folder)
    reasons = list(_reasons(config))
    if reasons:
        raise AutoMemError(
            f"{folder / CONFIG}: this adapter would be served wrongly: {'; '.join(reasons)}. "
            "Train it as plain LoRA on the attention's and the MLP's projections"
        )
    return LoraFolder(folder, config["r"], config["lora_alpha"])


def _read(folder: Path) -> dict[str, Any]:
    for name in (CONFIG, WEIGHTS):
        if not (folder / name).is_file():
            raise AutoMemError(f"{folder}: no adapter is there ({name} is missing); name the folder that PEFT wrote")
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except ValueError as error:
        raise AutoMemError(f"{folder / CONFIG}: cannot be read: {error}; save the adapter again") from None
    if not isinstance(config, dict):
        raise AutoMemError(f"{folder / CONFIG}: is no adapter's configuration; save the adapter again")
    return config


def _reasons(config: Mapping[str, Any]) -> Iterator[str]:
    """Why servers would serve an adapter wrongly."""
    if config.get("peft_type") != "LORA":
        yield f"its `peft_type` is {config.get('peft_type')!r}: only LORA can be served"
        return
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if not (isinstance(rank, int) and rank > 0 and isinstance(alpha, int | float)):
        yield f"`r` {rank!r} and `lora_alpha` {alpha!r} are no rank and scale"
    if config.get("bias", "none") != "none":
        yield f"`bias: {config['bias']}`: servers leave the trained biases out"
    yield from (f"`{name}` ({why})" for name, why in REFUSED.items() if config.get(name))
    targets = config.get("target_modules") or ()
    named = [targets] if isinstance(targets, str) else targets
    embeddings = sorted(name for name in EMBEDDINGS if any(name in str(target) for target in named))
    if embeddings:
        yield f"`target_modules` has {', '.join(embeddings)}: servers refuse LoRA on embeddings"
