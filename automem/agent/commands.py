"""The vocabulary at work: from the tags in an answer to calls on memory, and from outcomes to replies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from automem.agent.located import Template
from automem.agent.parser import OpForm
from automem.memory.outcome import Line, Outcome, Status
from automem.memory.verbs import Verb, find_verb
from automem.spec.scaffold import OpRule, PhaseName

_FREE = ("text", "line")


@dataclass(frozen=True)
class Command:
    """One op of the scaffold.

    Arguments:
        tag: what the agent writes.
        verb: what it does.
        file: the file it is bound to, empty when the agent names one.
        form: how it is written.
        names: the form's argument name → the verb's.
        phases: where it is allowed.
        about: what the command list says of it.
        advertised: whether the command list shows it.
        at_most: how often a phase allows it; None for any number.
        lines: the most lines its answer shows; None for as many as memory gives.
    """

    tag: str
    verb: Verb
    file: str
    form: OpForm
    names: Mapping[str, str]
    phases: tuple[PhaseName, ...]
    about: str
    advertised: bool
    at_most: int | None
    lines: int | None

    @property
    def view(self) -> dict[str, Any]:
        """What templates see of it."""
        return {
            "tag": self.tag,
            "usage": self.form.usage,
            "about": self.about,
            "verb": self.verb.name,
            "args": list(self.form.args),
        }

    def bind(self, written: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """The file and the verb's arguments, from the arguments as written."""
        args = {self.names[name]: value for name, value in written.items()}
        return self.file or args.pop("file", ""), args


def compile_command(tag: str, rule: OpRule) -> Command:
    """The command that carries out one op rule of a scaffold."""
    verb = find_verb(rule.verb)
    taken = [arg for arg in verb.args if not (arg.type == "file" and rule.file)]
    names = {rule.args.get(arg.name, arg.name): arg.name for arg in taken}
    free = bool(taken) and taken[-1].type in _FREE
    form = OpForm(tag, tuple(names), free=free, commit=verb.name == "commit")
    return Command(
        tag,
        verb,
        rule.file or "",
        form,
        names,
        tuple(rule.phases),
        rule.about,
        rule.advertised,
        rule.at_most,
        rule.lines,
    )


def endings(commands: Iterable[Command], phase: str, pick: str) -> tuple[tuple[str, str], ...]:
    """What completes an answer in a phase, as `Request.ends`: an op that ends the phase, or the action.

    Arguments:
        commands: the scaffold's.
        phase: `log` or `plan`.
        pick: which of an answer's actions counts; where it is the last, none of them completes the answer.
    """
    complete = {"end", "commit"} if pick == "first" else {"end"}
    ending = (command for command in commands if command.verb.name in complete and phase in command.phases)
    return tuple((f"<|{command.tag}|>", "<|END|>" if command.form.args else "") for command in ending)


def unknown_view(tag: str) -> dict[str, Any]:
    """What templates see of an op that the scaffold does not have."""
    return {"tag": tag, "usage": "", "about": "", "verb": "", "args": []}


class Replies:
    """What ops answer, in the scaffold's words.

    Arguments:
        sources: `TAG.status`, `verb.status` or `status` → template; the first that is there counts.
        static: the values that never change: env and tables.
    """

    def __init__(self, sources: Mapping[str, str], static: Mapping[str, Any]) -> None:
        self._templates = {name: Template(("replies", name), source) for name, source in sources.items()}
        self._static = {name: static[name] for name in ("env", "tables")}

    def _template(self, op: Mapping[str, Any], status: str) -> Template:
        names = (f"{op['tag']}.{status}", f"{op['verb']}.{status}", status)
        return next(self._templates[name] for name in names if name in self._templates)

    def say(self, op: Mapping[str, Any], outcome: Outcome) -> str:
        """The reply to `op`, whose outcome it tells."""
        values = {
            **self._static,
            "op": op,
            "args": outcome.args,
            "file": outcome.file,
            "status": outcome.status,
            "lines": [line._asdict() for line in outcome.lines],
            "shown": outcome.shown,
            "total": outcome.total,
            "detail": outcome.detail,
        }
        return self._template(op, outcome.status).render(values)

    def rehearse(self, commands: Iterable[Command]) -> None:
        """Say everything once, for the scaffold's author.

        Raises:
            RuleError: a reply cannot be rendered.
        """
        line = Line("1,2|a line", "1,2", 3, "north-east")
        for command in commands:
            args = {name: "a" for name in command.names.values() if name != "file"}
            op = {**command.view, "args": args, "file": "a.md", "text": "a"}
            for status in get_args(Status):
                for shown in (line, Line("a line")) if status == "ok" and command.verb.access == "read" else ():
                    self.say(op, Outcome(status, command.verb.name, "a.md", args, (shown,), 1, 2))
                if status != "ok" or command.verb.access == "write":
                    self.say(op, Outcome(status, command.verb.name, "a.md", args, detail="why"))
            for status in ("rejected", "ignored"):
                self.refuse(op, status, "why")
            for status in ("denied", "malformed"):
                self.refuse({**op, "args": {}}, status, "why")
        self.refuse(unknown_view("FOO") | {"args": {}}, "unknown", "why")

    def refuse(self, op: Mapping[str, Any], status: str, detail: str) -> str:
        """The reply to an op that never came to memory."""
        values = {**self._static, "op": op, "args": op["args"], "file": op.get("file", ""), "status": status}
        values |= {"lines": [], "shown": 0, "total": 0, "detail": detail}
        return self._template(op, status).render(values)
