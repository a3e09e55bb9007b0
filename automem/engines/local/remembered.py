"""Prompts that were read before: their keys and values, the least recently used dropped first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from automem.engines.local.slots import Stored


@dataclass(frozen=True)
class Entry:
    """Tokens, and what the model's layers made of them."""

    tokens: Sequence[int]
    stored: Stored

    @property
    def bytes(self) -> int:
        """Memory of its keys and values."""
        return sum(keys.nbytes + values.nbytes for keys, values in self.stored)


class Remembered:
    """A bounded store of entries.

    Arguments:
        limit: bytes at most; 0 remembers nothing.

    Attributes:
        bytes: taken by keys and values.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.bytes = 0
        self._entries: OrderedDict[tuple[Hashable, ...], Entry] = OrderedDict()

    def __contains__(self, key: tuple[Hashable, ...]) -> bool:
        return key in self._entries

    @property
    def on(self) -> bool:
        """Whether anything is remembered at all."""
        return self._limit > 0

    def find(self, keys: Iterable[tuple[Hashable, ...]], tokens: Sequence[int]) -> tuple[int, Stored]:
        """How many leading tokens one of the entries shares with `tokens`, the most there are, and that entry."""
        best, stored = 0, Stored()
        for key in keys:
            entry = self._entries.get(key)
            if entry is None:
                continue
            self._entries.move_to_end(key)
            shared = common(entry.tokens, tokens)
            if shared > best:
                best, stored = shared, entry.stored
        return best, stored

    def put(self, key: tuple[Hashable, ...], entry: Entry) -> None:
        """Remember `entry` under `key`."""
        self.drop(key)
        self._entries[key] = entry
        self.bytes += entry.bytes
        while self.bytes > self._limit:
            self.drop(next(iter(self._entries)))

    def drop(self, key: tuple[Hashable, ...]) -> None:
        """Forget an entry, if it is there."""
        entry = self._entries.pop(key, None)
        self.bytes -= entry.bytes if entry is not None else 0

    def forget(self, adapter: Hashable) -> None:
        """Forget all that was read under an adapter, which stands first in its entries' keys."""
        for key in [key for key in self._entries if key[0] == adapter]:
            self.drop(key)


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many leading tokens two sequences share."""
    length = min(len(one), len(other))
    if one[:length] == other[:length]:
        return length
    return next(i for i in range(length) if one[i] != other[i])
