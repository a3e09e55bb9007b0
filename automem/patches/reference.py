"""All that a patch can say in tables: the language of scaffolds, the patch document, and the metrics."""

from __future__ import annotations

from collections.abc import Callable

from automem.agent.reference import LANGUAGE, models, parts, table
from automem.patches.model import Patch
from automem.traces.metrics import METRICS


def _metrics() -> str:
    rows = [(f"`{name}`", metric.meaning, metric.unit, metric.better) for name, metric in METRICS.items()]
    return table(("metric", "meaning", "unit", "better"), rows)


TABLES: dict[str, Callable[[], str]] = {
    **LANGUAGE,
    "patch": lambda: models(parts(Patch)),
    "metrics": _metrics,
}
"""Name → what writes the table, in Markdown."""
