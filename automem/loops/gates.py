"""Gates: whether a candidate plays better than the incumbent, and when that is clear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from automem.loops.pairs import Pair
from automem.runs.candidates import Decision


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
