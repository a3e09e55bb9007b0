"""A scaffold made self-contained: with the named schemas and templates it uses written into it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from ruamel.yaml.scalarstring import LiteralScalarString

from automem.errors import AutoMemError, SpecError
from automem.memory.schema import FileSchema
from automem.spec.files import FileEntry
from automem.spec.overlay import for_task
from automem.spec.scaffold import Phase, PlanPhase, Scaffold
from automem.spec.source import Document, parse_document, round_trip
from automem.spec.templates import shipped_replies, shipped_schemas, shipped_templates

_WORDS_ONLY = ("name", "about")

LIBRARY_NOTE = "# The shipped parts this scaffold uses, as they were when it was resolved.\n"
"""The line above what `resolve` adds to a scaffold's text."""


@dataclass(frozen=True)
class ResolvedScaffold:
    """A scaffold that says everything itself, so that a run can keep it and play it again.

    Arguments:
        name: the scaffold's name.
        text: its YAML with comments, self-contained.
        hash: 64 hex digits over all that can change play; name, `about` and comments cannot.
    """

    name: str
    text: str
    hash: str

    @property
    def data(self) -> dict[str, Any]:
        """The content as plain data."""
        return _data(self.text)

    def for_task(self, task: str) -> Scaffold:
        """What is played in `task`: the variants that match it laid over.

        Raises:
            AutoMemError: several match, and together they make no scaffold.
        """
        try:
            return Scaffold.model_validate(for_task(self.data, task))
        except ValidationError as error:
            raise AutoMemError(
                f"{self.name}: the variants that match {task} do not go together: {error.errors()[0]['msg']}"
            ) from error


@lru_cache(maxsize=32)
def _data(text: str) -> dict[str, Any]:
    return parse_document(text, "scaffold").plain()


def merged_schema(entry: FileEntry, schema: FileSchema) -> FileSchema:
    """The schema of one file: the named one, with what the file's entry says differently.

    Raises:
        ValidationError: the two contradict each other.
    """
    own = entry.model_dump(exclude={"schema_name"}, exclude_unset=True)
    return FileSchema.model_validate({**schema.model_dump(exclude_unset=True), **own})


def file_schemas(scaffold: Scaffold) -> dict[str, FileSchema]:
    """File name → its schema, for a scaffold whose schemas are written into it."""
    schemas = {**scaffold.library.schemas, **scaffold.schemas}
    return {name: merged_schema(entry, schemas[entry.schema_name]) for name, entry in scaffold.memory.files.items()}


def resolve(document: Document, scaffolds: list[Scaffold]) -> ResolvedScaffold:
    """Write the shipped schemas, templates and replies that `scaffolds` use below the document's own text.

    What the scaffold says under these names itself goes before; its text stays as it is.

    Arguments:
        document: the scaffold as the person wrote it.
        scaffolds: the scaffold itself, and each of its variants laid over it.
    """
    own: Mapping[str, Mapping[str, Any]] = document.plain().get("library") or {}
    used = {
        "schemas": _used_schemas(scaffolds),
        "templates": _used_templates(scaffolds),
        "replies": shipped_replies(),
    }
    library = {sort: {**parts, **own.get(sort, {})} for sort, parts in used.items()}
    text = document.text if own == library else _with_library(document, library)
    return ResolvedScaffold(str(document.data["name"]), text, content_hash(_data(text)))


def _with_library(document: Document, library: Mapping[str, Any]) -> str:
    """The document's text with the library below; written anew where its style has no place below (JSON's braces)."""
    own = document.text.partition(LIBRARY_NOTE)[0].rstrip()
    text = f"{own}\n\n{LIBRARY_NOTE}{dumped({'library': library})}"
    whole = {**document.plain(), "library": library}
    try:
        if parse_document(text, document.file).plain() == whole:
            return text
    except SpecError:
        pass
    return dumped(whole)


def dumped(data: Any) -> str:
    """Plain data as YAML, texts of several lines as blocks."""
    stream = io.StringIO()
    round_trip().dump(_literal(data), stream)
    return stream.getvalue()


def _literal(value: Any) -> Any:
    """`value` with texts of several lines marked to be written as blocks."""
    if isinstance(value, Mapping):
        return {key: _literal(part) for key, part in value.items()}
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value


def content_hash(data: Mapping[str, Any]) -> str:
    """64 hex digits over a scaffold's content; the order of its sections does not count, that within them does."""
    meant = {key: data[key] for key in sorted(data) if key not in _WORDS_ONLY}
    return hashlib.sha256(json.dumps(meant, ensure_ascii=False).encode()).hexdigest()


def _used_schemas(scaffolds: list[Scaffold]) -> dict[str, Any]:
    names = {entry.schema_name for scaffold in scaffolds for entry in scaffold.memory.files.values()}
    names |= {scaffold.memory.create.schema_name for scaffold in scaffolds if scaffold.memory.create.allowed}
    shipped = shipped_schemas()
    return {name: shipped[name].model_dump(exclude_unset=True) for name in sorted(names & shipped.keys())}


def _used_templates(scaffolds: list[Scaffold]) -> dict[str, str]:
    phases = [phase for scaffold in scaffolds for phase in (scaffold.phases.log, scaffold.phases.plan) if phase]
    names = {name for phase in phases for name in template_names(phase)}
    shipped = shipped_templates()
    return {name: shipped[name] for name in sorted(names & shipped.keys())}


def template_names(phase: Phase) -> set[str]:
    """The names of the templates that a phase uses."""
    names = {section.template for section in phase.sections.values() if section.template is not None}
    names |= {phase.results, phase.nudge}
    return names | {phase.handoff} if isinstance(phase, PlanPhase) else names
