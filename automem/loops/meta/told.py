"""How records are put into what a meta-model is told: between marks that nothing inside can close, figures short."""

from __future__ import annotations

import re
from collections.abc import Iterable

from automem.runs.candidates import Effect

MARKS = ("scaffold", "overview", "candidate", "trial", "recipe", "features")
"""The names between which records stand."""
MOST_EFFECTS = 30
_CLOSING = re.compile(rf"<\s*/\s*({'|'.join(MARKS)})", re.IGNORECASE)


def marked(name: str, text: str) -> str:
    """`text` between marks of a name, one of `MARKS`."""
    inside = _CLOSING.sub(r"<\\/\1", text.rstrip("\n"))
    return f"<{name}>\n{inside}\n</{name}>"


def measured(effects: Iterable[Effect]) -> list[str]:
    """A line for each metric that has moved the most against what it was, progression first; none without effects."""
    chosen = sorted(effects, key=_weight)[:MOST_EFFECTS]
    lines = [f"  {one.metric}: {figure(one.before)}, {figure(one.after)}, {figure(one.difference)}" for one in chosen]
    return ["measured (before, after, difference):", *lines] if lines else []


def figure(value: float | None) -> str:
    """A number in few digits, or that there is none."""
    return "undefined" if value is None else f"{value:.4g}"


def _weight(effect: Effect) -> tuple[bool, float, str]:
    share = abs(effect.difference or 0.0) / (abs(effect.before or 0.0) + 1e-9)
    return effect.metric != "progression", -share, effect.metric
