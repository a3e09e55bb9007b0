"""Attention of many conversations that share what their prompts begin with.

The shared prefix stands once in the sequence, and all suffixes attend to the one copy: as one matrix product, instead
of once for each conversation. A suffix token's attention is that over the prefix and that over its own conversation,
joined by their log-sum-exps; given the joint one, the gradients of both parts are independent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

_flash = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
_CHUNK = 960  # queries at once in the backward pass: their scores stay in the processor's cache


@dataclass(frozen=True)
class Group:
    """Where one prefix and its suffixes stand in a packed sequence: the prefix, then the rows of the suffixes.

    Arguments:
        begin: its first position.
        prefix: the prefix's length, at least 1.
        rows, width: how many suffixes, and how long each is, padding at the end included.
    """

    begin: int
    prefix: int
    rows: int
    width: int

    @property
    def middle(self) -> int:
        """The first suffix's position."""
        return self.begin + self.prefix

    @property
    def end(self) -> int:
        """The position after the last suffix."""
        return self.middle + self.rows * self.width


def weigh(scores: Tensor, lse: Tensor, products: Tensor, delta: Tensor) -> tuple[Tensor, Tensor]:
    """Attention weights, and the gradients of their scores: `weights * (products - delta)`."""
    weights = torch.exp(scores.float() - lse)
    gradients = weights * (products.float() - delta)
    return weights.to(scores.dtype), gradients.to(scores.dtype)


Weigh = Callable[[Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    groups: tuple[Group, ...],
    weigh: Weigh,
) -> Tensor:
    """What each position attends to: its prefix, and its own conversation up to itself.

    Arguments:
        query, key, value: [heads, positions, size].
        groups: where prefixes and suffixes stand.
        weigh: the function of that name, or the same compiled.

    Returns:
        [heads, positions, size].
    """
    found: Tensor = _Attention.apply(query, key, value, groups, weigh)  # type: ignore[no-untyped-call]  # torch's
    return found


class _Attention(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, groups: tuple[Group, ...], weigh: Weigh) -> Tensor:
        out = torch.empty_like(q)
        lse = q.new_empty(q.shape[:2], dtype=torch.float32)
        for group in groups:
            before, after = slice(group.begin, group.middle), slice(group.middle, group.end)
            first, first_lse = _flash(*_rows((q, k, v), before, 1), 0.0, True)
            out[:, before], lse[:, before] = _flat(first), _flat_lse(first_lse)
            shared, shared_lse = _flash(q[None, :, after], k[None, :, before], v[None, :, before], 0.0, False)
            own, own_lse = _flash(*_rows((q, k, v), after, group.rows), 0.0, True)
            left, right = shared_lse[0], _flat_lse(own_lse)
            share = torch.sigmoid(left - right).unsqueeze(-1).to(q.dtype)
            out[:, after] = torch.lerp(_flat(own), shared[0], share)
            lse[:, after] = torch.logaddexp(left, right)
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.plan = groups, weigh
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        q, k, v, out, lse = ctx.saved_tensors
        groups, weigh = ctx.plan
        scale = q.shape[-1] ** -0.5
        grad = grad.contiguous()
        delta = (grad.float() * out.float()).sum(-1, keepdim=True)
        given = (q * scale, k, v, grad, lse.unsqueeze(-1), delta)
        dq, dk, dv = torch.empty_like(q), torch.empty_like(k), torch.empty_like(v)
        for group in groups:
            before, after = slice(group.begin, group.middle), slice(group.middle, group.end)
            for part, rows in ((before, 1), (after, group.rows)):
                dq[:, part], dk[:, part], dv[:, part] = _own(given, part, rows, weigh)
            shared_k, shared_v = _shared(given, before, after, dq, weigh)
            dk[:, before] += shared_k
            dv[:, before] += shared_v
        return dq * scale, dk, dv, None, None


def _rows(tensors: tuple[Tensor, ...], part: slice, rows: int) -> list[Tensor]:
    """[heads, positions, size] → [rows, heads, width, size], of the positions in `part`."""
    return [tensor[:, part].unflatten(1, (rows, -1)).transpose(0, 1) for tensor in tensors]


def _flat(tensor: Tensor) -> Tensor:
    return tensor.transpose(0, 1).flatten(1, 2)


def _flat_lse(lse: Tensor) -> Tensor:
    return lse.transpose(0, 1).flatten(1)


def _own(given: tuple[Tensor, ...], part: slice, rows: int, weigh: Weigh) -> list[Tensor]:
    """Gradients of what each row attends to in itself."""
    q, k, v, grad, lse, delta = (row.flatten(0, 1) for row in _rows(given, part, rows))
    weights, gradients = weigh(q @ k.transpose(1, 2), lse, grad @ v.transpose(1, 2), delta)
    weights.tril_()  # no position sees a later one
    gradients.tril_()
    found = (gradients @ k, gradients.transpose(1, 2) @ q, weights.transpose(1, 2) @ grad)
    return [_flat(tensor.unflatten(0, (rows, -1))) for tensor in found]


def _shared(given: tuple[Tensor, ...], before: slice, after: slice, dq: Tensor, weigh: Weigh) -> tuple[Tensor, Tensor]:
    """Gradients of what the suffixes attend to in their prefix; those of the queries are added to `dq`."""
    q, k, v, grad, lse, delta = given
    k, v = k[:, before], v[:, before]
    dk, dv = torch.zeros_like(k, dtype=torch.float32), torch.zeros_like(v, dtype=torch.float32)
    for head in range(len(q)):
        for begin in range(after.start, after.stop, _CHUNK):
            part = slice(begin, min(begin + _CHUNK, after.stop))
            query, gradient = q[head, part], grad[head, part]
            weights, gradients = weigh(query @ k[head].T, lse[head, part], gradient @ v[head].T, delta[head, part])
            dq[head, part] += gradients @ k[head]
            dk[head] += gradients.T @ query
            dv[head] += weights.T @ gradient
    return dk.to(k.dtype), dv.to(v.dtype)
