"""What traces, questions and reports say of who of two models did what."""

from __future__ import annotations

import io

from rich.console import Console

from agent.stage import DONE, Episode, play
from agent.test_two_models import ENOUGH, NORTH, READ, SPOKEN
from automem.agent.record import Header
from automem.evidence.steps import _KINDS
from automem.evidence.wording import op_line
from automem.report.step_text import overview, step_view
from automem.report.table import build
from automem.report.text import render_text
from automem.traces.metrics import measure
from automem.traces.summary import CostRow, EpisodeRow

SOUTH = "<|ACTION|>South<|END|>"
WRITE = "<|APPEND|>log.md|a tree<|END|>"
ANSWERS = [READ + ENOUGH, NORTH, WRITE + DONE, READ + SOUTH, READ, NORTH]


def two() -> Episode:
    """Two steps: in the second one the specialist looks and acts, then the base looks and acts otherwise."""
    return play(ANSWERS, SPOKEN, texts=("one", "two"), split=True)


def header() -> Header:
    return Header(
        1, "k", "select", "stage v0", "h", "film", "film", 1, "1", {}, {"base": "a", "specialist": "b"}, {}, {}
    )


def test_metrics_by_role() -> None:
    found = measure(header(), two().steps, {})
    assert {name: found[name] for name in ("calls", "calls.base", "calls.specialist")} == {
        "calls": 6.0,
        "calls.base": 3.0,
        "calls.specialist": 3.0,
    }
    assert (found["memory_ops"], found["memory_ops.specialist"], found["memory_ops.base"]) == (2.0, 1.5, 0.5)
    assert found["intention_differs"] == 1.0
    assert found["call_seconds.specialist"] == 0.0
    assert (found["uncached_share.specialist"] or 0) > 0


def test_one_model_has_no_figures_of_a_specialist() -> None:
    found = measure(header(), play(ANSWERS, SPOKEN, texts=("one", "two")).steps, {})
    assert [name for name in found if "specialist" in name] == []
    assert found["intention_differs"] == 1.0


def test_a_trace_shows_roles_and_what_was_withdrawn() -> None:
    episode = two()
    first, second = list(overview(header(), episode.steps))[1:3]
    assert "withdrawn" not in first
    assert "North | withdrawn 'South'" in second
    whole = "\n".join(step_view(header(), episode.steps[1]))
    for told in (
        "log, turn 0, specialist",
        "plan, turn 0, specialist",
        "plan, turn 1, base",
        "while consulting: South",
    ):
        assert told in whole
    assert [op_line(op).split()[1] for op in episode.steps[1].ops] == ["specialist"] * 4 + ["READ", "ACTION"]
    assert [_KINDS["intention"](step) for step in episode.steps] == [False, True]


def test_a_report_shows_the_figures_of_both_roles() -> None:
    metrics = measure(header(), two().steps, {})
    row = EpisodeRow("k", "select", "stage v0", "h", "film", "film", 1, "done", 0.2, 2, metrics)
    costs = [CostRow("base", 3, 600, 300, 30, None, 1.5), CostRow("specialist", 3, 400, 100, 20, None, 0.3)]
    stream = io.StringIO()
    render_text(build([row], run="two", owed=0, costs=costs), Console(file=stream, width=200))
    lines = {line.split("  ")[0].strip(" ↑↓"): line for line in stream.getvalue().splitlines()}
    for name in ("calls.base", "calls.specialist", "memory_ops.specialist", "uncached_share.base", "intention_differs"):
        assert name in lines
    assert "100 (25 %)" in lines["specialist"]
    assert "0.100" in lines["specialist"]
