"""Smells: what a scaffold says in vain, although nothing keeps it from being played."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from automem.memory.schema import FileSchema
from automem.memory.verbs import find_verb
from automem.spec.issues import Issue
from automem.spec.language import compile_expression
from automem.spec.overlay import lay_over
from automem.spec.resolve import ResolvedScaffold, file_schemas
from automem.spec.scaffold import Scaffold
from automem.spec.source import Document
from automem.spec.texts import texts
from automem.spec.usage import references_of

Path = tuple[str, ...]

_SPACES = {"obs": "observe", "state": "state", "notices": "notices", "loaded": "autoload", "tables": "tables"}
"""The name under which expressions and templates find the entries of a section."""


def smells(resolved: ResolvedScaffold, document: Document) -> Iterator[Issue]:
    """What can be said without a run, as warnings.

    Arguments:
        resolved: the scaffold, without errors.
        document: its file, where issues are placed.

    What one variant alone leaves idle is no smell: it must be idle in every variant that has it.
    """
    found = [(reading, dict(Reading(reading).smells())) for reading in readings(resolved)]
    for path, message in {path: message for _, idle in found for path, message in idle.items()}.items():
        if all(path in idle or not _stands(reading, path) for reading, idle in found):
            yield document.issue(path, message, key=True, severity="warning")


def readings(resolved: ResolvedScaffold) -> list[Scaffold]:
    """The scaffold itself, and with each of its variants laid over it."""
    base = {key: part for key, part in resolved.data.items() if key != "variants"}
    variants = (resolved.data.get("variants") or {}).values()
    layers: list[Mapping[str, Any]] = [{}, *(variant["set"] for variant in variants)]
    return [Scaffold.model_validate(lay_over(base, layer)) for layer in layers]


def _stands(reading: Scaffold, path: Path) -> bool:
    here: Any = reading.model_dump(by_alias=True)
    for step in path:
        if not isinstance(here, Mapping) or step not in here:
            return False
        here = here[step]
    return True


class Reading:
    """What one reading of a scaffold uses and shows.

    Arguments:
        scaffold: self-contained, without errors, with a variant laid over it or not.
    """

    def __init__(self, scaffold: Scaffold) -> None:
        self.scaffold = scaffold
        templates = {**scaffold.library.templates, **scaffold.templates}
        self.uses = [(text.path, references_of(text)) for text in texts(scaffold, templates)]

    def smells(self) -> Iterator[tuple[Path, str]]:
        """Where something is idle, and what to do about it."""
        yield from self._unused()
        yield from self._constant()
        yield from self._unreadable()

    def shows(self, file: str) -> bool:
        """Whether some text of the scaffold reads a file by its name, or loads it for prompts."""
        loaded = any(rule.file == file for rule in self.scaffold.autoload.values())
        return loaded or any(("files", file) == name[:2] for _, names in self.uses for name in names)

    def _unused(self) -> Iterator[tuple[Path, str]]:
        for space, section in _SPACES.items():
            for name in getattr(self.scaffold, section):
                if not self._uses(space, (section, name)):
                    spelled = f"{space}.{name}"
                    yield (section, name), f"nothing uses {spelled}; show it or ask for it somewhere, or remove it"
        entries = self.scaffold.memory.files.values()
        followed = {*(entry.schema_name for entry in entries), self.scaffold.memory.create.schema_name}
        for name in self.scaffold.schemas.keys() - followed:
            yield ("schemas", name), "no file follows this schema; name it in a file's `schema`, or remove it"

    def _uses(self, space: str, own: tuple[str, str]) -> bool:
        """Whether a text other than the entry's own uses it; whoever hands on the whole space may use all of it."""
        wanted = ((space,), (space, own[1]))
        return any(name[:2] in wanted for path, names in self.uses if path[:2] != own for name in names)

    def _constant(self) -> Iterator[tuple[Path, str]]:
        """Conditions that come to the same whatever is observed, where that makes something idle."""
        for name, notice in self.scaffold.notices.items():
            settled = ""
            for key, rule in notice.rules.items():
                path = ("notices", name, "rules", key)
                if settled and notice.match == "first":
                    yield path, f"never speaks: the rule {settled!r} above it always holds; move it up, or remove it"
                elif (holds := _always(rule.when)) is False:
                    yield path, "never speaks: its condition never holds; mend `when`, or remove it"
                elif holds:
                    settled = key
        for name, guard in self.scaffold.guards.items():
            if (holds := _always(guard.when)) is not None:
                advice = "narrow it, or say it in a prompt" if holds else "mend it, or remove the guard"
                yield ("guards", name, "when"), f"{'always' if holds else 'never'} holds; {advice}"
        for phase in ("log", "plan"):
            for name, section in getattr(getattr(self.scaffold.phases, phase), "sections", {}).items():
                if _always(section.when) is False:
                    yield ("phases", phase, "sections", name, "when"), "never holds; mend it, or remove the section"

    def _unreadable(self) -> Iterator[tuple[Path, str]]:
        for name, schema in file_schemas(self.scaffold).items():
            if self.shows(name) or self._read_by_op(name, schema):
                continue
            entry = self.scaffold.memory.files[name]
            if schema.verbs is not None:
                own = ("verbs",) if entry.verbs is not None else ("schema",)
                added = ", ".join(["read", "search", *schema.verbs])
                advice = (
                    f"`verbs` takes the place of all verbs, reading too: write [{added}], or show the file by autoload"
                )
                yield ("memory", "files", name, *own), f"the agent cannot look at this file; {advice}"
            elif not self._hands_on_files():
                message = "no op and no prompt shows this file; give an op that reads it, or show it by autoload"
                yield ("memory", "files", name), message

    def _read_by_op(self, file: str, schema: FileSchema) -> bool:
        offered = schema.file_kind.offered(schema)
        return any(
            op.verb in offered and op.file in (None, file) and find_verb(op.verb).access == "read"
            for op in self.scaffold.ops.values()
        )

    def _hands_on_files(self) -> bool:
        return any(name == ("files",) for _, names in self.uses for name in names)


def _always(when: str) -> bool | None:
    """What a condition comes to whatever is observed; None where that depends."""
    compiled = compile_expression(when)
    return None if compiled.references else compiled.holds({})
