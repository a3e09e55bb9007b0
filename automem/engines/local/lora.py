"""Adapters at work: each adds its low-rank product to the outputs of its own rows of a batch."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import linear

from automem.engines.adapters import LoraFolder
from automem.errors import EngineRefused

_NAME = re.compile(r"base_model\.model\.(?P<module>.+)\.lora_(?P<side>[AB])\.weight")
Pair = tuple[Tensor, Tensor]
"""A (rank, inputs) and B (outputs, rank), the scaling in B."""


class Adapters:
    """The adapters on one model. They share its weights, and a batch may hold rows of any of them.

    A hook on each layer that an adapter changes adds to the rows of that adapter; the model itself is left as it
    is, and without adapters there are no hooks. PEFT's own mixed batches give the same numbers, slower.

    Arguments:
        model: the plain model.

    Attributes:
        names: the adapters that are loaded.
    """

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self._pairs: dict[str, dict[Hashable, Pair]] = defaultdict(dict)
        self._hooks: dict[str, Any] = {}
        self._rows: list[tuple[Hashable, Tensor | None]] = []
        self.names: set[Hashable] = set()

    def load(self, name: Hashable, adapter: LoraFolder) -> None:
        """Read an adapter's weights and make it usable as `name`.

        Raises:
            EngineRefused: it was trained on another model.
        """
        pairs = self._read(adapter)
        self.names.add(name)
        for module, pair in pairs.items():
            self._pairs[module][name] = pair
            if module not in self._hooks:
                hook = self._hook(self._pairs[module])
                self._hooks[module] = self._model.get_submodule(module).register_forward_hook(hook)

    def unload(self, name: Hashable) -> None:
        """Give back what an adapter takes, if it is loaded."""
        self.names.discard(name)
        for module, pairs in list(self._pairs.items()):
            pairs.pop(name, None)
            if not pairs:
                del self._pairs[module]
                self._hooks.pop(module).remove()

    def assign(self, names: Sequence[Hashable | None]) -> None:
        """Say, before a run of the model, which adapter each row of the batch belongs to; None for the plain model."""
        self._rows = []
        for name in dict.fromkeys(name for name in names if name is not None):
            rows = [row for row, other in enumerate(names) if other == name]
            device = next(self._model.parameters()).device
            every = len(rows) == len(names)
            self._rows.append((name, None if every else torch.tensor(rows, device=device)))

    def _hook(self, pairs: dict[Hashable, Pair]) -> Callable[[nn.Module, tuple[Tensor], Tensor], Tensor]:
        def add(_: nn.Module, inputs: tuple[Tensor], output: Tensor) -> Tensor:
            for name, rows in self._rows:
                if name not in pairs:
                    continue
                down, up = pairs[name]
                if rows is None:
                    output += linear(linear(inputs[0], down), up)
                else:
                    output.index_add_(0, rows, linear(linear(inputs[0].index_select(0, rows), down), up))
            return output

        return add

    def _read(self, adapter: LoraFolder) -> dict[str, Pair]:
        sides: dict[str, dict[str, Tensor]] = defaultdict(dict)
        for name, weights in load_file(adapter.weights).items():
            match = _NAME.fullmatch(name)
            if match is None:
                raise EngineRefused(f"{adapter.weights}: holds {name!r}, which is no LoRA weight; train it anew")
            sides[match["module"]][match["side"]] = weights
        return {module: self._pair(adapter, module, found) for module, found in sides.items()}

    def _pair(self, adapter: LoraFolder, module: str, found: dict[str, Tensor]) -> Pair:
        try:
            weight: Any = self._model.get_submodule(module).weight
            down, up = found["A"], found["B"]
            fits = sorted((down.shape[1], up.shape[0])) == sorted(weight.shape)
        except (AttributeError, KeyError):
            fits = False
        if not fits:
            raise EngineRefused(
                f"{adapter.path}: its weights for {module} do not fit the model; it was trained on another one"
            )
        return down.to(weight), (up * adapter.scaling).to(weight)
