"""The language of scaffolds in tables, written from the code: for documents, and for models that propose patches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from automem.memory.kinds import KINDS
from automem.memory.schema import FileSchema
from automem.memory.verbs import VERBS
from automem.spec import extract, scaffold, state
from automem.spec.files import FileEntry
from automem.spec.language import FILTERS, TESTS, Helper
from automem.spec.names import SCOPES

_MARK = re.compile(r"(<!-- table: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def fill(text: str, tables: Mapping[str, Callable[[], str]]) -> str:
    """A document with every `<!-- table: NAME -->` … `<!-- end -->` filled anew.

    Raises:
        KeyError: there is no table of that name.
    """
    return _MARK.sub(lambda mark: f"{mark[1]}\n{tables[mark['name']]()}\n{mark[3]}", text)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def fields(model: type[BaseModel]) -> str:
    """The table of a model's fields."""
    rows = [
        (f"`{field.alias or name}`", _type(field.annotation), _default(field), field.description or "")
        for name, field in model.model_fields.items()
    ]
    return table(("field", "type", "default", "meaning"), rows)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None or default in ("", {}, []) or isinstance(default, BaseModel):
        return ""
    return f"`{'true' if default is True else 'false' if default is False else default}`"


def _type(annotation: Any) -> str:
    """An annotation in the words of people who write YAML."""
    if get_origin(annotation) is Annotated:
        return _type(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(annotation))
    arguments = [part for part in get_args(annotation) if part is not type(None)]
    if get_origin(annotation) is dict:
        return f"mapping of {_type(arguments[1])}"
    if get_origin(annotation) is list:
        return f"list of {_type(arguments[0])}"
    if arguments:
        return " or ".join(dict.fromkeys(_type(part) for part in arguments))
    words = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "anything"}
    return words.get(annotation, getattr(annotation, "__name__", str(annotation)))


def models(found: Iterable[type[BaseModel]]) -> str:
    """For each model what it is, and its fields."""
    return "\n".join(f"**{model.__name__}.** {_about(model)}\n\n{fields(model)}" for model in found)


def _about(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split())


def parts(root: type[BaseModel]) -> list[type[BaseModel]]:
    """The models below `root`, in the order they are met; unions of rules have tables of their own."""
    met: dict[type[BaseModel], None] = {}

    def visit(annotation: Any) -> None:
        for part in get_args(annotation):
            visit(part)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in met:
            met[annotation] = None
            for field in annotation.model_fields.values():
                visit(field.annotation)

    visit(root)
    return list(met)


def _helpers(helpers: dict[str, Helper]) -> str:
    return table(("name", "gives"), [(f"`{helper.usage}`", helper.about) for _, helper in sorted(helpers.items())])


def _scopes() -> str:
    """The places, then one row a name and meaning with the places that offer it."""
    places: dict[tuple[str, str], list[str]] = {}
    for key, scope in SCOPES.items():
        for name, about in scope.names.items():
            places.setdefault((name, about), []).append(key)
    rows = [
        (f"`{name}`", about, "everywhere" if len(keys) == len(SCOPES) else ", ".join(keys))
        for (name, about), keys in places.items()
    ]
    legend = table(("place", "is"), [(key, scope.title) for key, scope in SCOPES.items()])
    return f"{legend}\n{table(('name', 'is', 'in'), rows)}"


def _verbs() -> str:
    def row(name: str) -> tuple[str, str, str]:
        verb = VERBS.load(name)
        return f"`{name}`", ", ".join(f"`{arg.name}`" for arg in verb.args) or "none", verb.access

    return table(("verb", "arguments", "does"), map(row, VERBS.names()))


def _kinds() -> str:
    def row(name: str) -> tuple[str, str, str, str]:
        kind = KINDS.load(name)
        about = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
        return f"`{name}`", about, ", ".join(kind.verbs) or "none", ", ".join(kind.keys) or ""

    return table(("kind", "is", "the agent's writes", "keys"), map(row, KINDS.names()))


def _unions() -> Iterator[type[BaseModel]]:
    for module in (extract, state):
        for name, part in vars(module).items():
            if isinstance(part, type) and issubclass(part, BaseModel) and name.endswith(("Extract", "State")):
                yield part


def _scaffold() -> str:
    return models(model for model in parts(scaffold.Scaffold) if model not in {*_unions(), FileSchema, FileEntry})


LANGUAGE: dict[str, Callable[[], str]] = {
    "scaffold": _scaffold,
    "extractors": lambda: models(part for part in _unions() if part.__module__.endswith("extract")),
    "states": lambda: models(part for part in _unions() if part.__module__.endswith("state")),
    "file-schema": lambda: fields(FileSchema),
    "kinds": _kinds,
    "verbs": _verbs,
    "names": _scopes,
    "filters": lambda: _helpers(FILTERS),
    "tests": lambda: _helpers(TESTS),
}
"""Name → what writes the table, in Markdown."""
