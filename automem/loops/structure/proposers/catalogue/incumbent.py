"""What entries may ask about: the findings, the incumbent, its metrics and its world, as plain data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from automem.envs import WORLDS, TaskInfo
from automem.evidence.diagnostics import Finding, diagnose
from automem.evidence.view import View
from automem.loops.structure.proposers.base import Assignment
from automem.runs.records import Recorded
from automem.spec.resolve import file_schemas
from automem.spec.scaffold import Scaffold
from automem.spec.usage import stable_sections
from automem.traces.summary import mean_of


@dataclass(frozen=True)
class Incumbent:
    """A scaffold and how it was played.

    Arguments:
        findings: the heaviest first.
        values: what expressions of entries see, `finding` and `file` aside.
    """

    findings: Sequence[Finding]
    values: dict[str, Any]

    def about(self, finding: Finding) -> dict[str, Any]:
        """What expressions see when a finding is looked at."""
        file = next((one for one in self.values["files"] if one["name"] == finding.subject), None)
        return {**self.values, "finding": finding.as_data(), "file": file}


def look_at(assignment: Assignment) -> Incumbent:
    """Everything an entry may ask about the scaffold that is to be changed.

    Raises:
        RunError: it has no finished episode, or a file of the run cannot be read.
        AutoMemError: its world is not installed here.
    """
    findings = diagnose(assignment.evidence)
    by_name: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in findings:
        by_name[finding.name].append(finding.as_data())
    data = assignment.scaffold.plain()
    scaffold = Scaffold.model_validate(data)
    schemas = file_schemas(scaffold)
    templates = {**scaffold.library.templates, **scaffold.templates}
    phases = {"log": scaffold.phases.log, "plan": scaffold.phases.plan}
    episodes = assignment.evidence.of_version()
    sections = {
        name: [{"name": one, "stable": stable} for one, stable in stable_sections(phase, templates).items()]
        for name, phase in phases.items()
        if phase is not None
    }
    values: dict[str, Any] = {
        "findings": dict(by_name),
        "scaffold": data,
        "files": [{"name": name, **schema.model_dump()} for name, schema in schemas.items()],
        "ops": [{"tag": tag, **op.model_dump()} for tag, op in scaffold.ops.items()],
        "sections": sections,
        "misplaced": {name: _misplaced(found) for name, found in sections.items()},
        "metrics": _means(episodes),
        "env": _env(assignment.evidence, episodes),
    }
    return Incumbent(findings, values)


def _misplaced(sections: Sequence[dict[str, Any]]) -> list[str]:
    """The stable sections behind the first that changes."""
    changing = False
    found = []
    for section in sections:
        if section["stable"] and changing:
            found.append(section["name"])
        changing = changing or not section["stable"]
    return found


def _means(episodes: Sequence[Recorded]) -> dict[str, float]:
    names = sorted({name for one in episodes for name in one.row.metrics})
    means = {name: mean_of(one.row.metrics.get(name) for one in episodes).mean for name in names}
    return {name: mean for name, mean in means.items() if mean is not None}


def _env(view: View, episodes: Sequence[Recorded]) -> dict[str, Any]:
    """The first task that was played, with the actions that all of them have."""
    firsts = {one.row.task: one for one in reversed(episodes)}
    infos: list[TaskInfo] = []
    for one in reversed(firsts.values()):
        header = view.header(one)
        infos.append(WORLDS.load(header.env).describe(header.task, header.settings))
    first = infos[0]
    shared = [action for action in first.actions if all(action in info.actions for info in infos)]
    return {
        "name": episodes[0].row.env,
        "task": first.task,
        "actions": shared,
        "default_action": first.default_action,
        "max_steps": first.max_steps,
        "facts": dict(first.facts),
    }
