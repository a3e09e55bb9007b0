"""The network as it is trained: a Llama model's own weights, run over packed sequences.

transformers' forward pass gives the same numbers, as a test says, but takes longer: here elementwise work is fused by
the compiler, and attention shares prefixes.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM

from automem.pretraining.attention import Group, attend, weigh
from automem.pretraining.tokenizer import CONTEXT

HEAD = 64
"""The size of an attention head."""
ROPE_THETA = 1_000_000.0
"""The base of the positions' wavelengths, as Qwen2's: names are compared over hundreds of tokens in the slow ones."""


@dataclass(frozen=True)
class Size:
    """How large a model is.

    Arguments:
        width: of the residual stream; a multiple of 64.
        layers: how many blocks.
        hidden: width of the feed-forward part.
    """

    width: int = 256
    layers: int = 4
    hidden: int = 704


def fresh_model(size: Size, vocabulary: int, end: int, padding: int, seed: int) -> LlamaForCausalLM:
    """A Llama model with random weights, in float32.

    Arguments:
        size: how large.
        vocabulary: how many tokens there are.
        end, padding: the ids of the end mark and of padding.
        seed: decides the weights.
    """
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=size.width,
        num_hidden_layers=size.layers,
        intermediate_size=size.hidden,
        num_attention_heads=size.width // HEAD,
        num_key_value_heads=size.width // HEAD,
        max_position_embeddings=CONTEXT,
        rope_parameters={"rope_type": "default", "rope_theta": ROPE_THETA},
        tie_word_embeddings=True,
        head_dim=HEAD,
        bos_token_id=None,
        eos_token_id=end,
        pad_token_id=padding,
    )
    return LlamaForCausalLM(config)


def can_compile() -> bool:
    """Whether this machine has the C++ compiler that torch's needs."""
    return shutil.which(os.environ.get("CXX", "g++")) is not None


def fastest_dtype() -> torch.dtype:
    """What matrices are multiplied in: bfloat16 where this processor has instructions for it, else float32.

    Without them a product in bfloat16 takes fifty times as long.
    """
    found = getattr(torch.cpu, "get_capabilities", dict[str, bool])()  # not every torch has it
    return torch.bfloat16 if found.get("avx512_bf16") or found.get("amx_bf16") else torch.float32


class Network:
    """Runs a model over packed sequences.

    Arguments:
        model: its weights are used as they are, and get the gradients.
        compiled: whether elementwise work is fused, which takes a C++ compiler and a minute at the start.
        dtype: what is computed in; the residual stream and the weights stay float32.
    """

    def __init__(self, model: LlamaForCausalLM, *, compiled: bool, dtype: torch.dtype) -> None:
        self.model = model
        self._dtype = dtype
        make = (lambda function: torch.compile(function, dynamic=True)) if compiled else (lambda function: function)
        self._project, self._finish, self._losses = make(_project), make(_finish), make(_losses)
        self._weigh = make(weigh)

    def hidden(self, tokens: Tensor, positions: Tensor, groups: tuple[Group, ...], places: Tensor) -> Tensor:
        """The last layer's normalised output at some places, [places, width]; it is worked out for these alone.

        Arguments:
            tokens, positions: [positions]; a suffix's positions go on from its prefix's.
            groups: where prefixes and suffixes stand.
            places: [places] which positions.
        """
        body = self.model.model
        eps = self.model.config.rms_norm_eps
        heads = self.model.config.num_attention_heads
        angles = positions[:, None, None].float() * body.rotary_emb.inv_freq
        cos, sin = angles.cos(), angles.sin()
        stream = functional.embedding(tokens, body.embed_tokens.weight)
        for layer in body.layers:
            attention, forward = layer.self_attn, layer.mlp
            projections = (attention.q_proj, attention.k_proj, attention.v_proj)
            q, k, v = self._project(
                stream,
                layer.input_layernorm.weight,
                [part.weight for part in projections],
                cos,
                sin,
                heads,
                eps,
                self._dtype,
            )
            q, k, v = (part.transpose(0, 1) for part in (q, k, v))
            seen = attend(q, k, v, groups, self._weigh).transpose(0, 1).flatten(1)
            if layer is body.layers[-1]:
                stream, seen = stream.index_select(0, places), seen.index_select(0, places)
            stream = self._finish(
                stream,
                seen,
                attention.o_proj.weight,
                layer.post_attention_layernorm.weight,
                forward.gate_proj.weight,
                forward.up_proj.weight,
                forward.down_proj.weight,
                eps,
                self._dtype,
            )
        return functional.rms_norm(stream, stream.shape[-1:], body.norm.weight, eps)

    def losses(self, hidden: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Each label's negative log-likelihood, and whether it is the most likely token.

        Arguments:
            hidden: [labels, width].
            labels: [labels].
        """
        losses, right = self._losses(hidden, self.model.lm_head.weight, labels, self._dtype)
        return losses, right


def _project(
    stream: Tensor,
    norm: Tensor,
    weights: list[Tensor],
    cos: Tensor,
    sin: Tensor,
    heads: int,
    eps: float,
    dtype: torch.dtype,
) -> tuple[Tensor, Tensor, Tensor]:
    """Query, key and value of a layer, [positions, heads, size], with rotated positions."""
    normal = functional.rms_norm(stream, stream.shape[-1:], norm, eps).to(dtype)
    q, k, v = (functional.linear(normal, weight.to(dtype)).view(len(stream), heads, -1) for weight in weights)
    return _rotated(q, cos, sin), _rotated(k, cos, sin), v


def _rotated(tensor: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """The positions' angles put in; `cos` and `sin` are [positions, 1, size / 2]."""
    left, right = tensor.chunk(2, -1)
    return torch.cat([left * cos - right * sin, right * cos + left * sin], -1).to(tensor.dtype)


def _finish(
    stream: Tensor,
    seen: Tensor,
    out: Tensor,
    norm: Tensor,
    gate: Tensor,
    up: Tensor,
    down: Tensor,
    eps: float,
    dtype: torch.dtype,
) -> Tensor:
    """The residual stream after a layer's attention is projected back and its feed-forward part is done."""
    stream = stream + functional.linear(seen, out.to(dtype)).float()
    normal = functional.rms_norm(stream, stream.shape[-1:], norm, eps).to(dtype)
    gated = functional.silu(functional.linear(normal, gate.to(dtype))) * functional.linear(normal, up.to(dtype))
    return stream + functional.linear(gated, down.to(dtype)).float()


def _losses(hidden: Tensor, vocabulary: Tensor, labels: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    logits = functional.linear(hidden.to(dtype), vocabulary.to(dtype)).float()
    return functional.cross_entropy(logits, labels, reduction="none"), logits.argmax(-1) == labels
