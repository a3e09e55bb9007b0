"""What plots show, as data that knows nothing of drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["1", "2", "3", "4", "5", "6", "quiet"]
"""A colour of the page: one for each player, in order; `quiet` for what is beside the point."""
TONES: tuple[Tone, ...] = ("1", "2", "3", "4", "5", "6")
Form = Literal["line", "dashed", "dotted", "steps", "points", "hollow"]


@dataclass(frozen=True)
class Span:
    """A value with its interval.

    Arguments:
        label: what it is of.
        value: None where there is none; then the label stands alone.
        low, high: the ends of the interval; None where there is none.
        tone: its colour.
        hollow: whether its mark is an outline.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    tone: Tone = "1"
    hollow: bool = False


@dataclass(frozen=True)
class Spans:
    """Values below each other, on one axis.

    Arguments:
        spans: from the top.
        axis: what is measured, with its unit.
        zero: whether zero is marked, as for differences.
    """

    spans: tuple[Span, ...]
    axis: str
    zero: bool = False


@dataclass(frozen=True)
class Line:
    """Values over something.

    Arguments:
        label: what they are of.
        x, y: as many of one as of the other.
        low, high: the ends of their intervals; empty where there are none.
        tone: its colour.
        form: how it is drawn.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    tone: Tone = "1"
    form: Form = "line"


@dataclass(frozen=True)
class Lines:
    """Lines on one pair of axes; `across` and `up` name them with their units."""

    lines: tuple[Line, ...]
    across: str
    up: str


@dataclass(frozen=True)
class Figure:
    """A plot.

    Arguments:
        name: names its parts on a page: letters and `-`.
        title: what it shows.
        description: what is to be seen, in words, for who cannot see it.
        drawing: the data.
    """

    name: str
    title: str
    description: str
    drawing: Spans | Lines
