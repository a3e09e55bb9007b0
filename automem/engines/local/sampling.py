"""The next token of each sequence, drawn by the sequence's own chance."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from automem.engines.base import Request

_COLDEST = 1e-5
"""Below this temperature a division may overflow."""


class Draw(NamedTuple):
    """How one sequence draws.

    Arguments:
        temperature, top_p: as in its request.
        chance: seeded by its request; one number is taken for each token.
    """

    temperature: float
    top_p: float
    chance: random.Random


def draw_of(request: Request) -> Draw:
    """How the answer to a request is drawn. It depends on the request alone."""
    return Draw(request.temperature, request.top_p, random.Random(request.seed))


def sample(logits: Tensor, draws: Sequence[Draw]) -> list[int]:
    """The next tokens: the likeliest where the temperature is 0, else by inverting the cumulated probabilities.

    Arguments:
        logits: (sequences, vocabulary).

    Raises:
        FloatingPointError: the model gives no numbers.
    """
    logits = logits.float().cpu()
    if not bool(logits.amax(-1).isfinite().all()):
        raise FloatingPointError("the model's outputs are not finite; try `dtype: float32`")
    tokens: list[int] = logits.argmax(-1).tolist()
    warm = [row for row, draw in enumerate(draws) if draw.temperature > 0]
    if warm:
        drawn = _invert(logits[warm], [draws[row] for row in warm])
        for row, token in zip(warm, drawn, strict=True):
            tokens[row] = token
    return tokens


def _invert(logits: Tensor, draws: Sequence[Draw]) -> list[int]:
    heat = torch.tensor([max(draw.temperature, _COLDEST) for draw in draws]).unsqueeze(1)
    # Double, so that over a large vocabulary the sums do not round chance away.
    odds = (logits / heat).double().softmax(-1)
    if any(draw.top_p < 1 for draw in draws):
        odds = _nucleus(odds, torch.tensor([draw.top_p for draw in draws]).unsqueeze(1))
    sums = odds.cumsum(-1)
    marks = torch.tensor([draw.chance.random() for draw in draws], dtype=torch.double).unsqueeze(1) * sums[:, -1:]
    found = torch.searchsorted(sums, marks, right=True).squeeze(1)
    tokens: list[int] = found.clamp(max=logits.shape[1] - 1).tolist()
    return tokens


def _nucleus(odds: Tensor, mass: Tensor) -> Tensor:
    """The odds of the smallest set of tokens whose odds sum up to `mass`; 0 for all others."""
    falling, order = odds.sort(-1, descending=True)
    out = falling.cumsum(-1) - falling >= mass
    return odds.masked_fill(out.scatter(-1, order, out), 0.0)
