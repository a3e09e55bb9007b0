"""Whether a scaffold can be played in its world, found out before anything is played."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from automem.agent.agent import Agent
from automem.agent.located import RuleError
from automem.envs import WORLDS, TaskInfo
from automem.errors import AutoMemError, WrongSetting
from automem.registry import MissingPart, UnknownPart
from automem.spec.experiment import EnvSection
from automem.spec.extract import BuiltinExtract
from automem.spec.issues import Issue, near
from automem.spec.overlay import overlaid, variants_of
from automem.spec.resolve import ResolvedScaffold
from automem.spec.scaffold import Actions, Alias, Scaffold
from automem.spec.source import Document
from automem.spec.texts import texts
from automem.spec.usage import placed, references_of


def fit(
    scaffold: ResolvedScaffold,
    document: Document,
    experiment: Document | None = None,
    env: EnvSection | None = None,
) -> Iterator[Issue]:
    """What keeps a scaffold from being played in its world.

    Arguments:
        scaffold: self-contained.
        document: the scaffold's file.
        experiment: the experiment's file, where there is one.
        env: its part that names and sets up the world; the scaffold's world as it is when left out.

    What only this machine lacks (a game's package, a task's levels) is a warning where there is no experiment.
    """
    place = document if experiment is None else experiment
    path = ("env",) if experiment is None else ("env", "name")
    try:
        world = WORLDS.load(env.name if env is not None else scaffold.data["env"])
    except MissingPart as error:
        yield _lacking(place, path, "its world", str(error), experiment)
        return
    except UnknownPart as error:
        yield place.issue(path, str(error))
        return
    if world.name != scaffold.data["env"]:
        yield place.issue(path, f"the scaffold plays {scaffold.data['env']!r}, not {world.name!r}")
        return
    tasks, settings = (env.tasks, env.settings) if env is not None else (None, {})
    known = list(world.tasks())
    for at, task in enumerate(tasks or ()):
        if task not in known:
            yield place.issue(("env", "tasks", at), f"{world.name} has no task {task!r}{near(task, known)}")
    yield from _variants(scaffold, document, known)
    lacking: defaultdict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for task in (name for name in tasks or known if name in known):
        try:
            info = world.describe(task, settings)
        except AutoMemError as error:
            setting = (error.name,) if env is not None and isinstance(error, WrongSetting) else ()
            lacking[("env", *setting), str(error)].append(task)
        else:
            yield from _fit_task(scaffold, document, info)
    for (where, reason), of in lacking.items():
        yield _lacking(place, where, ", ".join(of), reason, experiment)


def _lacking(place: Document, path: tuple[str, ...], what: str, reason: str, experiment: Document | None) -> Issue:
    if experiment is None:
        return place.issue(path, f"not checked against {what}: {reason}", severity="warning")
    return place.issue(path, reason if path[-1] != "env" else f"{what}: {reason}")


def _variants(scaffold: ResolvedScaffold, document: Document, tasks: list[str]) -> Iterator[Issue]:
    """Variants that no task of the world would ever bring about."""
    met = {name for task in tasks for name in variants_of(scaffold.data, task)}
    for name in scaffold.data.get("variants") or {}:
        if name not in met:
            path = ("variants", name, "tasks")
            yield document.issue(path, f"none of the tasks matches: {', '.join(tasks[:12])}", severity="warning")


def _fit_task(scaffold: ResolvedScaffold, document: Document, info: TaskInfo) -> Iterator[Issue]:
    for name in variants_of(scaffold.data, info.task):
        document = overlaid(document, name)
    try:
        rule = scaffold.for_task(info.task)
    except AutoMemError as error:
        yield document.issue(("variants",), str(error))
        return
    issues = list(_actions(rule.actions, document, info))
    yield from issues
    if not issues:
        yield from _prompts(scaffold, document, info)


def _actions(rule: Actions, document: Document, info: TaskInfo) -> Iterator[Issue]:
    if rule.fallback is not None and rule.fallback not in info.actions:
        hint = near(rule.fallback, info.actions)
        yield document.issue(("actions", "fallback"), f"{rule.fallback!r} is no action of {info.task}{hint}")
    for at, step in enumerate(rule.normalise):
        for spelling, action in step.alias.items() if isinstance(step, Alias) else ():
            if action not in info.actions:
                path = ("actions", "normalise", at, "alias", spelling)
                yield document.issue(path, f"{action!r} is no action of {info.task}{near(action, info.actions)}")


def _prompts(scaffold: ResolvedScaffold, document: Document, info: TaskInfo) -> Iterator[Issue]:
    """Compile and render once on a sample, so that what a run would trip on is found here."""
    try:
        agent = Agent(scaffold, info)
        agent.rehearse()
        yield from _fields(agent.program.rule, document, agent.sample_values())
    except RuleError as error:
        yield document.issue(error.path, error.reason)
    except AutoMemError as error:
        yield document.issue((), str(error))


def _fields(rule: Scaffold, document: Document, observed: Mapping[str, Any]) -> Iterator[Issue]:
    """Where a text names what a built-in's value does not have on the sample; a condition may have hidden it."""
    values = {name: observed[name] for name, part in rule.observe.items() if isinstance(part, BuiltinExtract)}
    for text in texts(rule, {**rule.library.templates, **rule.templates}):
        for reference in sorted(references_of(text)):
            value = values.get(reference[1]) if reference[0] == "obs" and len(reference) > 2 else None
            if isinstance(value, dict) and reference[2] not in value:
                message = f"obs.{reference[1]} has no {reference[2]!r} on the task's sample{near(reference[2], value)}"
                yield placed(document, text, rule, message, "warning")
