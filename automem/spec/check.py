"""Cross-references: what a scaffold names must be there, and what it says must be possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from pydantic import ValidationError

from automem.memory.names import name_problem
from automem.memory.outcome import Status
from automem.memory.schema import FileSchema
from automem.memory.verbs import VERBS, find_verb
from automem.spec.issues import Issue, near
from automem.spec.patterns import check_patterns
from automem.spec.resolve import merged_schema, template_names
from automem.spec.scaffold import Guard, Phase, Scaffold
from automem.spec.source import Document
from automem.spec.texts import Text, texts
from automem.spec.usage import check_texts, shows, stable_sections
from automem.spec.vocabulary import Vocabulary, unknown

AGENT_STATUSES = ("rejected", "ignored")
"""Statuses that the agent gives, besides the memory's."""


class Checker:
    """Finds what is wrong in one scaffold.

    Arguments:
        scaffold: as validated.
        document: where its issues are placed.
        templates: every template by name, the scaffold's own included.
        schemas: every file schema by name, the scaffold's own included.
    """

    def __init__(
        self,
        scaffold: Scaffold,
        document: Document,
        templates: Mapping[str, str],
        schemas: Mapping[str, FileSchema],
    ) -> None:
        self.scaffold = scaffold
        self.document = document
        self.templates = templates
        self.schemas = schemas
        self.files: dict[str, FileSchema] = {}

    def issues(self) -> Iterator[Issue]:
        """All of them, in no particular order."""
        yield from self._files()
        yield from Vocabulary(self.scaffold, self.document, self.files, self._created()).issues()
        yield from self._phases()
        yield from self._guards()
        yield from self._writes()
        yield from self._replies()
        found = texts(self.scaffold, self.templates)
        yield from check_texts(found, self.scaffold, self.document)
        yield from check_patterns(self.scaffold, self.document)
        yield from self._order()
        yield from self._unused()

    def _unknown(self, path: tuple[str | int, ...], what: str, name: str, names: Iterable[str]) -> Issue:
        return unknown(self.document, path, what, name, names)

    def _created(self) -> FileSchema | None:
        create = self.scaffold.memory.create
        return self.schemas.get(create.schema_name) if create.allowed else None

    def _files(self) -> Iterator[Issue]:
        """Also fills `files`."""
        memory = self.scaffold.memory
        for name, entry in memory.files.items():
            path = ("memory", "files", name)
            problem = name_problem(name, memory.limits.name_chars)
            if problem:
                yield self.document.issue(path, problem, key=True)
            if entry.schema_name not in self.schemas:
                yield self._unknown((*path, "schema"), "file schema", entry.schema_name, self.schemas)
                continue
            try:
                self.files[name] = merged_schema(entry, self.schemas[entry.schema_name])
            except ValidationError as error:
                for part in error.errors():
                    message = part["msg"].removeprefix("Value error, ")
                    yield self.document.issue((*path, *part["loc"]), message)
        if memory.create.allowed and memory.create.schema_name not in self.schemas:
            path = ("memory", "create", "schema")
            yield self._unknown(path, "file schema", memory.create.schema_name, self.schemas)

    def _phases(self) -> Iterator[Issue]:
        phases = self.scaffold.phases
        verbs = {
            phase: {op.verb for op in self.scaffold.ops.values() if phase in op.phases} for phase in ("log", "plan")
        }
        if "commit" not in verbs["plan"]:
            yield self.document.issue(
                ("phases", "plan"), "the phase can never end: no op with verb commit is allowed in plan"
            )
        log = phases.log
        if log is not None and "end" not in verbs["log"] and log.no_op == "nudge":
            message = "the phase can only end by running out of turns: allow an op with verb end, or say `no_op: end`"
            yield self.document.issue(("phases", "log"), message)
        for name in ("log", "plan"):
            yield from self._templates(name, getattr(phases, name))

    def _templates(self, phase: str, rule: Phase | None) -> Iterator[Issue]:
        if rule is None:
            return
        for name, section in rule.sections.items():
            if section.template is not None and section.template not in self.templates:
                path = ("phases", phase, "sections", name, "template")
                yield self._unknown(path, "template", section.template, self.templates)
        for message in ("results", "nudge", "handoff"):
            template = getattr(rule, message, None)
            if template is not None and template not in self.templates:
                yield self._unknown(("phases", phase, message), "template", template, self.templates)

    def _guards(self) -> Iterator[Issue]:
        places = {"action", "log", "plan", *self.scaffold.ops}
        for name, guard in self.scaffold.guards.items():
            if guard.on not in places:
                yield self._unknown(("guards", name, "on"), "op", guard.on, places)
            elif self._endless(guard):
                message = "this guard would refuse without end; say `at_most`"
                yield self.document.issue(("guards", name), message)
            if guard.on == "log" and self.scaffold.phases.log is None:
                yield self.document.issue(("guards", name, "on"), "this scaffold has no phase log")
            yield from self._guarded_op(name, guard)

    def _guarded_op(self, name: str, guard: Guard) -> Iterator[Issue]:
        op = self.scaffold.ops.get(guard.on)
        if op is None or op.verb not in VERBS.names():
            return
        verb = find_verb(op.verb)
        if verb.access == "control":
            place = "on: action" if verb.name == "commit" else "on: log"
            yield self.document.issue(("guards", name, "on"), f"an op with verb {verb.name} is guarded by `{place}`")
        elif guard.rewrite is not None and not verb.types:
            yield self.document.issue(("guards", name, "rewrite"), f"the verb {verb.name} has no text to rewrite")

    def _endless(self, guard: Guard) -> bool:
        return guard.on in ("action", "log", "plan") and guard.reject is not None and guard.at_most is None

    def _writes(self) -> Iterator[Issue]:
        files = self.scaffold.memory.files
        for sort in ("updates", "autoload"):
            for name, rule in getattr(self.scaffold, sort).items():
                if rule.file not in files:
                    yield self._unknown((sort, name, "file"), "file", rule.file, files)
        for name, update in self.scaffold.updates.items():
            if (update.key is None) == (update.verb in ("upsert", "delete")):
                wanted = "needs" if update.key is None else "takes no"
                yield self.document.issue(("updates", name), f"the verb {update.verb} {wanted} `key`")
            if update.verb in ("append", "upsert") and not update.text:
                yield self.document.issue(("updates", name), f"the verb {update.verb} needs `text`")
            kind = self.files[update.file].file_kind if update.file in self.files else None
            if kind is not None and update.verb not in kind.edits:
                known = ", ".join(sorted(kind.edits)) or "no writes at all"
                message = f"{update.verb} means nothing on a {kind.name} file; it knows {known}"
                yield self.document.issue(("updates", name, "verb"), message)

    def _replies(self) -> Iterator[Issue]:
        statuses = {*get_args(Status), *AGENT_STATUSES}
        for name in self.scaffold.replies:
            verb, _, status = name.rpartition(".")
            if status not in statuses:
                yield self._unknown(("replies", name), "status", status, statuses)
            elif verb and verb not in (*VERBS.names(), *self.scaffold.ops):
                yield self._unknown(("replies", name), "verb or op", verb, (*VERBS.names(), *self.scaffold.ops))

    def _order(self) -> Iterator[Issue]:
        """Stable text after changing text defeats a server's prompt cache."""
        for phase in ("log", "plan"):
            rule = getattr(self.scaffold.phases, phase)
            stable = stable_sections(rule, self.templates) if rule is not None else {}
            changing = None
            for name, is_stable in stable.items():
                if is_stable and changing:
                    path = ("phases", phase, "sections", name)
                    message = f"never changes, but stands after {changing!r}, which does; move it up for prompt caches"
                    yield self.document.issue(path, message, severity="warning", key=True)
                changing = changing or (None if is_stable else name)

    def _unused(self) -> Iterator[Issue]:
        """What is said and never read."""
        phases = [phase for phase in (self.scaffold.phases.log, self.scaffold.phases.plan) if phase is not None]
        used = {name for phase in phases for name in template_names(phase)}
        unused = sorted(self.scaffold.templates.keys() - used)
        for name in unused:
            message = f"no section uses this template{near(name, used - self.scaffold.templates.keys())}"
            yield self.document.issue(("templates", name), message, severity="warning", key=True)
        # A variant may use it, and declare there what it reads: only what no section could ever show is an error.
        sources = ((name, self.scaffold.templates[name]) for name in unused)
        idle = (Text(("templates", name), "template", source, "message", name) for name, source in sources)
        yield from check_texts(idle, self.scaffold, self.document, members=False)
        memory_ops = any(op.verb not in ("end", "commit") for op in self.scaffold.ops.values())
        if memory_ops and not any(shows(phase, self.templates, "unseen") for phase in phases):
            message = "answers to ops written together with the action are never shown; use {{ unseen }} in a section"
            yield self.document.issue(("phases", "plan"), message, severity="warning")
