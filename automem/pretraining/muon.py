"""Muon in float32, its work shared among the processes (Jordan 2024; torch's own works in bfloat16 alone).

Processors that do not multiply bfloat16 take fifty times as long with it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from automem.pretraining.together import Together

_MOMENTUM = 0.95
_DECAY = 0.02
_TURNS = 5
_QUINTIC = (3.4445, -4.7750, 2.0315)
_LIKE_ADAMW = 0.2  # the update's root mean square where it is scaled by the root of the longer side (Liu et al. 2025)


class Muon:
    """Changes matrices by their gradients' momentum, made orthogonal.

    Arguments:
        matrices: parameters of two dimensions; their gradients are used by `step`.
        together: the processes, all of which hold the same matrices and gradients; each works out its share.
    """

    def __init__(self, matrices: Sequence[Tensor], together: Together) -> None:
        self._matrices, self._together = matrices, together
        self._momenta = [torch.zeros_like(matrix) for matrix in matrices]
        self._mine = _shares([matrix.numel() for matrix in matrices], together.count)[together.rank]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Change the matrices and forget their gradients.

        Arguments:
            rate: the learning rate, in AdamW's units.
        """
        for matrix, momentum in zip(self._matrices, self._momenta, strict=True):
            if matrix.grad is not None:
                momentum.lerp_(matrix.grad, 1 - _MOMENTUM)
                matrix.grad.lerp_(momentum, _MOMENTUM)
        for matrix, update in zip(self._matrices, self._updates(), strict=True):
            matrix.mul_(1 - rate * _DECAY)
            matrix.sub_(update, alpha=rate * _LIKE_ADAMW * max(matrix.shape) ** 0.5)
            matrix.grad = None

    def state_dict(self) -> dict[str, object]:
        """What `load_state_dict` takes."""
        return {"momenta": self._momenta}

    def load_state_dict(self, state: dict[str, list[Tensor]]) -> None:
        """Go on from what `state_dict` gave."""
        for momentum, value in zip(self._momenta, state["momenta"], strict=True):
            momentum.copy_(value)

    def _updates(self) -> list[Tensor]:
        """The orthogonal updates of all matrices, from all processes."""
        flat = torch.zeros(sum(matrix.numel() for matrix in self._matrices))
        parts = flat.split([matrix.numel() for matrix in self._matrices])
        updates = [part.view_as(matrix) for part, matrix in zip(parts, self._matrices, strict=True)]
        for number in self._mine:
            gradient = self._matrices[number].grad
            if gradient is not None:
                updates[number].copy_(orthogonal(gradient))
        self._together.add(flat)
        return updates


def orthogonal(matrix: Tensor) -> Tensor:
    """About the nearest matrix whose singular values are 1, by five quintic Newton-Schulz turns.

    Arguments:
        matrix: [rows, columns]; the result is of the same shape, singular values between about 0.7 and 1.2.
    """
    wide = matrix.shape[0] <= matrix.shape[1]
    found = matrix if wide else matrix.T
    found = found / found.norm().clamp(min=1e-7)
    first, third, fifth = _QUINTIC
    for _ in range(_TURNS):
        gram = found @ found.T
        found = torch.addmm(found, torch.addmm(gram, gram, gram, beta=third, alpha=fifth), found, beta=first)
    return found if wide else found.T


def _shares(sizes: Sequence[int], count: int) -> list[list[int]]:
    """Which matrices each process takes, so that each has about the same to do."""
    shares: list[list[int]] = [[] for _ in range(count)]
    for number in sorted(range(len(sizes)), key=lambda number: -sizes[number]):
        min(shares, key=lambda share: sum(sizes[one] for one in share)).append(number)
    return shares
