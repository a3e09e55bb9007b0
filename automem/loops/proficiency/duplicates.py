"""Which examples are nearly the same: word shingles of what changes in a conversation, compared by MinHash.

A. Broder, "On the resemblance and containment of documents" (1997): of two sets, the share of hash functions whose
smallest value is the same estimates the size of their intersection over the size of their union.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from automem.loops.proficiency.example import Example

Sketch = npt.NDArray[np.uint32]
"""The smallest value of each hash function over one text's shingles."""

HASHES = 128
"""The estimate's standard error is at most 4.4 points, and 2.7 at a resemblance of 0.9."""
SHINGLE = 3
"""Words."""

_WORD = re.compile(r"\w+|[^\w\s]")


def _numbers(what: str) -> npt.NDArray[np.uint64]:
    """A column of 64-bit numbers that look drawn by chance."""
    digests = (hashlib.blake2b(f"{what} {at}".encode(), digest_size=8).digest() for at in range(HASHES))
    return np.frombuffer(b"".join(digests), np.dtype("<u8")).astype(np.uint64).reshape(HASHES, 1)


# Hash functions h(x) = (a·x + b mod 2⁶⁴) / 2³², a odd: "multiply-shift" (M. Dietzfelbinger, 1996). They are fixed for
# good: which examples are alike must not change from one process, machine or version of a library to the next.
_FACTORS = _numbers("factor") | np.uint64(1)
_OFFSETS = _numbers("offset")
_SHIFT = np.uint64(32)


def sketch(example: Example) -> Sketch:
    """The sketch of an example: of its whole conversation, but for the prompt's beginning that never changes."""
    words = [word for text in _changing(example) for word in _WORD.findall(text.casefold())]
    count = max(1, len(words) - SHINGLE + 1)
    shingles = {" ".join(words[at : at + SHINGLE]).encode(errors="replace") for at in range(count)}
    hashes = np.fromiter(map(zlib.crc32, shingles), np.uint64, len(shingles))
    values = (hashes * _FACTORS + _OFFSETS) >> _SHIFT
    smallest: Sketch = values.min(axis=1).astype(np.uint32)
    return smallest


def _changing(example: Example) -> Iterator[str]:
    for said in example.messages[example.given :]:
        yield said.text[said.stable :]


class Kept:
    """Sketches to compare others with.

    Arguments:
        alike: the resemblance from which two count as nearly the same, 0 to 1.
    """

    def __init__(self, alike: float) -> None:
        self._alike = alike
        self._rows = np.empty((16, HASHES), np.uint32)
        self._count = 0

    def has(self, other: Sketch) -> bool:
        """Whether one that is kept is nearly the same."""
        same = (self._rows[: self._count] == other).mean(axis=1)
        return bool((same >= self._alike).any())

    def keep(self, other: Sketch) -> None:
        """Add one."""
        if self._count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._rows[self._count] = other
        self._count += 1
