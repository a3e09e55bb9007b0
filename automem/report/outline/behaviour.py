"""How it behaved: what the loops changed, metric by metric, and what each metric means."""

from __future__ import annotations

from collections.abc import Sequence

from automem.report.grid import HEADLINES, Grid, behaviour_grid
from automem.report.kept import decisive, ends
from automem.report.lineage import effect_figures, shown_unit
from automem.report.outline.parts import Part, Passage, folded
from automem.report.table import Report, Shift
from automem.runs.candidates import Effect
from automem.traces.metrics import METRICS, metric_of


def behaviour(report: Report) -> Sequence[Part]:
    """The headline metrics before and after on the seeds that decide; what else there is folded away."""
    if not report.behaviour:
        return ()
    shown = ends(report)
    deciding = {one.group for one in decisive(shown.results)}
    found = [(_shift(report, one), one.after in deciding) for one in report.shifts]
    parts: list[Part] = [grid for grid, decides in found if decides]
    parts += [folded(grid.title, grid) for grid, decides in found if not decides]
    groups = behaviour_grid(shown, whole=False)
    parts.append(folded("Each group by itself", groups) if parts else groups)
    parts.append(folded("Every metric", behaviour_grid(shown, whole=True)))
    if len(shown.results) < len(report.results):
        parts.append(Passage("What no loop kept is left out here; the JSON report has the metrics of all groups."))
    return parts


def _shift(report: Report, shift: Shift) -> Grid:
    rows = tuple(
        (one.metric, shown_unit(one.metric), *effect_figures(one), _verdict(one))
        for one in shift.effects
        if one.metric in HEADLINES and one.difference is not None
    )
    columns = ("metric", "unit", "before", "after", "difference", "95 % interval", "")
    note = (
        "Paired by task and seed. Better and worse: the interval is clear of zero; of many metrics some are by chance."
    )
    return Grid(f"From {report.name_of(shift.before)} to {report.name_of(shift.after)}", columns, rows, 2, note)


def _verdict(effect: Effect) -> str:
    """`better` or `worse` where the interval is clear of zero and one way is better; else nothing."""
    if effect.low is None or effect.high is None or effect.low <= 0 <= effect.high:
        return ""
    better = metric_of(effect.metric).better
    if better == "none":
        return "changed"
    return "better" if (effect.low > 0) == (better == "up") else "worse"


def meanings(report: Report) -> Sequence[Part]:
    """What each measured metric means."""
    names = dict.fromkeys(row.metric.partition(".")[0] for row in report.behaviour)
    rows = tuple((name, METRICS[name].meaning, METRICS[name].unit) for name in names)
    grid = Grid("", ("metric", "meaning", "unit"), rows, 3)
    return (folded("Every metric in a sentence", grid),) if rows else ()
