"""Guards that act whenever they could, so that they no longer tell one case from another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from automem.agent.record import Step
from automem.evidence.diagnostics.finding import Finder, Finding, Moment, Tally
from automem.traces.ops import UNREAD, by_agent

_LEAST = 5
"""Steps on which a guard must have had its chance before "always" says anything."""


class Guards(Finder):
    """Guards that acted on every step on which they could."""

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        super().__init__(scaffold)
        self._chances: Counter[str] = Counter()
        self._acted = Tally()

    def see(self, at: Moment) -> None:
        """Look at the next step."""
        acted = {firing.name for firing in at.step.firings if firing.kind == "guard"}
        for name, rule in self.scaffold.get("guards", {}).items():
            self._chances[name] += name in acted or _could(rule["on"], at.step)
            if name in acted:
                self._acted.hit(name, at.episode, at.step.number)

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found."""
        for name, chances in self._chances.items():
            if chances >= _LEAST and chances == self._acted.hits[name]:
                detail = f"the guard {name} acted on each of the {chances} steps on which it could"
                weight, places = self._acted.weight(name, steps), self._acted.places(name)
                yield Finding("always", f"guard.{name}", chances, weight, detail, places, f"guard.{name}")


def _could(on: str, step: Step) -> bool:
    """Whether a step came to what a guard is about."""
    if on == "action":
        return step.valid
    if on in ("log", "plan"):
        return any(turn.phase == on for turn in step.turns)
    return any(by_agent(op) and op.op == on and op.status not in (*UNREAD, "denied") for op in step.ops)
