"""The page on evidence lists the questions that there are."""

from __future__ import annotations

from pathlib import Path

from automem.evidence.recorded import MOST_EPISODES, MOST_STEPS
from automem.evidence.render_under import LONGEST_PROMPT
from automem.evidence.tool import MOST_CHARS
from automem.evidence.tools import TOOLS

PAGE = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")


def test_the_table_is_fresh() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{name}` | {tool.about} |" for name, tool in TOOLS.items()]


def test_the_bounds_are_the_real_ones() -> None:
    assert f"at most {MOST_CHARS:,} characters" in PAGE
    assert MOST_EPISODES == 4
    assert f"at most four episodes again, {MOST_STEPS} steps of each," in PAGE.replace("\n", " ")
    assert f"more than {LONGEST_PROMPT:,} characters" in PAGE
