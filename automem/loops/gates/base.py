"""What every gate is, and how gates say their figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from automem.loops.pairs import Pair
from automem.runs.candidates import Decision

TINY = 1e-9
"""Progression and differences of it below this are rounding: 1/22 + 2/22 is not 3/22 in binary."""


class Gate(Protocol):
    """Decides from pairs, and may do so before all are played."""

    name: str

    def looks(self, total: int) -> Sequence[int]:
        """After how many finished pairs the gate wants to be asked: ascending, the last is `total`."""
        ...

    def judge(self, pairs: Sequence[Pair], total: int) -> Decision | None:
        """Decide, or None to play on; never None when all `total` pairs are there.

        Arguments:
            pairs: those finished at one of the `looks`, in the order of seeds and tasks.
            total: how many there can be.
        """
        ...


def points(share: float) -> str:
    """A difference of progression in percentage points: `+3.6`, `−1.2`, `0.0`."""
    text = f"{100 * share:+.1f}"
    return "0.0" if float(text) == 0 else text.replace("-", "−")


def over(pairs: int) -> str:
    """How many pairs, in words: `1 pair`, `20 pairs`."""
    return f"{pairs} pair" if pairs == 1 else f"{pairs} pairs"
