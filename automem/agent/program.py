"""A scaffold compiled for one task: everything that can be worked out before the first step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automem.agent.actions import Normaliser
from automem.agent.commands import Command, Replies, compile_command
from automem.agent.extract import compile_extractor
from automem.agent.located import Expression, Path, RuleError, Template
from automem.agent.prompt import PhasePrompts
from automem.agent.rules import compile_guard, compile_notice, compile_update
from automem.agent.state import compile_state
from automem.envs.base import TaskInfo
from automem.errors import AutoMemError
from automem.memory.coords import Metric, Where
from automem.memory.schema import FileSchema
from automem.spec.resolve import ResolvedScaffold, file_schemas
from automem.spec.scaffold import Phase, PhaseName, Position, Scaffold


class Program:
    """What an episode runs on; shared by all episodes of a task and never changed by them.

    Arguments:
        scaffold: self-contained.
        info: the task.

    Raises:
        AutoMemError: the scaffold does not fit the task.

    `consults` says whether PLAN has a command that ends the consultation.
    """

    def __init__(self, scaffold: ResolvedScaffold, info: TaskInfo) -> None:
        rule = scaffold.for_task(info.task)
        self.info = info
        self.rule = rule
        self.files = file_schemas(rule)
        schemas = {**rule.library.schemas, **rule.schemas}
        self.create = schemas[rule.memory.create.schema_name] if rule.memory.create.allowed else None
        self.static = _static(rule, info, self.files)
        self.initial = self._initial()
        self.commands: dict[str, Command] = {tag: compile_command(tag, op) for tag, op in rule.ops.items()}
        self.consults = any(
            command.verb.name == "end" and "plan" in command.phases for command in self.commands.values()
        )
        self.forms = {tag: command.form for tag, command in self.commands.items()}
        self.replies = Replies({**rule.library.replies, **rule.replies}, self.static)
        self.extractors = {name: compile_extractor(name, part, info) for name, part in rule.observe.items()}
        self.carried = {name: compile_state(name, part) for name, part in rule.state.items()}
        self.position = _Position(rule.position) if rule.position is not None else None
        self.notices = [compile_notice(name, part) for name, part in rule.notices.items()]
        self.guards = {
            place: [compile_guard(name, part) for name, part in rule.guards.items() if part.on == place]
            for place in {part.on for part in rule.guards.values()}
        }
        self.updates = {
            moment: [compile_update(name, part) for name, part in rule.updates.items() if part.after == moment]
            for moment in ("observe", "log")
        }
        self.empties = {
            name: Template(("autoload", name, "empty"), part.empty).render(self.static)
            for name, part in rule.autoload.items()
        }
        self.actions = self._actions()
        self.log = self._prompts("log") if rule.phases.log is not None else None
        self.plan = self._prompts("plan")
        self.shows_unseen = any(prompts.shows_unseen for prompts in (self.log, self.plan) if prompts)

    def _initial(self) -> dict[str, str | list[str]]:
        initial: dict[str, str | list[str]] = {}
        for name, schema in self.files.items():
            if isinstance(schema.items, list):
                initial[name] = schema.items
            elif schema.items is not None:
                initial[name] = self._items(_of(name, "items"), schema.items)
            elif schema.text:
                initial[name] = Template(_of(name, "text"), schema.text).render(self.static)
        return initial

    def _items(self, path: Path, source: str) -> list[str]:
        items = Expression(path, source).evaluate(self.static)
        if not isinstance(items, list):
            raise RuleError(path, "this is no list")
        return [str(item) for item in items]

    def _actions(self) -> Normaliser:
        normaliser = Normaliser(self.rule.actions, self.info)
        if normaliser.fallback not in self.info.actions:
            raise AutoMemError(
                f"actions/fallback: {normaliser.fallback!r} is no action of {self.info.task}; "
                f"its actions are: {', '.join(self.info.actions)}"
            )
        return normaliser

    def _prompts(self, phase: PhaseName) -> PhasePrompts:
        rule: Phase = getattr(self.rule.phases, phase)
        ops = [command.view for command in self.commands.values() if command.advertised and phase in command.phases]
        templates = {**self.rule.library.templates, **self.rule.templates}
        return PhasePrompts(rule, templates, {**self.static, "phase": phase, "ops": ops})


def _of(file: str, field: str) -> tuple[str, ...]:
    return ("memory", "files", file, field)


class _Position:
    """Where the agent is, from the scaffold's expressions."""

    def __init__(self, rule: Position) -> None:
        self._here = Expression(("position", "here"), rule.here)
        self._front = None if rule.front is None else Expression(("position", "front"), rule.front)
        self._metric: Metric = rule.metric

    def where(self, values: Mapping[str, Any]) -> Where | None:
        """The place now; none while the expression gives none."""
        here = _pair(self._here, values)
        front = None if self._front is None else _pair(self._front, values)
        return None if here is None else Where(here, front, self._metric)


def _pair(expression: Expression, values: Mapping[str, Any]) -> tuple[int, int] | None:
    value = expression.evaluate(values)
    if value is None:
        return None
    if isinstance(value, list) and [type(part) for part in value] == [int, int]:
        return value[0], value[1]
    raise RuleError(expression.path, "this is no pair [x, y] of whole numbers, nor none for a place not known")


def _static(rule: Scaffold, info: TaskInfo, files: Mapping[str, FileSchema]) -> dict[str, Any]:
    env = {
        "name": rule.env,
        "task": info.task,
        "actions": list(info.actions),
        "default_action": info.default_action,
        "max_steps": info.max_steps,
        "facts": info.facts,
    }
    declared = [{"name": name, "about": schema.about, "type": schema.type} for name, schema in files.items()]
    return {"env": env, "tables": rule.tables, "memory": {"files": declared}}
