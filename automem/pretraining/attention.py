"""Attention of many conversations that share what their prompts begin with.

The shared prefix stands once in the sequence, and all suffixes attend to the one copy: as one matrix product, instead
of once for each conversation. A suffix token's attention is that over the prefix and that over its own conversation,
joined by their log-sum-exps; given the joint one, the gradients of both parts are independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

_flash = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
_flash_backward = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward


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


def attend(query: Tensor, key: Tensor, value: Tensor, groups: tuple[Group, ...]) -> Tensor:
    """What each position attends to: its prefix, and its own conversation up to itself.

    Arguments:
        query, key, value: [heads, positions, size].
        groups: where prefixes and suffixes stand.

    Returns:
        [heads, positions, size].
    """
    found: Tensor = _Attention.apply(query, key, value, groups)  # type: ignore[no-untyped-call]  # torch's
    return found


class _Attention(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, groups: tuple[Group, ...]) -> Tensor:
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
        ctx.groups = groups
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        q, k, v, out, lse = ctx.saved_tensors
        dq, dk, dv = torch.empty_like(q), torch.empty_like(k), torch.empty_like(v)
        for group in ctx.groups:
            before, after = slice(group.begin, group.middle), slice(group.middle, group.end)
            for part, rows in ((before, 1), (after, group.rows)):
                given = (*_rows((grad, q, k, v, out), part, rows), _lse_rows(lse, part, rows))
                found = _flash_backward(*given, 0.0, True)
                dq[:, part], dk[:, part], dv[:, part] = map(_flat, found)
            shared = _flash_backward(
                *(tensor[None, :, part] for tensor, part in ((grad, after), (q, after), (k, before), (v, before))),
                *(tensor[None, :, after] for tensor in (out, lse)),
                0.0,
                False,
            )
            dq[:, after] += shared[0][0]
            dk[:, before] += shared[1][0]
            dv[:, before] += shared[2][0]
        return dq, dk, dv, None


def _rows(tensors: tuple[Tensor, ...], part: slice, rows: int) -> list[Tensor]:
    """[heads, positions, size] → [rows, heads, width, size], of the positions in `part`."""
    return [tensor[:, part].unflatten(1, (rows, -1)).transpose(0, 1) for tensor in tensors]


def _flat(tensor: Tensor) -> Tensor:
    return tensor.transpose(0, 1).flatten(1, 2)


def _flat_lse(lse: Tensor) -> Tensor:
    return lse.transpose(0, 1).flatten(1)


def _lse_rows(lse: Tensor, part: slice, rows: int) -> Tensor:
    found: Tensor = lse[:, part].unflatten(1, (rows, -1)).transpose(0, 1)
    return found
