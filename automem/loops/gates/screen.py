"""The screen: a first look at few seeds that drops what plays worse there."""

from __future__ import annotations

from collections.abc import Sequence

from automem.loops.gates.base import TINY, over, points
from automem.loops.pairs import Pair
from automem.runs.candidates import Decision
from automem.traces.summary import mean_of

NAME = "screen"
WORSE = 1.0
"""Standard errors below zero from which a candidate counts as worse.

Merely being behind would drop one candidate in four of those that gain 5 points, on 3 seeds of Crafter (spread of a
difference: 12 points); this rule drops 7 in 100 (`python -m benchmarks gates`).
"""


def screen(pairs: Sequence[Pair]) -> Decision | None:
    """A rejection where the candidate is worse on balance; None to play on.

    Its mean difference must lie below zero by more than its standard error. One pair alone never decides. The
    screen only ever drops, so that what passes it is no more likely to be kept by chance.
    """
    found = mean_of(pair.difference for pair in pairs)
    if found.mean is None or found.se is None or found.mean >= -max(WORSE * found.se, TINY):
        return None
    spread = f"standard error {100 * found.se:.1f}"
    why = f"{points(found.mean)} points over the first {over(found.n)}, {spread}: dropped by the screen"
    return Decision(NAME, False, why, found.n, found.mean)
