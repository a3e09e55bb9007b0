"""The keys and values of all sequences in flight: one slot each, any length, joined and left at any time."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from transformers import Cache

Stored = list[tuple[Tensor, Tensor]]
"""Layer → keys and values of one sequence, each (tokens, heads, width of a head)."""


class Slots(Cache):
    """A cache as transformers' models use it. A sequence fills its slot from the left; `aim` says, before each run
    of the model, which slots it works on and where their new tokens stand.
    """

    def __init__(self) -> None:
        super().__init__(layers=[])
        self._keys: list[Tensor] = []
        self._values: list[Tensor] = []
        self._slots = 0
        self._width = 0

    def reserve(self, slots: int, width: int) -> None:
        """Make room for `slots` sequences of up to `width` tokens; what is there stays."""
        if slots <= self._slots and width < self._width:
            return
        self._slots, self._width = max(slots, self._slots), max(2 * width, self._width, 64)
        for buffers in (self._keys, self._values):
            for layer, old in enumerate(buffers):
                buffers[layer] = old.new_zeros(self._slots, self._width, *old.shape[2:])
                buffers[layer][: old.shape[0], : old.shape[1]] = old

    @property
    def trash(self) -> int:
        """A position that no sequence reaches, where padding is written."""
        return self._width - 1

    def aim(self, first: int, positions: Tensor, length: int) -> None:
        """The next run works on the slots from `first` on.

        Arguments:
            positions: (slots, new tokens): where each new token stands in its sequence, `trash` for padding.
            length: tokens of the longest of these sequences, the new ones included.
        """
        self._first, self._positions, self._length = first, positions, length
        self._rows = torch.arange(first, first + len(positions), device=positions.device)[:, None]

    def update(self, key_states: Tensor, value_states: Tensor, layer_idx: int, *_: Any, **__: Any) -> tuple[Any, Any]:
        """Store new keys and values, (sequences, heads, new tokens, width); give all of these sequences."""
        new = (key_states, value_states)
        return self._add(self._keys, layer_idx, new[0]), self._add(self._values, layer_idx, new[1])

    def _add(self, buffers: list[Tensor], layer: int, new: Tensor) -> Tensor:
        _, heads, _, width = new.shape
        while len(buffers) <= layer:
            buffers.append(new.new_zeros(self._slots, self._width, heads, width))
        buffer = buffers[layer]
        buffer[self._rows, self._positions] = new.transpose(1, 2)
        return buffer[self._first : self._first + len(self._rows), : self._length].transpose(1, 2)

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """Positions are always given, so nothing is counted here."""
        return 0

    def move(self, source: int, target: int, length: int) -> None:
        """Copy the first `length` tokens of one slot to another."""
        for buffers in (self._keys, self._values):
            for buffer in buffers:
                buffer[target, :length] = buffer[source, :length]

    def read(self, slot: int, length: int) -> Stored:
        """A copy of the first `length` tokens of a slot."""
        pairs = zip(self._keys, self._values, strict=True)
        return [(keys[slot, :length].clone(), values[slot, :length].clone()) for keys, values in pairs]

    def write(self, slot: int, stored: Stored, length: int) -> None:
        """Begin a slot with the first `length` tokens of what was read before."""
        for layer, (keys, values) in enumerate(stored):
            self._keys[layer][slot, :length] = keys[:length]
            self._values[layer][slot, :length] = values[:length]
