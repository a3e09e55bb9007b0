"""What loop 1 tried, in words and as tables: expected and measured effects, verdicts, costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from automem.loops.structure.lineage import Promise, Tried
from automem.report.grid import NOTHING, Grid, digits
from automem.runs.candidates import Effect
from automem.runs.costs import Cost
from automem.traces.metrics import metric_of

_SHORT = 60
WIDTH = 100
"""Characters of a reason or verdict where it has one line."""


def lineage_grids(lineage: Sequence[Tried]) -> Iterator[Grid]:
    """All candidates in short; nothing where there are none."""
    if lineage:
        short = tuple((made(one), one_line(one.reason, _SHORT) or NOTHING, one_line(one.verdict)) for one in lineage)
        yield Grid("Lineage", ("candidate", "reason", "verdict"), short, 3, "`automem history` says more of each.")


def made(tried: Tried) -> str:
    """A candidate with its parent and its version: `c3 (v1 → v4)`."""
    candidate = tried.candidate
    after = f"v{candidate.version}" if candidate.version is not None else NOTHING
    return f"{candidate.name} (v{candidate.parent} → {after})"


def one_line(text: str, width: int | None = WIDTH) -> str:
    """A text on one line, cut where it is longer than `width` characters."""
    flat = " ".join(text.split())
    return flat if width is None or len(flat) <= width else flat[: width - 1].rstrip() + "…"


def expected(promise: Promise) -> str:
    """What was expected: `progression up by 2 points`."""
    said = f"{promise.metric} {promise.direction}"
    if promise.size is None:
        return said
    if isinstance(promise.size, str):
        return f"{said} by {promise.size}"
    if _is_share(promise.metric):
        return f"{said} by {100 * promise.size:g} points"
    return f"{said} by {promise.size:g}"


def measured(promise: Promise) -> str:
    """What was measured: `31.20 → 33.40 %, +2.20 [-0.10, +4.50], n = 10`."""
    return "not measured" if promise.effect is None else changed(promise.effect)


def changed(effect: Effect) -> str:
    """The same of an effect."""
    before, after, difference, interval = effect_figures(effect)
    unit = " %" if _is_share(effect.metric) else ""
    bounds = f" [{interval}]" if interval != NOTHING else ""
    return f"{before} → {after}{unit}, {difference}{bounds}, n = {effect.pairs}"


def effect_grid(effects: Iterable[Effect]) -> Grid:
    """The table of what a candidate did to each metric."""
    columns = ("metric", "unit", "before", "after", "difference", "95 % interval", "pairs")
    rows = tuple((one.metric, shown_unit(one.metric), *effect_figures(one), str(one.pairs)) for one in effects)
    return Grid("Measured effect", columns, rows, 2, "Parent and candidate, paired by task and seed.")


def shown_unit(metric: str) -> str:
    """The unit in which a metric is shown."""
    return "%" if _is_share(metric) else metric_of(metric).unit


def effect_figures(effect: Effect) -> tuple[str, str, str, str]:
    """Before, after, difference and its interval; shares in percent."""
    scale = 100.0 if _is_share(effect.metric) else 1.0
    form = "%.2f" if scale > 1 else digits(effect.before)
    signed = form.replace("%", "%+")
    shown = [_shown(value, form, scale) for value in (effect.before, effect.after)]
    low, high = (_shown(value, signed, scale) for value in (effect.low, effect.high))
    interval = NOTHING if NOTHING in (low, high) else f"{low}, {high}"
    return shown[0], shown[1], _shown(effect.difference, signed, scale), interval


def spent(cost: Cost) -> str:
    """What some calls cost: `1,200 calls, 3,200,000 tokens, 0.1200 USD`; estimated counts say `about`."""
    about = "about " if cost.uncounted else ""
    money = f", {cost.usd:,.4f} USD" if cost.calls and cost.priced == cost.calls else ""
    return f"{cost.calls:,} calls, {about}{cost.tokens:,} tokens{money}"


def _shown(value: float | None, form: str, scale: float) -> str:
    return NOTHING if value is None else form % (scale * value)


def _is_share(metric: str) -> bool:
    return metric_of(metric).unit == "share"
