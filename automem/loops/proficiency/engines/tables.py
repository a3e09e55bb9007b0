"""The features of examples as a table: how each is spread over all that may be trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from automem.evidence.tool import clip, short
from automem.loops.proficiency.example import Example
from automem.loops.proficiency.features import FEATURES

_QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)
_MOST_TEXTS = 12


def feature_table(examples: Iterable[Example], phase: str | None = None) -> dict[str, Any]:
    """Each feature with its meaning and its spread.

    Arguments:
        examples: all that there are.
        phase: of the examples that count; all when left out.
    """
    rows = [one.features for one in examples if phase in (None, one.phase)]
    return {
        "examples": len(rows),
        "spread": "least, quarter, half, three quarters, most; of truth values the share of true; of texts how many",
        "features": {name: _told(about, [row[name] for row in rows]) for name, about in FEATURES.items()},
    }


def _told(about: str, values: Sequence[float | int | bool | str]) -> dict[str, Any]:
    if not values:
        return {"is": about}
    if isinstance(values[0], str):
        return {"is": about, "texts": _texts(Counter(map(str, values)))}
    numbers = sorted(float(value) for value in values)
    if all(isinstance(value, bool) for value in values):
        return {"is": about, "true": short(sum(numbers) / len(numbers))}
    spread = [short(numbers[round(part * (len(numbers) - 1))]) for part in _QUANTILES]
    return {"is": about, "spread": spread, "above_0": short(sum(number > 0 for number in numbers) / len(numbers))}


def _texts(counts: Counter[str]) -> Mapping[str, int]:
    found = {clip(text, 160): number for text, number in counts.most_common(_MOST_TEXTS)}
    rest = counts.total() - sum(found.values())
    return {**found, **({"(others)": rest} if rest > 0 else {})}
