"""Plots drawn by matplotlib, the same bytes each time; imported where a plot is drawn, for it takes its time."""

from __future__ import annotations

import io
import warnings
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from automem.printable import printable
from automem.report.plots.data import Figure, Line, Lines, Span, Spans, Tone
from automem.report.plots.svg import INK, PAINTS, RULE

WIDTH = 480
"""Of a plot, in the units of its SVG; text is 12 of them high."""
_UNITS = 72
_ROW, _LONG_ROW, _FRAME, _LEGEND_ROW, _BODY = 20, 38, 46, 18, 210
_SHORT_LABEL = 14
"""Characters up to which labels stand beside their marks, and not above them."""
_LONGEST_LABEL = 62

_STYLE: dict[str, Any] = {
    "axes.edgecolor": RULE,
    "axes.facecolor": "none",
    "axes.labelcolor": INK,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "none",
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "legend.fontsize": 11.5,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "text.color": INK,
    "text.parse_math": False,
    "text.usetex": False,
    "xtick.color": RULE,
    "xtick.labelcolor": INK,
    "ytick.color": RULE,
    "ytick.labelcolor": INK,
}


def draw(figure: Figure) -> str:
    """A plot as the SVG that matplotlib writes; its colours are those of `svg.PAINTS`."""
    style: Any = {**_STYLE, "svg.hashsalt": figure.name}
    with mpl.rc_context(style), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that the font which measures text does not have
        drawing = figure.drawing
        canvas = _spans(drawing) if isinstance(drawing, Spans) else _lines(drawing)
        out = io.StringIO()
        canvas.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return out.getvalue()


def _canvas(height: float) -> tuple[Canvas, Axes]:
    canvas = Canvas(figsize=(WIDTH / _UNITS, height / _UNITS), dpi=_UNITS, layout="constrained")
    FigureCanvasSVG(canvas)
    return canvas, canvas.add_subplot()


def _spans(drawing: Spans) -> Canvas:
    short = all(len(span.label) <= _SHORT_LABEL for span in drawing.spans)
    canvas, axes = _canvas(_FRAME + (_ROW if short else _LONG_ROW) * len(drawing.spans))
    axes.set_ylim(len(drawing.spans) - 0.5, -0.5 if short else -0.72)
    axes.set_xlabel(drawing.axis)
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    if drawing.zero:
        axes.axvline(0, color=INK, linewidth=1)
    for place, span in enumerate(drawing.spans):
        axes.axhline(place, color=RULE, linewidth=0.5)
        _span(axes, place, span)
        if not short:
            axes.text(0, place - 0.17, _label(span.label), transform=axes.get_yaxis_transform(), va="bottom")
    axes.set_yticks(range(len(drawing.spans)) if short else [])
    axes.set_yticklabels([_label(span.label) for span in drawing.spans] if short else [])
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.06)
    return canvas


def _span(axes: Axes, place: int, span: Span) -> None:
    paint = PAINTS[span.tone]
    if span.low is not None and span.high is not None:
        axes.plot([span.low, span.high], [place, place], color=paint, linewidth=2, solid_capstyle="butt")
    if span.value is not None:
        axes.plot([span.value], [place], **_mark(span.tone, hollow=span.hollow))


def _lines(drawing: Lines) -> Canvas:
    canvas, axes = _canvas(_BODY + _LEGEND_ROW * len(drawing.lines))
    axes.set_xlabel(drawing.across)
    axes.set_ylabel(drawing.up)
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    for line in drawing.lines:
        _line(axes, line)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.02)
    canvas.legend(loc="outside upper left", ncols=1, handlelength=2.2, borderpad=0)
    return canvas


def _line(axes: Axes, line: Line) -> None:
    paint, label = PAINTS[line.tone], _label(line.label)
    if line.form in ("points", "hollow"):
        axes.plot(line.x, line.y, **_mark(line.tone, hollow=line.form == "hollow"), label=label)
        if line.low:
            axes.vlines(line.x, line.low, line.high, colors=paint, linewidth=1.5)
        return
    if line.low:
        axes.fill_between(line.x, line.low, line.high, color=paint, alpha=0.18, linewidth=0)
    style = {"dashed": (0, (5, 2)), "dotted": (0, (1.2, 1.8))}.get(line.form, "solid")
    steps = "steps-post" if line.form == "steps" else "default"
    axes.plot(line.x, line.y, color=paint, linewidth=2, linestyle=style, drawstyle=steps, label=label)


def _mark(tone: Tone, *, hollow: bool) -> dict[str, Any]:
    """A round mark without a line, for `Axes.plot`."""
    paint = PAINTS[tone]
    fill = "none" if hollow else paint
    return {"marker": "o", "markersize": 7, "color": paint, "markerfacecolor": fill, "linestyle": "none"}


def _label(text: str) -> str:
    flat = printable(" ".join(text.split()))
    return flat if len(flat) <= _LONGEST_LABEL else flat[: _LONGEST_LABEL - 1] + "…"
