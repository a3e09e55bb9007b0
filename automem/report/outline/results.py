"""How it played: results, paired differences, what others have published, progression over steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from automem.report.curves import Curve
from automem.report.grid import NOTHING, Grid, comparisons_grid, results_grid, spread
from automem.report.groups import Group, GroupResult
from automem.report.kept import ends, kept
from automem.report.outline.parts import Part, Passage, Plotted, folded
from automem.report.plots.data import TONES, Figure, Form, Line, Lines, Span, Spans, Tone
from automem.report.published import Published
from automem.report.table import Comparison, Report
from automem.traces.summary import Mean, Paired

_MARKS = 4
"""Equal parts of the steps, at whose ends the table of progression says where each group stood."""
_FORMS: Mapping[str, Form] = {"report": "line", "select": "dashed", "train": "dotted"}


def results(report: Report) -> Sequence[Part]:
    """What each group reached, as a plot where there are several, and as a table; what no loop kept folded away."""
    shown = kept(report)
    spans = tuple(_reached(shown, result) for result in shown.results if result.overall.progression.mean is not None)
    parts: list[Part] = []
    if len(spans) > 1:
        told = _told((report.name_of(one.group), one.overall.progression) for one in shown.results)
        title = "Mean progression with its standard error"
        parts.append(Figure("results", title, told, Spans(spans, "progression, %")))
    if shown.results:
        parts.append(results_grid(shown))
        parts.append(Passage(_CONDITIONS if shown.mixed else _settings(shown)))
    if len(shown.results) < len(report.results):
        parts.append(folded("All that was played, also what no loop kept", results_grid(report)))
    return parts


_CONDITIONS = (
    "Groups differ in the conditions they were played under: the world's settings, the models, the sampling. Results"
    " under different conditions are compared only where the scaffold is the same."
)


def _settings(report: Report) -> str:
    worlds = ", ".join(dict.fromkeys(one.group.env for one in report.results))
    conditions = report.results[0].group.conditions.partition(": ")[2]
    return f"Played in {worlds}" + (f", under these conditions: {conditions}." if conditions else ".")


def differences(report: Report) -> Sequence[Part]:
    """What changed from group to group, paired by task and seed: of what the loops kept, else of all they tried."""
    shown = kept(report)
    shown = shown if shown.comparisons else report
    spans = tuple(_difference(shown, one) for one in shown.comparisons)
    parts: list[Part] = []
    if spans:
        told = _told((pair_name(shown, one), _as_mean(one.difference)) for one in shown.comparisons)
        title = "Paired difference of progression with its 95 % interval"
        parts += [Figure("differences", title, told, Spans(spans, "points of progression", zero=True))]
        parts += [comparisons_grid(shown)]
    if len(shown.comparisons) < len(report.comparisons):
        parts.append(folded("All comparisons, also of what no loop kept", comparisons_grid(report)))
    return parts


def published(report: Report) -> Sequence[Part]:
    """What others reached in the same worlds, beside what was reached here."""
    return [part for one in report.published for part in _published(report, one)]


def _published(report: Report, found: Published) -> Iterator[Part]:
    own = [result for result in ends(report).results if result.group.env == found.env]
    own = [result for result in own if result.group.stage != "train"] or own
    yield Passage(
        f"References for the world {found.env}, not rivals: the figures of {found.source}, were played with another"
        f" harness, other prompts, other seeds and, in most rows, another model ({found.played}). They say what has"
        " been reached there, and nothing about which agent is better."
    )
    rows = [Span(one.agent, 100 * one.mean, *_around(one.mean, one.se), "quiet", hollow=True) for one in found.rows]
    mine = [_reached(report, result, "this run: ") for result in own if result.overall.progression.mean is not None]
    told = _told((one.agent, Mean(0, one.mean, one.se)) for one in found.rows)
    title = f"This run beside published results in {found.env}: mean and standard error"
    figure = Figure(f"published-{found.env}", title, told, Spans((*mine, *rows), "progression, %"))
    cells = [(f"{one.agent} (published)", _figure(Mean(0, one.mean, one.se))) for one in found.rows]
    here = [(f"this run: {report.name_of(one.group)}", _figure(one.overall.progression)) for one in own]
    note = f"Published: {found.source}; ± is the standard error. {_limits(own)}"
    table = Grid(f"Results in {found.env}", ("agent", "progression %"), (*here, *cells), 1, note.strip())
    yield Plotted(figure, table)


def _limits(own: Sequence[GroupResult]) -> str:
    """What a reader has to know of this run's episodes before comparing: their settings and length."""
    told = dict.fromkeys(one.group.conditions.partition(": ")[2] for one in own)
    return f"This run was played under: {'; '.join(filter(None, told))}." if any(told) else ""


def steps(report: Report) -> Sequence[Part]:
    """How progression grew over the steps."""
    curves = [curve for curve in report.curves if curve.steps[-1] > 0]
    if not curves:
        return ()
    told = _told((report.name_of(one.group), Mean(one.episodes, one.mean[-1], one.se[-1])) for one in curves)
    title = "Progression over the steps of an episode: mean and standard error"
    lines = tuple(_line(report, curve) for curve in curves)
    figure = Figure("steps", title, f"At the end: {told}", Lines(lines, "steps", "progression, %"))
    return (Plotted(figure, _at_marks(report, curves)),)


def _line(report: Report, curve: Curve) -> Line:
    band = [_around(mean, se) for mean, se in zip(curve.mean, curve.se, strict=True)]
    known = [(low, high) for low, high in band if low is not None and high is not None]
    low, high = zip(*known, strict=True) if len(known) == len(band) else ((), ())
    y = tuple(100 * mean for mean in curve.mean)
    label = f"{report.name_of(curve.group)} ({curve.episodes} episodes)"
    form = _FORMS.get(curve.group.stage, "line")
    return Line(label, tuple(map(float, curve.steps)), y, low, high, tone_of(report, curve.group), form)


def _at_marks(report: Report, curves: Sequence[Curve]) -> Grid:
    last = max(curve.steps[-1] for curve in curves)
    marks = [round(last * part / _MARKS) for part in range(1, _MARKS + 1)]
    rows = tuple(
        (report.name_of(one.group), *(spread(_at(one, mark), "%.1f", scale=100) for mark in marks)) for one in curves
    )
    columns = ("group", *(f"step {mark:,}" for mark in marks))
    return Grid("Progression in percent", columns, rows, 1, "An episode that is over keeps what it had reached.")


def _at(curve: Curve, step: int) -> Mean:
    place = max(place for place, at in enumerate(curve.steps) if at <= step)
    return Mean(curve.episodes, curve.mean[place], curve.se[place])


def tone_of(report: Report, group: Group) -> Tone:
    """The colour of a player: a scaffold under its conditions has the same one in every plot."""
    players = list(dict.fromkeys((one.group.scaffold_hash, one.group.conditions) for one in kept(report).results))
    player = (group.scaffold_hash, group.conditions)
    return TONES[players.index(player) % len(TONES)] if player in players else "quiet"


def _reached(report: Report, result: GroupResult, prefix: str = "") -> Span:
    found = result.overall.progression
    label = prefix + report.name_of(result.group)
    return Span(label, _percent(found.mean), *_around(found.mean, found.se), tone_of(report, result.group))


def _difference(report: Report, one: Comparison) -> Span:
    found = one.difference
    bounds = _percent(found.low), _percent(found.high)
    return Span(pair_name(report, one), _percent(found.mean), *bounds, tone_of(report, one.after))


def pair_name(report: Report, one: Comparison) -> str:
    """Both ends, what they share said once: `report crafter-v0 v0 → v5`."""
    before, after = report.name_of(one.before), report.name_of(one.after)
    same = f"{one.after.stage} {one.after.scaffold.rpartition(' ')[0]} "
    return f"{before} → {after.removeprefix(same) if before.startswith(same) else after}"


def _around(mean: float | None, se: float | None) -> tuple[float | None, float | None]:
    """A mean less and plus its standard error, in percent."""
    return (None, None) if mean is None or se is None else (100 * (mean - se), 100 * (mean + se))


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _as_mean(difference: Paired) -> Mean:
    return Mean(difference.n, difference.mean, difference.se)


def _figure(mean: Mean) -> str:
    return spread(mean, "%.2f", scale=100)


def _told(rows: Iterator[tuple[str, Mean]]) -> str:
    """Values in words, for who cannot see a plot."""
    return "; ".join(f"{name} {_figure(mean)}" for name, mean in rows if _figure(mean) != NOTHING) + "."
