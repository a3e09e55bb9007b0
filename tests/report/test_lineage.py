"""Expected and measured effects in words and tables."""

from __future__ import annotations

import pytest

from automem.loops.structure.lineage import Promise
from automem.report.lineage import effect_grid, expected, lineage_grids, measured, one_line, spent
from automem.runs.candidates import Effect
from automem.runs.costs import Cost

GAIN = Effect("progression", 10, 0.312, 0.334, 0.022, -0.001, 0.045)
LESS = Effect("longest_run", 2, 12.0, 1.5, -10.5)
ABSENT = Effect("duplicate_lines.map.md", 0, None, None, None)


@pytest.mark.parametrize(
    ("promise", "awaited", "came"),
    [
        (
            Promise("progression", "up", 0.02, GAIN),
            "progression up by 2 points",
            "31.20 → 33.40 %, +2.20 [-0.10, +4.50], n = 10",
        ),
        (Promise("longest_run", "down", 3.0, LESS), "longest_run down by 3", "12.0 → 1.5, -10.5, n = 2"),
        (
            Promise("duplicate_lines.map.md", "down", "90%", ABSENT),
            "duplicate_lines.map.md down by 90%",
            "– → – %, –, n = 0",
        ),
        (Promise("steps", "same", None, None), "steps same", "not measured"),
    ],
)
def test_a_promise(promise: Promise, awaited: str, came: str) -> None:
    assert (expected(promise), measured(promise)) == (awaited, came)


def test_effects_as_a_table() -> None:
    assert effect_grid([GAIN, LESS]).rows == (
        ("progression", "%", "31.20", "33.40", "+2.20", "-0.10, +4.50", "10"),
        ("longest_run", "steps", "12.0", "1.5", "-10.5", "–", "2"),
    )


def test_costs_say_what_is_estimated_and_what_has_no_price() -> None:
    assert (
        spent(Cost(calls=1200, uncounted=1, input_tokens=3_000, output_tokens=500)) == "1,200 calls, about 3,500 tokens"
    )
    assert spent(Cost(calls=2, input_tokens=9, usd=0.12, priced=2)) == "2 calls, 9 tokens, 0.1200 USD"


def test_one_line_of_a_long_text() -> None:
    assert one_line(" a\n\tb ") == "a b"
    assert one_line("four words are here", 11) == "four words…"


def test_no_candidates_no_table() -> None:
    assert list(lineage_grids(())) == []
