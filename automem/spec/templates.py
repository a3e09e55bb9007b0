"""Documents of named parts: prompt templates and memory schemas, and how scaffolds find them by name."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field

from automem.errors import SpecError
from automem.library import shipped
from automem.memory.schema import FileSchema, MemorySchema
from automem.spec.experiment import Section
from automem.spec.extract import Extractor
from automem.spec.scaffold import Guard, Name, Notice, PromptSection, Update
from automem.spec.source import read_document
from automem.spec.state import StateRule
from automem.spec.validation import validate

M = TypeVar("M", bound=BaseModel)

PART_NAME = r"^[a-z0-9][a-z0-9_.-]*$"


class TemplatesDocument(Section):
    """A file of named prompt templates, and of other entries that scaffolds `use`; `name/part` refers to one."""

    kind: Literal["templates"]
    name: str = Field(pattern=PART_NAME, description="the first half of every reference; the file's own name")
    templates: dict[str, str] = Field(min_length=1, description="part → Jinja template")
    tables: dict[Name, Any] = Field(default_factory=dict, description="shared constants")
    observe: dict[Name, Extractor] = Field(default_factory=dict, description="shared extractors")
    state: dict[Name, StateRule] = Field(default_factory=dict, description="shared state rules")
    notices: dict[Name, Notice] = Field(default_factory=dict, description="shared notices")
    guards: dict[Name, Guard] = Field(default_factory=dict, description="shared guards")
    updates: dict[Name, Update] = Field(default_factory=dict, description="shared updates")
    sections: dict[Name, PromptSection] = Field(default_factory=dict, description="shared sections of prompts")


SHARED = tuple(name for name in TemplatesDocument.model_fields if name not in ("kind", "name", "templates"))
"""The sorts of entries that a scaffold may `use`."""


@lru_cache(maxsize=1)
def shipped_templates() -> dict[str, str]:
    """Every shipped template by its full name, such as `common/commands`."""
    return _named("templates")


@lru_cache(maxsize=1)
def shipped_parts() -> dict[str, dict[str, Any]]:
    """The shipped entries that scaffolds may `use`: sort → full name, such as `nethack/asks` → what is written."""
    return {sort: _named(sort) for sort in SHARED}


def _named(sort: str) -> dict[str, Any]:
    """As it is written, since the order of keys counts in a scaffold's hash."""
    return {
        f"{content['name']}/{part}": value for content in _contents() for part, value in content.get(sort, {}).items()
    }


@lru_cache(maxsize=1)
def _contents() -> list[dict[str, Any]]:
    paths = sorted(shipped("templates").glob("*.yaml"))
    for path in paths:
        _checked(path, TemplatesDocument)
    return [read_document(path).plain() for path in paths]


def shipped_replies() -> dict[str, str]:
    """Every shipped reply by `verb.status` or `status`."""
    folder = "replies/"
    return {name.removeprefix(folder): text for name, text in shipped_templates().items() if name.startswith(folder)}


@lru_cache(maxsize=1)
def shipped_schemas() -> dict[str, FileSchema]:
    """Every shipped file schema by name."""
    paths = sorted((shipped("schemas") / "memory").glob("*.yaml"))
    documents = [_checked(path, MemorySchema) for path in paths]
    return {document.name: _bare(document) for document in documents}


def _checked(path: Path, model: type[M]) -> M:
    value, issues = validate(read_document(path), model)
    if value is None:
        raise SpecError(issues)
    return value


def _bare(document: MemorySchema) -> FileSchema:
    """The schema without its document's head."""
    return FileSchema.model_validate(document.model_dump(exclude={"kind", "name"}, exclude_unset=True))
