"""Plots: the same bytes each time, colours of the page, no style of their own, names that are nobody's markup."""

from __future__ import annotations

from xml.etree import ElementTree as Tree

import pytest

from automem.report.plots.data import Figure, Line, Lines, Span, Spans
from automem.report.plots.draw import draw
from automem.report.plots.svg import in_page

NAMES = ("$x^2$ <b>&\x1b[2J", "猫の地図 ☃", "long " * 40)
SPANS = Spans(
    tuple(Span(name, 1.0 + place, *((0.5, 3.0) if place else (None, None))) for place, name in enumerate(NAMES)),
    "points",
    zero=True,
)
MANY = Spans(
    tuple(Span(f"c{place}", None if place == 3 else float(place), None, None) for place in range(28)), "points"
)
LINES = Lines(
    tuple(
        Line(name, (0.0, 1.0, 2.0), (0.0, 2.0, 4.0), *(((0.0, 1.0, 3.0), (0.0, 3.0, 5.0)) if band else ()), form=form)
        for name, band, form in (
            (NAMES[0], True, "line"),
            ("b", False, "steps"),
            ("c", True, "points"),
            ("d", False, "hollow"),
        )
    ),
    "steps",
    "loss",
)


@pytest.mark.parametrize("drawing", [SPANS, MANY, LINES], ids=["spans", "many", "lines"])
def test_a_plot(drawing: Spans | Lines) -> None:
    figure = Figure("fig", "What it shows", "In words <b>", drawing)
    svg = in_page(draw(figure), figure)
    assert svg == in_page(draw(figure), figure)
    root = Tree.fromstring(svg)
    assert (root.get("role"), root.get("aria-label")) == ("img", "What it shows")
    assert root.find("desc").text == "In words <b>"  # type: ignore[union-attr]
    elements = list(root.iter())
    assert {element.tag for element in elements} <= {
        "svg",
        "desc",
        "defs",
        "g",
        "path",
        "text",
        "use",
        "clipPath",
        "rect",
    }
    assert not any("style" in element.attrib for element in elements)
    ids = [element.get("id") for element in elements if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(str(name).startswith("fig-") for name in ids)
    colours = {element.get(name) for element in elements for name in ("fill", "stroke")} - {None, "none"}
    assert all(colour == "currentColor" or str(colour).startswith("var(--") for colour in colours)


def test_names_stand_in_it_as_they_are() -> None:
    figure = Figure("fig", "", "", SPANS)
    texts = [element.text for element in Tree.fromstring(in_page(draw(figure), figure)).iter("text")]
    assert "$x^2$ <b>&\\x1b[2J" in texts
    assert "猫の地図 ☃" in texts
    assert any(str(text).endswith("…") for text in texts)
