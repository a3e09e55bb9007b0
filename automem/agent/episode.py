"""What one episode carries: its variables, its memory, and the records of the step being played."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from automem.agent.located import RuleError
from automem.agent.program import Program
from automem.agent.prompt import PhasePrompts, Prompt
from automem.agent.record import Firing, Op, Role, Turn
from automem.agent.rules import Ruling
from automem.envs.base import Observation
from automem.memory.memory import Memory
from automem.memory.outcome import Call, Outcome

_MOST_UNSEEN = 100
"""Answers kept for a section whose condition does not hold; older ones are not worth a prompt."""


class Episode:
    """The state of one episode between and within its steps.

    Arguments:
        program: what it runs on.
        memory: its files.

    `unseen` holds answers the agent has not been shown yet, `guarded` how often each guard has acted in
    this step, `openings` the prompts that this step's phases began with; the rest are the variables and
    records of the step.
    """

    def __init__(self, program: Program, memory: Memory) -> None:
        self.program = program
        self.memory = memory
        self.kept = {name: part.start for name, part in program.carried.items()}
        self.values: dict[str, Any] = {
            **program.static,
            "step": 0,
            "action": "",
            "raw_action": "",
            "action_valid": True,
            "obs_text": "",
            "obs_changed": True,
            "unchanged_count": 0,
            "obs": {},
            "state": {name: part.show(part.start) for name, part in program.carried.items()},
            "notices": {},
            "loaded": {},
            "wrote": 0,
            "unseen": "",
            "continued": False,
        }
        self.turns: list[Turn] = []
        self.ops: list[Op] = []
        self.firings: list[Firing] = []
        self.unseen: list[str] = []
        self.guarded: dict[str, int] = {}
        self.openings: dict[str, Prompt] = {}

    def observe(self, seen: Observation) -> None:
        """Begin a step: take in the observation, then extract, carry and update."""
        values, text = self.values, seen.text
        first = values["step"] == 0
        changed = first or text.strip() != values["obs_text"].strip()
        self.turns, self.ops, self.firings = [], [], []
        self.guarded, self.openings = {}, {}
        values["step"] += 1
        values["obs_text"] = text
        values["obs_changed"] = changed
        values["unchanged_count"] = 0 if changed else values["unchanged_count"] + 1
        values["wrote"] = 0
        values["continued"] = False
        self._extract(seen)
        self._carry()
        self.load()
        self.update("observe")

    def _extract(self, seen: Observation) -> None:
        before: dict[str, Any] = self.values["obs"]
        self.values["obs"] = found = {}
        for name, extract in self.program.extractors.items():
            found[name] = extract(seen, self.values, before.get(name))

    def _carry(self) -> None:
        state = self.values["state"]
        for name, part in self.program.carried.items():
            self.kept[name] = part.step(self.values, self.kept[name])
            state[name] = part.show(self.kept[name])
        position = self.program.position
        self.where = None if position is None else position.where(self.values)

    def logged(self) -> None:
        """LOG is over, from the second step on: the engine's own records follow, then PLAN."""
        self.update("log")
        rule = self.program.rule
        self.values["continued"] = rule.phases.log is not None and rule.conversation == "per_step"

    def acted(self, action: str, raw: str, *, valid: bool) -> None:
        """Note what ran in the world, what the model had written, and whether that was an action."""
        self.values["action"] = action
        self.values["raw_action"] = raw
        self.values["action_valid"] = valid

    def refuse_last_commit(self, reply: str) -> None:
        """Record that a guard refused the action committed last, and what it said."""
        at = max(number for number, op in enumerate(self.ops) if op.verb == "commit" and op.status == "ok")
        self.ops[at] = msgspec.structs.replace(self.ops[at], status="rejected", reply=reply)

    def load(self) -> None:
        """Bring `files` and `loaded` up to date with the memory."""
        views = self.memory.views()
        self.values["files"] = {name: vars(view) for name, view in views.items()}
        for name, rule in self.program.rule.autoload.items():
            view = views.get(rule.file)
            lines = () if view is None else view.lines
            text = "\n".join(lines if rule.tail is None else lines[-rule.tail :])
            self.values["loaded"][name] = text or self.program.empties[name]

    def speak(self, prompts: PhasePrompts, phase: str) -> None:
        """Bring the notices that a phase shows up to date."""
        self.values["notices"] = told = {}
        self.unseen = self.unseen[-_MOST_UNSEEN:]
        self.values["unseen"] = "\n".join(self.unseen)
        for notice in self.program.notices:
            told[notice.name] = ""
            if prompts.notices is None or notice.name in prompts.notices:
                told[notice.name], held = notice.speak(self.values)
                if held:
                    self.firings.append(Firing("notice", notice.name, "+".join(held), phase))

    def update(self, moment: str) -> None:
        """Carry out the scaffold's own writes of this moment."""
        for update in self.program.updates[moment]:
            if update.when.holds(self.values):
                call = Call(update.verb, update.file, update.args(self.values))
                outcome = self.memory.run(call, self.where, by="engine")
                self.firings.append(Firing("update", update.name, outcome.status, moment))
                self.ops.append(op_record(moment, 0, "engine", update.name, outcome))
                self.load()

    def guard(self, place: str, **extra: Any) -> Ruling:
        """What the guards of `place` say, in the order written, up to the first that rejects or rewrites.

        Arguments:
            place: an op's tag, `action`, `log` or `plan`.
            extra: the names that this place offers besides.
        """
        values = {**self.values, **extra}
        warnings: list[str] = []
        for guard in self.program.guards.get(place, ()):
            if not guard.acts(values, self.guarded.get(guard.name, 0)):
                continue
            self.guarded[guard.name] = self.guarded.get(guard.name, 0) + 1
            self.firings.append(Firing("guard", guard.name, guard.effect, place))
            text = guard.text.render(values)
            if guard.effect == "reject":
                return Ruling(text or f"refused by {guard.name}", tuple(warnings), by=guard.name)
            if guard.effect == "rewrite":
                return Ruling("", tuple(warnings), text, guard.name)
            warnings.append(text)
        return Ruling("", tuple(warnings))

    def guard_action(self, proposed: str) -> Ruling:
        """As `guard`, of an action; what a guard puts in its place is one of the world's too.

        Raises:
            RuleError: it is none.
        """
        ruling = self.guard("action", proposed=proposed)
        if ruling.rewritten is None:
            return ruling
        action = self.program.actions.action(ruling.rewritten)
        if action is None:
            raise RuleError(("guards", ruling.by, "rewrite"), f"{ruling.rewritten!r} is no action")
        return replace(ruling, rewritten=action)


def op_record(phase: str, turn: int, role: Role, tag: str, outcome: Outcome, reply: str = "") -> Op:
    """The record of an op that memory carried out or refused."""
    return Op(
        phase=phase,
        turn=turn,
        role=role,
        op=tag,
        verb=outcome.verb,
        status=outcome.status,
        file=outcome.file,
        args=dict(outcome.args),
        before=outcome.before_chars,
        after=outcome.after_chars,
        shown=outcome.shown,
        total=outcome.total,
        redundant=outcome.redundant,
        reply=reply,
    )
