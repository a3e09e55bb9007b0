"""What a scaffold shows its model of its commands and of what it recalls, as far as can be said without play."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from automem.agent.commands import Replies, compile_command
from automem.agent.located import RuleError
from automem.agent.prompt import CUT
from automem.memory.outcome import Line, Outcome
from automem.spec.language import LanguageError, compile_expression, compile_template
from automem.spec.scaffold import Phase, PhaseName, PromptSection, Scaffold

STEPS = (2, 3, 50, 100_000)
"""Steps at which a condition that hangs on the step alone is tried; LOG begins with the second."""

SAMPLE = "-12,7 iron beside the lava lake"
"""Stands for what a model writes and recalls."""

_MANY = 987_654


def settled(when: str, values: dict[str, Any]) -> bool | None:
    """What a condition comes to by these values alone; None where it hangs on something that play decides."""
    try:
        return compile_expression(when).holds(values)
    except LanguageError:
        return None


def rendered(template: str, values: dict[str, Any]) -> str | None:
    """What a template says by these values alone; None where that hangs on play."""
    try:
        return compile_template(template).render(values)
    except LanguageError:
        return None


@dataclass(frozen=True)
class Shown:
    """What stands in the prompts and messages of a scaffold.

    Arguments:
        scaffold: without errors, its schemas written into it.
    """

    scaffold: Scaffold

    def tells(self, phase: PhaseName, tag: str) -> bool:
        """Whether a phase's opening prompt, or the one it goes on from, lists a command or names it."""
        phases: tuple[PhaseName, ...] = ("log", phase) if self.scaffold.conversation == "per_step" else (phase,)
        word = re.compile(rf"(?<![\w-]){re.escape(tag)}(?![\w-])")
        return any(word.search(text) for one in phases for text in self._prompts[one])

    def answers(self, tag: str) -> bool:
        """Whether the model is shown in PLAN what a command that looks at a file has found."""
        command = compile_command(tag, self.scaffold.ops[tag])
        args = {name: "a" for name in command.names.values() if name != "file"}
        sources = {**self.scaffold.library.replies, **self.scaffold.replies}
        outcome = Outcome("ok", command.verb.name, "a.md", args, (Line(SAMPLE),), 1, _MANY)
        op = {**command.view, "args": args, "file": "a.md", "text": "a"}
        try:
            reply = Replies(sources, {"env": {}, "tables": self.scaffold.tables}).say(op, outcome)
        except RuleError:
            return True
        return SAMPLE in reply or (command.verb.name == "count" and str(_MANY) in reply)

    @cached_property
    def results(self) -> bool:
        """Whether the messages of PLAN pass on what its commands have answered."""
        source = self._templates.get(self.scaffold.phases.plan.results, "")
        said = rendered(source, {**self._values("plan"), "replies": [SAMPLE], "turns_left": 1})
        return said is None or SAMPLE in said

    @cached_property
    def _templates(self) -> dict[str, str]:
        return {**self.scaffold.library.templates, **self.scaffold.templates}

    @cached_property
    def _prompts(self) -> dict[PhaseName, list[str]]:
        """The texts of each phase's sections that can ever stand in its opening prompt."""
        rules: dict[PhaseName, Phase | None] = {"log": self.scaffold.phases.log, "plan": self.scaffold.phases.plan}
        return {
            phase: [
                text
                for section in (rule.sections.values() if rule is not None else ())
                for text in [self._text(section, self._values(phase))]
                if text
            ]
            for phase, rule in rules.items()
        }

    def _text(self, section: PromptSection, values: dict[str, Any]) -> str:
        """A section's text; empty where its condition never holds."""
        if all(settled(section.when, {**values, "step": step}) is False for step in STEPS):
            return ""
        source = section.text if section.text is not None else self._templates[section.template or ""]
        text = rendered(source, values)
        if text is None:  # it hangs on play: whatever it lists counts, and whatever it names
            listed = any(reference[0] == "ops" for reference in compile_template(source).references)
            text = "\n".join([source, *(op["tag"] for op in values["ops"] if listed)])
        most = section.max_chars
        return text if most is None or len(text) <= most else text[: most - len(CUT)]

    def _values(self, phase: PhaseName) -> dict[str, Any]:
        """What is known of a phase's prompts before any play."""
        listed = {tag: op for tag, op in self.scaffold.ops.items() if op.advertised and phase in op.phases}
        ops = [compile_command(tag, op).view for tag, op in listed.items()]
        return {"phase": phase, "tables": self.scaffold.tables, "ops": ops}
