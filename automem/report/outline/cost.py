"""What it cost: by model, by purpose, and the whole run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from automem.report.grid import NOTHING, Grid, costs_grid
from automem.report.lineage import spent
from automem.report.outline.parts import Facts, Part
from automem.report.spending import Spending, Whole
from automem.report.table import Report


def cost(report: Report) -> Sequence[Part]:
    """The costs that are known."""
    parts: list[Part] = [costs_grid(report.costs)] if report.costs else []
    if len(report.spending) > 1:
        parts.append(_purposes(report.spending))
    if report.whole is not None and report.whole.cost.calls:
        parts.append(Facts((("the whole run", _whole(report.whole)), ("training", _training(report)))))
    return parts


def _purposes(spending: Iterable[Spending]) -> Grid:
    rows = tuple(
        (
            one.what,
            f"{one.cost.calls:,}",
            f"{one.cost.input_tokens:,}",
            f"{one.cost.cached_tokens:,}",
            f"{one.cost.output_tokens:,}",
            f"{one.cost.seconds:,.1f}",
            f"{one.cost.usd:,.4f}" if one.cost.priced == one.cost.calls else NOTHING,
        )
        for one in spending
    )
    columns = ("for", "calls", "input tokens", "of them cached", "output tokens", "seconds", "USD")
    note = "Tokens that an engine does not count are estimated from characters. Calls overlap, and so do their seconds."
    return Grid("What the calls were for", columns, rows, 1, note)


def _whole(whole: Whole) -> str:
    times = "once" if whole.applies == 1 else f"{whole.applies} times"
    said = (
        f"{spent(whole.cost)}, answers that were thrown away included; applied {times}, {whole.seconds:,.0f} s in all"
    )
    return f"{said} of wall time"


def _training(report: Report) -> str:
    trained = [trial for trial in report.trials if trial.weights]
    seconds, tokens = (sum(one.seconds for one in trained), sum(one.counts.get("tokens", 0) for one in trained))
    return f"{seconds:,.0f} s, {tokens:,} tokens" if trained else ""
