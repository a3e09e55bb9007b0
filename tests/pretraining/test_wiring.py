from __future__ import annotations

import pytest
import torch
from torch import Tensor
from transformers import LlamaForCausalLM

from automem.pretraining.network import Size, fresh_model
from automem.pretraining.wiring import can_wire, wire

VOCABULARY = 400
LENGTH = 60


@pytest.fixture(scope="module")
def wired() -> LlamaForCausalLM:
    model = fresh_model(Size(), VOCABULARY, 0, 1, seed=3)
    assert can_wire(model)
    wire(model, 3)
    model.set_attn_implementation("eager")
    return model


def attention(model: LlamaForCausalLM, tokens: list[int]) -> tuple[Tensor, Tensor]:
    """[heads, queries, keys] of the first two layers."""
    with torch.no_grad():
        first, second, *_ = model(torch.tensor([tokens]), output_attentions=True).attentions
    return first[0], second[0]


def test_heads_of_the_first_layer_look_back(wired: LlamaForCausalLM) -> None:
    tokens = torch.randperm(VOCABULARY, generator=torch.Generator().manual_seed(1))[:LENGTH].tolist()
    first, _ = attention(wired, tokens)
    for head, back in enumerate((1, 2, 3)):
        assert first[head].diagonal(-back).mean() > 0.8


def test_heads_of_the_second_find_what_stands_beside_the_same_name(wired: LlamaForCausalLM) -> None:
    found = dict.fromkeys(range(3), 0.0)
    for seed in range(20):
        tokens = torch.randperm(VOCABULARY, generator=torch.Generator().manual_seed(seed))[:LENGTH].tolist()
        asked = 5 + 2 * seed
        _, second = attention(wired, [*tokens, tokens[asked], 399])
        found[0] += float(second[0, LENGTH, asked + 1]) / 20
        found[1] += float(second[1, LENGTH + 1, asked + 2]) / 20
        found[2] += float(second[2, LENGTH, asked + 2]) / 20
    assert min(found.values()) > 15 / LENGTH


def test_a_model_that_is_too_small_is_told_apart() -> None:
    assert not can_wire(fresh_model(Size(128, 2, 96), VOCABULARY, 0, 1, seed=0))
    assert not can_wire(fresh_model(Size(256, 1, 96), VOCABULARY, 0, 1, seed=0))
