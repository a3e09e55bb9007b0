"""Reuse by name: an entry that says `use` stands for a shared one, and what it says besides takes precedence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node

from automem.errors import SpecError
from automem.spec.issues import Issue, near
from automem.spec.overlay import lay_over
from automem.spec.resolve import dumped
from automem.spec.source import Document, child, parse_document
from automem.spec.templates import SHARED, shipped_parts

USE = "use"
_SECTIONS = tuple(("phases", phase, "sections") for phase in ("log", "plan"))

Path = tuple[str, ...]


@dataclass(frozen=True)
class Filled(Document):
    """A document seen with its used entries filled in; issues are placed where the text really stands.

    Arguments:
        content: all of it as plain data.
    """

    content: dict[str, Any]

    def plain(self) -> dict[str, Any]:
        """The content, filled in."""
        return deepcopy(self.content)


def uses(content: Mapping[str, Any]) -> dict[Path, str]:
    """The path of each entry that says `use`, in the order of the document → the sort of entry it is."""
    places = [*(((sort,), sort) for sort in SHARED if sort != "sections"), *((path, "sections") for path in _SECTIONS)]
    return {
        (*path, name): sort
        for path, sort in places
        for name, entry in _mapping(content, path).items()
        if isinstance(entry, Mapping) and USE in entry
    }


def fill_in(document: Document) -> tuple[Document, list[Issue]]:
    """A document with the shared entries in place of `use`, and what is wrong with those that it names."""
    content = document.plain()
    found = uses(content)
    issues = [*_filled(document, content, found), *_in_variants(document, content)]
    if not found:
        return document, issues
    return Filled(document.file, document.text, document.data, document.node, content), issues


def _filled(document: Document, content: dict[str, Any], found: Mapping[Path, str]) -> Iterator[Issue]:
    """Fills `content` in on the way."""
    for path, sort in found.items():
        own = dict(_mapping(content, path))
        name, parts = own.pop(USE), shipped_parts()[sort]
        if not isinstance(name, str) or name not in parts:
            known = near(str(name), parts) or f"; there is {', '.join(parts) or 'none'}"
            yield document.issue((*path, USE), f"no shared entry of {sort} is called {name!r}{known}")
        elif own and not isinstance(parts[name], Mapping):
            yield document.issue(path, f"{name} is no mapping, so nothing of it can be said otherwise; write it out")
        else:
            entry = lay_over(parts[name], own) if own else deepcopy(parts[name])
            _mapping(content, path[:-1])[path[-1]] = entry


def _in_variants(document: Document, content: Mapping[str, Any]) -> Iterator[Issue]:
    """A variant is laid over what is there; `use` in it would not say what of it comes first."""
    for name, variant in _mapping(content, ("variants",)).items():
        for path in uses(_mapping(variant, ("set",))) if isinstance(variant, Mapping) else ():
            place = ("variants", name, "set", *path, USE)
            yield document.issue(place, "a variant cannot `use`; use it in the scaffold, and say here what differs")


def _mapping(content: Any, path: Path) -> dict[str, Any]:
    """What stands at a path; empty where that is no mapping."""
    for step in path:
        content = content.get(step) if isinstance(content, Mapping) else None
    return content if isinstance(content, dict) else {}


def write_out(document: Document) -> Document:
    """The same document without `use`: each entry written where it stands, every other line as it is.

    Arguments:
        document: as `fill_in` gives it, without issues.
    """
    if not isinstance(document, Filled):
        return document
    text = document.text
    for path in sorted(uses(_raw(document)), key=lambda path: document.place(path, key=True), reverse=True):
        text = _written(text, document.node, path, document.content)
    try:
        written = parse_document(text, document.file)
        if written.plain() == document.content:
            return written
    except SpecError:
        pass
    return parse_document(dumped(document.content), document.file)


def _raw(document: Document) -> dict[str, Any]:
    return Document(document.file, document.text, document.data, document.node).plain()


def _written(text: str, node: Node, path: Path, content: Any) -> str:
    """The text with one entry written out, in the style of what is around it."""
    key, value, parent = node, node, node
    for step in path:
        found = child(value, step)
        if found is None or found[0] is None:
            return text
        parent, key, value, content = value, found[0], found[1], content[step]
    start, end = value.start_mark.index, _end(text, value)
    if (isinstance(parent, MappingNode) and parent.flow_style) or not isinstance(content, (dict, list)):
        return text[:start] + json.dumps(content, ensure_ascii=False) + text[end:]
    inline = value.start_mark.line == key.start_mark.line
    indent = " " * (key.start_mark.column + 2 if inline else value.start_mark.column)
    lines = [indent + line if line else line for line in dumped(content).rstrip("\n").split("\n")]
    if not inline:
        return text[: start - len(indent)] + "\n".join(lines) + text[end:]
    rest, feed, below = text[end:].partition("\n")
    return "\n".join([text[:start].rstrip() + rest.rstrip(), *lines]) + feed + below


def _end(text: str, value: Node) -> int:
    """Where a value ends, blank lines and remarks below a block left out."""
    start, end = value.start_mark.index, value.end_mark.index
    if isinstance(value, MappingNode) and value.flow_style:
        return int(end)
    lines = text[start:end].split("\n")
    while not lines[-1].strip() or lines[-1].lstrip().startswith("#"):
        lines.pop()
    return int(start) + len("\n".join(lines))
