"""Weights to begin with that can already look things up: `wire`.

To copy what stands beside a name, one layer must carry each token's neighbours along, and the next must compare. Such
a pair of layers is found by chance and late: drills alone had not brought it forth after 450 steps. So it is there from
the start, and training bends it to what is needed (structured initial weights: Trockman and Kolter 2023, arXiv
2305.09828).

- The first layer's heads look one, two and three tokens back, whatever stands there: in rotary positions a query and a
  key that are the same for all tokens attend by distance alone. Each writes what it sees into a part of the stream.
- The second layer's heads compare, in the slow frequencies, which distance hardly turns: the token with those before
  others, or the neighbours of both; and write what they find so that it is the likely next token.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor
from transformers import LlamaForCausalLM
from transformers.models.llama.modeling_llama import LlamaAttention

_COMMON = 0.2  # the first number of every embedding: what a head sees that does not care for tokens
_BACK = (1, 2, 3)
_NEAR = 9  # the fastest frequencies tell distances apart
_SHARP = 6.0  # how far attention to the right distance lies above the next ones, in nats
_SLOW = 14  # frequencies from here on compare
_MATCH = 10.0  # how far attention to a match lies above the rest, in nats
_NARROWEST = 256  # a stream in which all parts have room beside each other
_COMPARED = ((0, 1), (1, 2), (0, 2))  # what the query and the key show: how many tokens back, 0 for the token itself


def can_wire(model: LlamaForCausalLM) -> bool:
    """Whether a model is large enough for it."""
    config = model.config
    enough = config.num_hidden_layers >= 2 and (config.num_key_value_heads or 0) >= len(_BACK)
    return bool(enough and config.hidden_size >= _NARROWEST)


@torch.no_grad()
def wire(model: LlamaForCausalLM, seed: int) -> None:
    """Put the two layers into a fresh model.

    Arguments:
        model: one that `can_wire`.
        seed: decides the directions.
    """
    random = torch.Generator().manual_seed(seed)
    body = model.model
    width = model.config.hidden_size
    body.embed_tokens.weight[:, 0] = _COMMON
    first, second = (cast(LlamaAttention, body.layers[number].self_attn) for number in (0, 1))
    size: int = first.head_dim
    slow = torch.cat([torch.arange(_SLOW, size // 2), torch.arange(_SLOW, size // 2) + size // 2])
    names, *rest = _directions(len(slow) * (1 + len(_BACK)), width, random).split(len(slow))
    parts = dict(zip(_BACK, rest, strict=True))
    spread = float(body.embed_tokens.weight[:, 1:].std())
    written = spread * (width / len(slow)) ** 0.5  # a neighbour is as large in the stream as the token
    norm = float((_COMMON**2 + spread**2 * (width - 1)) / width) ** 0.5
    for head, back in enumerate(_BACK):
        rows = slice(head * size, (head + 1) * size)
        _look_back(first, rows, back, _COMMON / norm, body.rotary_emb.inv_freq)
        first.v_proj.weight[rows] = 0
        first.v_proj.weight[rows][slow] = names
        first.o_proj.weight[:, rows] = 0
        first.o_proj.weight[:, rows.start + slow] = parts[back].T * written * norm / spread
    shown = {0: names * (width / len(slow)) ** 0.5} | parts
    later = float((_COMMON**2 + (1 + len(_BACK)) * spread**2 * width) / width) ** 0.5
    gain = (_MATCH * size**0.5) ** 0.5 / (spread * width**0.5 / later)
    for head, (query, key) in enumerate(_COMPARED):
        rows = slice(head * size, (head + 1) * size)
        for weights, seen in ((second.q_proj.weight, shown[query]), (second.k_proj.weight, shown[key])):
            weights[rows] = 0
            weights[rows][slow] = seen * gain
        seen = _directions(size, width, random)
        second.v_proj.weight[rows] = seen
        second.o_proj.weight[:, rows] = seen.T * later


def _look_back(attention: LlamaAttention, rows: slice, back: int, common: float, frequencies: Tensor) -> None:
    """Let a head attend to the token so many before."""
    half = (rows.stop - rows.start) // 2
    near = frequencies[:_NEAR]
    size = (_SHARP * (2 * half) ** 0.5 / float((1 - near.cos()).sum())) ** 0.5 / common
    query, key = attention.q_proj.weight[rows], attention.k_proj.weight[rows]
    query.zero_()
    key.zero_()
    key[:_NEAR, 0] = size
    query[:_NEAR, 0] = size * (back * near).cos()
    query[half : half + _NEAR, 0] = -size * (back * near).sin()


def _directions(count: int, width: int, random: torch.Generator) -> Tensor:
    """Directions at right angles, [count, width], none of which sees the common number."""
    found: Tensor = torch.linalg.qr(torch.randn(width, count, generator=random))[0].T.contiguous()
    found[:, 0] = 0
    return found
