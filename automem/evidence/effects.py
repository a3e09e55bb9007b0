"""What another scaffold does to recorded steps: sizes of prompts, firings, actions it would stop, writes it refuses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from automem.agent.record import Op
from automem.agent.retrace import Retraced
from automem.evidence.tool import clip, within
from automem.evidence.wording import op_line
from automem.traces.metrics.ratio import Ratio
from automem.traces.ops import by_agent

_EXAMPLES = 5
_SECTIONS_ROOM = 1_800
_FIRINGS_ROOM = 1_500


class _Size:
    """Characters before and after."""

    def __init__(self) -> None:
        self.before, self.after = Ratio(), Ratio()

    def result(self) -> dict[str, Any]:
        """Mean sizes."""
        before, after = self.before.value, self.after.value
        return {"before": None if before is None else round(before), "after": None if after is None else round(after)}


class _Events:
    """Things that happen now and did not before: how many, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self._examples: list[dict[str, Any]] = []

    def add(self, entry: dict[str, Any]) -> None:
        """Count one."""
        self.count += 1
        if len(self._examples) < _EXAMPLES:
            self._examples.append(entry)

    def result(self) -> dict[str, Any]:
        """Number and examples."""
        return {"count": self.count, "examples": self._examples}


class Effects:
    """Two scaffolds on the same recorded steps, step by step.

    `shown` holds the prompts to be shown: name, text before, text after.

    Arguments:
        rules: notices, guards and updates that are told of even where they never fire, as `guard no_north`.
    """

    def __init__(self, rules: Sequence[str] = ()) -> None:
        self._rules = rules
        self.shown: list[tuple[str, str, str]] = []
        self._lived = self._sampled = 0
        self._phases: defaultdict[str, _Size] = defaultdict(_Size)
        self._sections: defaultdict[str, defaultdict[str, _Size]] = defaultdict(lambda: defaultdict(_Size))
        self._before: Counter[str] = Counter()
        self._after: Counter[str] = Counter()
        self._actions, self._refused = _Events(), _Events()

    def add(self, episode: str, was: Retraced, now: Retraced, *, sampled: bool) -> None:
        """Count one step; where it is `sampled`, its sizes too."""
        self._lived += 1
        place = {"episode": episode, "step": now.step.number}
        self._before.update(f"{one.kind} {one.name} ({one.effect})" for one in was.firings)
        self._after.update(f"{one.kind} {one.name} ({one.effect})" for one in now.firings)
        for one in now.firings:
            if one.kind == "guard" and one.phase == "action":
                guarded = {"guard": one.name, "effect": one.effect, "action": clip(now.step.action, 60)}
                self._actions.add({**place, **guarded})
        for op in _newly_refused(was, now):
            self._refused.add({**place, "op": op_line(op), "reply": clip(op.reply, 200)})
        if sampled:
            self._sampled += 1
            self._measure(was, now)

    def _measure(self, was: Retraced, now: Retraced) -> None:
        for phase in {**was.openings, **now.openings}:
            for side, lived in (("before", was), ("after", now)):
                prompt = lived.openings.get(phase)
                if prompt is not None:
                    getattr(self._phases[phase], side).add(len(prompt.text))
                    for part in prompt.parts:
                        getattr(self._sections[phase][part.name], side).add(len(part.text))

    def show(self, was: Retraced, now: Retraced) -> None:
        """Keep this step's prompts for showing."""
        for phase, prompt in now.openings.items():
            before = was.openings.get(phase)
            self.shown.append((f"{now.step.number}.{phase}", "" if before is None else before.text, prompt.text))

    def result(self) -> dict[str, Any]:
        """All figures, bounded."""
        sizes = {
            phase: {**size.result(), "changed_sections": self._changed(phase)} for phase, size in self._phases.items()
        }
        fired = {**self._before, **self._after}
        silent = [rule for rule in self._rules if not any(name.startswith(f"{rule} (") for name in fired)]
        changed = [
            {"fires": name, "before": self._before[name], "after": self._after[name]} for name in (*silent, *fired)
        ]
        return {
            "steps_lived_again": self._lived,
            "steps_measured": self._sampled,
            "mean_prompt_chars": sizes,
            "firings": within(changed, _FIRINGS_ROOM),
            "guards_on_recorded_actions": self._actions.result(),
            "ops_newly_refused": self._refused.result(),
        }

    def _changed(self, phase: str) -> list[Any]:
        sections = [{"section": name, **size.result()} for name, size in self._sections[phase].items()]
        return within([one for one in sections if one["before"] != one["after"]], _SECTIONS_ROOM)


def _newly_refused(was: Retraced, now: Retraced) -> list[Op]:
    """The agent's ops that end otherwise than `ok`, and did not so before."""
    known = Counter((op.op, op.file, op.status) for op in was.ops if by_agent(op))
    refused = []
    for op in now.ops:
        key = (op.op, op.file, op.status)
        if by_agent(op) and op.status != "ok":
            if known[key]:
                known[key] -= 1
            else:
                refused.append(op)
    return refused
