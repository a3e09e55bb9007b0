"""The paper's gate: the candidate is kept when its mean is higher."""

from __future__ import annotations

from collections.abc import Sequence

from automem.loops.gates.base import TINY, over, points
from automem.loops.pairs import Pair
from automem.runs.candidates import Decision
from automem.traces.summary import mean_of


class MeanGate:
    """Strictly greater mean progression over all pairs, asked once, whatever chance had to do with it."""

    name = "mean"

    def looks(self, total: int) -> Sequence[int]:
        """Once, at the end."""
        return (total,)

    def judge(self, pairs: Sequence[Pair], total: int) -> Decision | None:
        """Compare the means when all pairs are there."""
        if len(pairs) < total:
            return None
        before, after = mean_of(pair.before for pair in pairs).mean, mean_of(pair.after for pair in pairs).mean
        difference = (after or 0.0) - (before or 0.0)
        accepted = difference > TINY
        means = f"{100 * (after or 0.0):.1f} % against {100 * (before or 0.0):.1f} %"
        why = f"{points(difference)} points over {over(len(pairs))}, {means}: {'kept' if accepted else 'not higher'}"
        return Decision(self.name, accepted, why, len(pairs), difference)
