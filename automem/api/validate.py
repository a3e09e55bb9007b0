"""Check documents of any kind, alone and against the world they are for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from automem.agent.fit import fit
from automem.engines import ENGINES
from automem.engines.scripted import PLAYERS
from automem.errors import SpecError
from automem.loops.proficiency.criteria import examine_recipe, find_recipe
from automem.loops.structure.proposers import PROPOSERS
from automem.loops.structure.proposers.catalogue.entries import examine_entry
from automem.memory.schema import MemorySchema
from automem.patches.model import Patch
from automem.patches.read import issues_of
from automem.runs.adapters import unfit_adapter
from automem.spec.catalogue import CatalogueEntry
from automem.spec.experiment import Experiment
from automem.spec.issues import Issue, near, sort_issues
from automem.spec.language import LanguageError, compile_template
from automem.spec.load import examine_experiment, examine_scaffold
from automem.spec.move import Move
from automem.spec.recipe import Recipe
from automem.spec.scaffold import Scaffold
from automem.spec.source import Document, read_document
from automem.spec.templates import TemplatesDocument
from automem.spec.validation import validate as validate_model

KINDS: dict[str, type[BaseModel]] = {
    "scaffold": Scaffold,
    "experiment": Experiment,
    "templates": TemplatesDocument,
    "memory-schema": MemorySchema,
    "patch": Patch,
    "catalogue": CatalogueEntry,
    "recipe": Recipe,
    "move": Move,
}
"""Every kind of document by the name its `kind:` gives."""


def validate(path: Path) -> list[Issue]:
    """Everything to be said about the document at `path`, sorted by file and line; empty when all is well."""
    try:
        document = read_document(path)
        return sort_issues(_examine(document, path))
    except SpecError as error:
        return list(error.issues)


def _examine(document: Document, path: Path) -> Iterator[Issue]:
    kind = document.plain().get("kind")
    if kind == "scaffold":
        resolved, issues = examine_scaffold(document)
        yield from issues
        if resolved is not None:
            yield from fit(resolved, document)
    elif kind == "experiment":
        loaded, issues = examine_experiment(document, path)
        yield from issues
        yield from _engines(document)
        yield from _recipe(document, path)
        if loaded is not None:
            yield from (document.issue(*fault) for fault in unfit_adapter(loaded.experiment))
            yield from fit(loaded.scaffold, loaded.scaffold_document, document, loaded.experiment.env)
    elif kind == "patch":
        yield from issues_of(document.text, document.file)
    elif kind == "catalogue":
        yield from examine_entry(document)[1]
    elif kind == "recipe":
        yield from examine_recipe(document)[1]
    elif isinstance(kind, str) and kind in KINDS:
        yield from validate_model(document, KINDS[kind])[1]
        yield from _templates(document) if kind == "templates" else ()
    else:
        known = ", ".join(KINDS)
        message = f"unknown kind {kind!r}{near(str(kind), KINDS)}; a document is one of: {known}"
        yield document.issue(("kind",), message)


def _templates(document: Document) -> Iterator[Issue]:
    """Templates that are not in the language; which names they may use is for the scaffolds that use them to say."""
    templates = document.plain().get("templates")
    for name, source in templates.items() if isinstance(templates, dict) else ():
        if isinstance(source, str):
            try:
                compile_template(source)
            except LanguageError as error:
                yield document.issue(("templates", name), f"line {error.line}: {error}")


def _recipe(document: Document, path: Path) -> Iterator[Issue]:
    """The recipe that an experiment names: not there, or with issues of its own."""
    train = document.plain().get("train")
    name = train.get("recipe") if isinstance(train, dict) else None
    if not isinstance(name, str):
        return
    found = find_recipe(name, path)
    if found is None:
        message = f"there is no recipe {name!r} beside this file or among the shipped specs"
        yield document.issue(("train", "recipe"), message)
    else:
        yield from examine_recipe(read_document(found))[1]


def _engines(document: Document) -> Iterator[Issue]:
    """Engines and scripted players that are neither built in nor installed; none is imported."""
    models = document.plain().get("models")
    for role, model in models.items() if isinstance(models, dict) else ():
        name = model.get("engine") if isinstance(model, dict) else None
        known = PROPOSERS.names() if role == "meta" else ENGINES.names()
        if isinstance(name, str) and ":" not in name and name not in known:
            message = f"unknown engine {name!r}{near(name, known) or '; there is ' + ', '.join(known)}"
            yield document.issue(("models", role, "engine"), message)
        player = model.get("model") if name == "scripted" else None
        if isinstance(player, str) and ":" not in player and player not in PLAYERS.names():
            message = f"unknown scripted player {player!r}{near(player, PLAYERS.names())}"
            yield document.issue(("models", role, "model"), message)
