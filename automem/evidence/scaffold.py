"""The scaffold itself, as its author wrote it, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from automem.errors import RunError
from automem.evidence.tool import OfVersion, Tool, excerpt, within
from automem.evidence.view import View
from automem.patches.paths import Astray, find
from automem.patches.places import NoPlace, entry_at, line_start
from automem.spec.resolve import LIBRARY_NOTE
from automem.spec.source import Document

_ROOM = 14_000
_NAMES = 3_000


class Scaffold(OfVersion):
    """Arguments of `scaffold`."""

    path: str = Field(
        "", max_length=400, description="keys joined by /, such as phases/plan or library/templates/common/files"
    )
    start: int = Field(0, ge=0, description="the character it begins at; `next` says where it goes on")


def scaffold(view: View, args: Scaffold) -> Mapping[str, Any]:
    """The text of a scaffold, or of what stands at a path."""
    document = view.scaffold(args.version)
    version = view.known_versions[view.version if args.version is None else args.version]
    place = {"version": version.number, "of": f"{version.name}@{version.hash[:12]}"}
    if args.path:
        return {**place, "path": args.path, **excerpt(_text_at(document, args.path), args.start, _ROOM)}
    library: Mapping[str, Mapping[str, Any]] = document.plain().get("library") or {}
    names = [f"library/{sort}/{name}" for sort, parts in library.items() for name in parts]
    own = document.text.partition(LIBRARY_NOTE)[0]
    return {**place, **excerpt(own, args.start, _ROOM), "library": within(names, _NAMES)}


def _text_at(document: Document, path: str) -> str:
    """The lines of what stands at a path, its key included."""
    try:
        entry = entry_at(document.text, document.node, find(path.strip("/"), document.plain()).steps)
    except (Astray, NoPlace) as problem:
        raise RunError(f"the scaffold has nothing to show at {path!r}: {problem}") from problem
    line = line_start(document.text, entry.start)
    begin = entry.start if document.text[line : entry.start].strip() else line
    return document.text[begin : entry.end]


TOOLS = (
    Tool(
        "scaffold",
        "The scaffold's YAML as it is now, comments included, and its name with hash for a patch's `of`. A path gives"
        " one part; shipped templates, schemas and replies that it uses stand under library/….",
        Scaffold,
        scaffold,
    ),
)
