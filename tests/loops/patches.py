"""Candidates of loop 1 as its rows hold them, for a run of the shipped Crafter scaffold."""

from __future__ import annotations

from typing import Any

from automem.runs.candidates import Candidate

STUCK = "notices/unchanged/rules/stuck/when"


def patch(steps: int = 2, episode: str = "", step: int = 3) -> str:
    """A patch that lets the notice speak after `steps` unchanged observations."""
    seen = f"  - {{episode: '{episode}', step: {step}, note: it stands still}}\n" if episode else ""
    return f"""\
kind: patch
of: crafter-v0
reason: |
  The notice comes too late.
  Three steps are lost each time.
evidence:
  - {{metric: longest_run, value: 7}}
{seen}expects:
  - {{metric: progression, direction: up, size: 0.02}}
  - {{metric: longest_run, direction: down, size: 20%}}
edits:
  - replace: {STUCK}
    was: unchanged_count >= 3
    with: unchanged_count >= {steps}
"""


def candidate(number: int, **facts: Any) -> Candidate:
    """A candidate of the first attempts at v0."""
    usual: dict[str, Any] = {"root": 0, "parent": 0, "revision": 1, "attempt": number, "continuation": 0}
    made = {**usual, "proposer": "catalogue", "patch": patch(), "created": f"2026-01-01T00:00:{number:02}", **facts}
    return Candidate(number, **made)
