"""Where a model runs."""

from __future__ import annotations

import torch

from automem.errors import EngineRefused


def pick_device(name: str, wanted: str) -> torch.device:
    """The device that a setting means.

    Raises:
        EngineRefused: it is not there.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return torch.device(next(kind for kind, usable in there.items() if usable))
    if not there[wanted]:
        raise EngineRefused(f"model {name!r}: this machine has no {wanted}, or torch was built without it; use `auto`")
    return torch.device(wanted)
