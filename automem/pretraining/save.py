"""The model as a folder that any server of Llama models loads."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from transformers import GenerationConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from automem.pretraining.network import ROPE_THETA
from automem.pretraining.template import END_OF_MESSAGE, PADDING

WEIGHTS = "model.safetensors"


def save_model(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write weights in bfloat16, configuration, tokenizer and chat template. `model` itself is not changed.

    Arguments:
        model: trained.
        tokenizer: its own.
        folder: made when it is not there.
    """
    state = {name: value.to(torch.bfloat16) for name, value in model.state_dict().items()}
    small = LlamaForCausalLM._from_config(model.config, dtype=torch.bfloat16)
    small.load_state_dict(state)
    small.generation_config = GenerationConfig(
        do_sample=True,
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        eos_token_id=tokenizer.convert_tokens_to_ids(END_OF_MESSAGE),
        pad_token_id=tokenizer.convert_tokens_to_ids(PADDING),
    )
    small.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    _amend(folder / "config.json", rope_theta=ROPE_THETA)
    _amend(folder / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")


def _amend(path: Path, **values: object) -> None:
    """Put in what servers on an older transformers look for."""
    found = json.loads(path.read_text())
    path.write_text(json.dumps(found | values, indent=2) + "\n")
