"""What the scaffold offers and says: commands that fail or stay unused, notices, turns, and prompts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from automem.agent.record import Step
from automem.evidence.diagnostics.finding import Finder, Finding, Moment, Place, Tally, percent
from automem.traces.ops import LOG, by_agent, controls, in_vain, reads

_STATUSES = {
    "malformed": ("malformed_ops", "malformed_op_rate", "could not be understood"),
    "unknown": ("unknown_ops", "malformed_op_rate", "are not in the vocabulary"),
    "denied": ("denied_ops", "denied_op_rate", "are not allowed in that phase"),
    "rejected": ("rejected_ops", "rejected_op_rate", "were rejected by a guard"),
}


class Commands(Finder):
    """Ops that were not carried out, by tag, and ops never used."""

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        super().__init__(scaffold)
        self._bad: defaultdict[str, Tally] = defaultdict(Tally)
        self._used: Counter[str] = Counter()
        self._phases: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def see(self, at: Moment) -> None:
        """Look at the next step."""
        for op in at.step.ops:
            if by_agent(op):
                self._used[op.op] += 1
                if op.status in _STATUSES:
                    self._phases[op.op][op.phase] += 1
                    self._bad[op.status].hit(op.op, at.episode, at.step.number, op.reply)
        if at.step.raw or at.step.intention:
            for tag, rule in self.scaffold.get("ops", {}).items():
                self._used[tag] += rule.get("verb") == "commit"

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found."""
        for status, (name, metric, what) in _STATUSES.items():
            tally = self._bad[status]
            for tag in tally.subjects():
                times, weight = tally.hits[tag], tally.weight(tag, steps)
                more = {"phases": sorted(self._phases[tag]), "of": self._used[tag]}
                detail = f"{times} ops {tag or 'without a tag'} {what}"
                yield Finding(name, tag, times, weight, detail, tally.places(tag), metric, more)
        for tag, rule in self.scaffold.get("ops", {}).items():
            if not self._used[tag] and rule.get("verb") not in ("end", "commit"):
                yield Finding("unused_ops", tag, 0, 0.0, f"{tag} was never used in {steps} steps", metric="input_chars")


class Notices(Finder):
    """Notices and guards that spoke on no step, or on nearly every one."""

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        super().__init__(scaffold)
        self._tally = Tally()

    def see(self, at: Moment) -> None:
        """Look at the next step."""
        for firing in at.step.firings:
            self._tally.hit(f"{firing.kind}.{firing.name}", at.episode, at.step.number, firing.effect)

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found."""
        for kind in ("notice", "guard"):
            for name in self.scaffold.get(f"{kind}s", {}):
                key = f"{kind}.{name}"
                weight = self._tally.weight(key, steps)
                if weight == 0:
                    yield Finding("silent", key, 0, 0.0, f"the {kind} {name} never spoke in {steps} steps", metric=key)
                elif weight > 0.9:
                    detail = f"the {kind} {name} spoke on {percent(weight)} of all steps"
                    yield Finding("constant", key, weight, weight, detail, self._tally.places(key), key)


class Turns(Finder):
    """Calls that came to nothing: phases that ran out of turns, nudges, LOG that only ended, vain consultation."""

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        super().__init__(scaffold)
        phases: Mapping[str, Any] = scaffold.get("phases", {})
        self._limits = {name: int((phase or {}).get("turns", 5)) for name, phase in phases.items()}
        self._out, self._idle, self._nothing, self._silent = Tally(), Tally(), Tally(), Tally()
        self._calls: Counter[str] = Counter()
        self._most: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()

    def see(self, at: Moment) -> None:
        """Look at the next step."""
        for phase, calls in Counter(turn.phase for turn in at.step.turns).items():
            self._calls[phase] += calls
            self._seen[phase] += 1
            self._most[phase] = max(self._most[phase], calls)
            self._phase(at, phase, calls)

    def _phase(self, at: Moment, phase: str, calls: int) -> None:
        step, here = at.step, (at.episode, at.step.number)
        own = [op for op in step.ops if by_agent(op) and op.phase == phase]
        limit = self._limits.get(phase, calls + 1)
        if calls >= limit > 1 and (phase != LOG or not any(controls(op) for op in own)):
            self._out.hit(phase, *here, f"{calls} calls")
        answered = {op.turn for op in own} | ({self._last_turn(step, phase)} if step.raw and phase != LOG else set())
        for turn in step.turns:
            if turn.phase == phase and turn.turn not in answered and not any(controls(op) for op in own):
                self._silent.hit(phase, *here, turn.answer)
        if phase == LOG and not any(not controls(op) for op in own):
            self._idle.hit(phase, *here)
        asked = [op for op in own if reads(op)]
        if calls > 1 and asked and all(in_vain(op) for op in asked):
            self._nothing.hit(phase, *here, ", ".join(f"{op.op} {op.file}" for op in asked))

    def _last_turn(self, step: Step, phase: str) -> int:
        return max(turn.turn for turn in step.turns if turn.phase == phase)

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found."""
        told = (
            ("turns_out", self._out, "steps used up the turns of"),
            ("no_command", self._silent, "answers held no command, in"),
            ("idle_log", self._idle, "steps did nothing but end"),
            ("vain_consultation", self._nothing, "steps looked into memory and were shown nothing, in"),
        )
        for name, tally, what in told:
            for phase in tally.subjects():
                times, weight = tally.hits[phase], tally.weight(phase, steps)
                detail = f"{times} {what} {phase.upper()}"
                yield Finding(name, phase, times, weight, detail, tally.places(phase), f"turns.{phase}")
        for phase, limit in self._limits.items():
            most, mean = self._most[phase], self._calls[phase] / max(1, self._seen[phase])
            if 0 < most < limit:
                detail = f"{phase.upper()} never took more than {most} of its {limit} turns, {mean:.1f} on average"
                yield Finding("spare_turns", phase, most, 0.0, detail, metric=f"turns.{phase}")


class Prompts(Finder):
    """How long prompts get, and how much of them changes from step to step."""

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        super().__init__(scaffold)
        self._chars: Counter[str] = Counter()
        self._stable: Counter[str] = Counter()
        self._longest: dict[str, tuple[int, Place]] = {}

    def see(self, at: Moment) -> None:
        """Look at the next step."""
        for turn in at.step.turns:
            self._chars[turn.phase] += turn.prompt_chars
            self._stable[turn.phase] += turn.stable_chars
            if turn.prompt_chars > self._longest.get(turn.phase, (0,))[0]:
                place = Place(at.episode, at.step.number, f"{turn.prompt_chars} characters")
                self._longest[turn.phase] = turn.prompt_chars, place

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found."""
        for phase, chars in sorted(self._chars.items()):
            share = 1 - self._stable[phase] / max(1, chars)
            detail = f"{percent(share)} of the prompt text of {phase.upper()} is outside its stable beginning"
            longest, place = self._longest[phase]
            yield Finding("changing_prompt", phase, share, 0.0, detail, (place,), "uncached_share")
            each = chars / steps
            detail = f"{phase.upper()} reads {each:.0f} characters a step; its longest prompt has {longest}"
            yield Finding("long_prompts", phase, longest, 0.0, detail, (place,), "longest_input_chars", {"each": each})
