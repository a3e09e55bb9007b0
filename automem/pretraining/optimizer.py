"""Muon on the matrices between the layers, AdamW on the rest, and the course of their learning rates."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from automem.pretraining.muon import Muon
from automem.pretraining.together import Together

_WARM_UP = 0.02  # of the training
_STEADY = 0.4  # up to here the rate stays, then it falls evenly
_LAST = 0.02  # what is left of the rate at the end
_LARGEST_GRADIENT = 1.0


class Optimizer:
    """Both optimisers as one.

    Arguments:
        model: whose parameters; their gradients are used by `step`.
        muon_rate, adamw_rate: the highest learning rates.
        together: the processes, which share the work.
    """

    def __init__(self, model: nn.Module, muon_rate: float, adamw_rate: float, together: Together) -> None:
        self._rates = muon_rate, adamw_rate
        self._parameters = list(model.parameters())
        hidden = [value for name, value in model.named_parameters() if value.dim() == 2 and "embed" not in name]
        inner = {id(value) for value in hidden}
        rest = [value for value in self._parameters if id(value) not in inner]
        self._muon = Muon(hidden, together)
        self._adamw = torch.optim.AdamW(rest, lr=adamw_rate, betas=(0.9, 0.95), weight_decay=0.0, fused=True)

    def step(self, progress: float) -> float:
        """Clip the gradients, change the weights, and forget the gradients.

        Arguments:
            progress: how much of the training is done, 0 to 1.

        Returns:
            The gradients' norm before clipping.
        """
        norm = nn.utils.clip_grad_norm_(self._parameters, _LARGEST_GRADIENT)
        muon_rate, adamw_rate = (rate * rate_share(progress) for rate in self._rates)
        self._muon.step(muon_rate)
        for group in self._adamw.param_groups:
            group["lr"] = adamw_rate
        self._adamw.step()
        self._adamw.zero_grad(set_to_none=True)
        return float(norm)

    def state_dict(self) -> dict[str, object]:
        """What `load_state_dict` takes."""
        return {"muon": self._muon.state_dict(), "adamw": self._adamw.state_dict()}

    def load_state_dict(self, state: dict[str, dict[str, list[Tensor]]]) -> None:
        """Go on from what `state_dict` gave."""
        self._muon.load_state_dict(state["muon"])
        self._adamw.load_state_dict(state["adamw"])


def rate_share(progress: float) -> float:
    """The share of the highest learning rate at a point of the training, 0 to 1."""
    if progress < _WARM_UP:
        return max(progress / _WARM_UP, 0.01)
    fall = (min(progress, 1.0) - _STEADY) / (1 - _STEADY)
    return 1.0 - max(fall, 0.0) * (1 - _LAST)
