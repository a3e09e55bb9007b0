"""Models of other kinds: answered as transformers does, or refused."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, pre_tokenizers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

from automem.errors import EngineRefused

from .conftest import Make, Reference, asking
from .making import TEMPLATE, make_model, make_tokenizer

SIZES: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 32,
    "initializer_range": 0.25,
}


def made(folder: Path, kind: str, **sizes: Any) -> Path:
    """A random model of any kind that transformers knows."""
    tokenizer = make_tokenizer()
    ends = {"bos_token_id": None, "eos_token_id": 1, "pad_token_id": 2}
    config = AutoConfig.for_model(kind, vocab_size=len(tokenizer), **ends, **sizes)
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("kind", "sizes"),
    [
        ("llama", SIZES),
        ("gpt2", {"n_embd": 64, "n_layer": 2, "n_head": 2, "initializer_range": 0.25}),
        ("mistral", SIZES | {"sliding_window": 60}),
        ("gemma3_text", SIZES | {"sliding_window": 60, "layer_types": ["sliding_attention", "full_attention"]}),
    ],
)
async def test_answers_as_transformers_does(make: Make, tmp_path: Path, kind: str, sizes: dict[str, Any]) -> None:
    folder = made(tmp_path / kind, kind, **sizes)
    engine, reference = make(folder), Reference(folder)
    requests = [asking("tree, water " * count) for count in (1, 3, 6)]
    answers = await asyncio.gather(*map(engine.ask, requests))
    assert [answer.text for answer in answers] == [reference.answer(request) for request in requests]


async def test_beyond_a_sliding_window_nothing_is_said(make: Make, tmp_path: Path) -> None:
    engine = make(made(tmp_path / "mistral", "mistral", **SIZES, sliding_window=40))
    with pytest.raises(EngineRefused, match="the model takes 40"):
        await engine.ask(asking("tree, water " * 20))


@pytest.mark.parametrize(
    ("kind", "sizes"),
    [
        ("mamba", {"hidden_size": 64, "num_hidden_layers": 2, "state_size": 8}),
        ("bloom", {"hidden_size": 64, "n_layer": 2, "n_head": 2}),
    ],
)
async def test_models_without_keys_and_values_are_refused(
    make: Make, tmp_path: Path, kind: str, sizes: dict[str, Any]
) -> None:
    with pytest.raises(EngineRefused, match="serve it with another engine"):
        await make(made(tmp_path / kind, kind, **sizes)).check()


async def test_a_tokenizer_of_its_own_pattern_stays_as_it_was_saved(make: Make, tmp_path: Path) -> None:
    folder = make_model(tmp_path / "own")
    inner = Tokenizer.from_file(str(folder / "tokenizer.json"))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    own = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    own.chat_template = TEMPLATE
    own.save_pretrained(folder)
    engine, text = make(folder), "don't 12,34  trees"
    assert await engine.call(lambda batch: batch.chat.tokens(text)) == inner.encode(text).ids
