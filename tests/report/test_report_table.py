from __future__ import annotations

import io
import json
import math
from dataclasses import replace

import pytest
from rich.console import Console

from automem.report.data import to_data
from automem.report.markdown import to_markdown
from automem.report.table import Report, build
from automem.report.text import render_text
from automem.traces.summary import CostRow, EpisodeRow

ROW = EpisodeRow("k", "select", "crafter-v0 v0", "hash0", "crafter", "default", 42, "done", 0.25, 100)
COSTS = (CostRow("base", 1200, 3_000_000, 2_400_000, 40_000, 1.25, 60.5), CostRow("specialist", 3))


def played(seed: int, progression: float, **metrics: float | None) -> EpisodeRow:
    return replace(ROW, seed=seed, progression=progression, metrics=metrics)


def report() -> Report:
    first = [
        played(1, 0.2, memory_growth=100.0, empty_search_rate=0.5, **{"guard.gate": 4.0}),
        played(2, 0.3, memory_growth=120.0, empty_search_rate=None),
        replace(played(3, 0.4, memory_growth=140.0, empty_search_rate=0.25), reused=True),
        replace(ROW, seed=4, status="owed", progression=None, steps=None, error="server | silent"),
    ]
    second = [
        replace(row, scaffold="crafter-v0 v1", scaffold_hash="hash1", progression=row.progression + gain)
        for row, gain in zip(first, (0.1, 0.2, 0.3), strict=False)
        if row.progression is not None
    ]
    return build([*first, *second], run="demo", owed=2, costs=COSTS)


def text(made: Report, *, terminal: bool) -> str:
    out = io.StringIO()
    render_text(made, Console(file=out, force_terminal=terminal, width=120))
    return out.getvalue()


def test_figures() -> None:
    made = report()
    v0, v1 = made.results
    assert (v0.overall.played, v0.overall.owed, v0.overall.reused) == (3, 1, 1)
    assert v0.overall.progression.mean == pytest.approx(0.3)
    assert v0.overall.progression.se == pytest.approx(0.1 / math.sqrt(3))
    assert v1.group.scaffold_hash == "hash1"
    (comparison,) = made.comparisons
    assert (comparison.before, comparison.after, comparison.differs) == (v0.group, v1.group, "scaffold")
    assert comparison.difference.mean == pytest.approx(0.2)
    values = {row.metric: row.values for row in made.behaviour}
    assert list(values) == ["memory_growth", "empty_search_rate", "guard.gate"]
    assert (values["memory_growth"][0].mean, values["memory_growth"][0].n) == (120.0, 3)
    assert (values["empty_search_rate"][0].mean, values["empty_search_rate"][0].n) == (0.375, 2)
    assert values["guard.gate"][0].mean == pytest.approx(4 / 3)
    assert made.errors == ("server | silent",)


def test_tasks_come_apart_and_together() -> None:
    rows = [replace(played(seed, progression), task=task) for task, seed, progression in
            [("maze", 1, 1.0), ("maze", 2, 0.0), ("boxes", 1, 0.0)]]  # fmt: skip
    (result,) = build(rows, run="r", owed=0).results
    assert [(task.task, task.progression.mean) for task in result.tasks] == [("maze", 0.5), ("boxes", 0.0)]
    assert result.overall.progression.mean == pytest.approx(1 / 3)


def test_worlds_and_seeds_that_do_not_meet_are_not_compared() -> None:
    rows = [ROW, replace(ROW, env="minihack", scaffold_hash="h"), replace(ROW, seed=7, scaffold_hash="i")]
    assert build(rows, run="r", owed=0).comparisons == ()


SHORT, LONG = "aaaaaaaa: max_steps=10, scripted crafter", "bbbbbbbb: max_steps=60, scripted crafter"


def mixed() -> Report:
    short = [replace(played(seed, 0.1), conditions=SHORT) for seed in (1, 2)]
    long = [replace(played(seed, 0.3), conditions=LONG) for seed in (1, 2)]
    edited = [replace(row, scaffold="crafter-v0 v1", scaffold_hash="hash1", progression=0.6) for row in long]
    return build([*short, *long, *edited], run="r", owed=0)


def test_what_was_played_under_other_conditions_is_not_averaged() -> None:
    made = mixed()
    found: list[object] = [(r.group.scaffold, r.group.conditions, r.overall.progression.mean) for r in made.results]
    assert found == [
        ("crafter-v0 v0", SHORT, pytest.approx(0.1)),
        ("crafter-v0 v0", LONG, pytest.approx(0.3)),
        ("crafter-v0 v1", LONG, pytest.approx(0.6)),
    ]


def test_only_one_thing_at_a_time_is_compared() -> None:
    made = mixed()
    short, long, edited = (result.group for result in made.results)
    found: list[object] = [(c.before, c.after, c.differs, c.difference.n, c.difference.mean) for c in made.comparisons]
    assert found == [
        (short, long, "conditions", 2, pytest.approx(0.2)),
        (long, edited, "scaffold", 2, pytest.approx(0.3)),
    ]


def test_conditions_are_shown_where_they_differ() -> None:
    shown = text(mixed(), terminal=False)
    assert f"select  crafter-v0 v0  {LONG}  default" in shown
    assert "select crafter-v0 v0 aaaaaaaa  select crafter-v0 v0 bbbbbbbb  conditions" in shown
    alike = build([replace(ROW, conditions=LONG)], run="r", owed=0)
    assert "bbbbbbbb" not in text(alike, terminal=False)


PLAIN = """\
Run demo

Results
stage   scaffold       task     episodes  owed  reused  progression %        steps
select  crafter-v0 v0  default         3     1       1   30.00 ± 5.77  100.0 ± 0.0
select  crafter-v0 v1  default         3     –       1  50.00 ± 11.55  100.0 ± 0.0
Mean ± standard error over finished episodes.

Paired differences
from                  to                    pairs  difference   95 % interval
select crafter-v0 v0  select crafter-v0 v1      3      +20.00  -4.84 … +44.84
Percentage points of progression, to minus from, paired by task and seed (Student's t).

Behaviour
metric               unit             select crafter-v0 v0  select crafter-v0 v1
memory_growth ↓      characters/step          120.0 ± 11.5          120.0 ± 11.5
empty_search_rate ↓  %                         37.5 ± 12.5           37.5 ± 12.5
↑ more is better, ↓ less is better; mean ± standard error over episodes. The written reports have 1 more.

Models
model       calls  input tokens    of them cached  output tokens  seconds  s/call     USD
base        1,200     3,000,000  2,400,000 (80 %)         40,000     60.5   0.050  1.2500
specialist      3             –                 –              –      0.0   0.000       –
2 episodes are owed; the same `automem apply` plays them.
owed: server | silent
"""


def test_plain_text() -> None:
    assert text(report(), terminal=False) == PLAIN


def test_the_terminal_shows_the_same_cells() -> None:
    shown = text(report(), terminal=True)
    for cell in ("30.00 ± 5.77", "-4.84 … +44.84", "37.5 ± 12.5", "2,400,000", "owed: server | silent"):
        assert cell in shown


def test_markdown() -> None:
    shown = to_markdown(report())
    assert shown.startswith("# Run demo\n\n- 2 episodes owed")
    assert "\n\n## Results\n\n| stage | scaffold | task |" in shown
    assert "| select | crafter-v0 v0 | default | 3 | 1 | 1 | 30.00 ± 5.77 | 100.0 ± 0.0 |" in shown
    assert "| guard.gate | times/100 steps |" in shown
    assert "- owed: server \\| silent" in shown
    assert "| memory_growth | growth of all files but" in shown


def test_data_is_json() -> None:
    data = json.loads(json.dumps(to_data(report())))
    assert data["results"][0]["tasks"][0]["progression"]["n"] == 3
    assert data["costs"][1]["input_tokens"] is None


def test_nothing_played_yet() -> None:
    made = build([], run="empty", owed=10)
    assert "No episode" in text(made, terminal=False)
    assert "10 episodes owed" in to_markdown(made)


def test_names_cannot_drive_the_terminal_or_the_markup() -> None:
    made = build([replace(ROW, task="[red]\x1b[2Jx|<b>")], run="r\x1b]0;", owed=0)
    assert "\x1b[2J" not in text(made, terminal=True)
    assert "[red]\\x1b[2Jx|<b>" in text(made, terminal=False)
    assert "x\\|\\<b>" in to_markdown(made)
