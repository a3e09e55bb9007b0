"""JSON Schemas of every kind of document, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from automem.api.validate import KINDS
from automem.errors import AutoMemError
from automem.spec.issues import near
from automem.spec.templates import SHARED
from automem.spec.use import USE

FILES: dict[str, str] = {kind: f"{kind}.schema.json" for kind in KINDS}
"""Kind → the file its schema is written to."""


_USE = {
    "description": "A shared entry, and what is to differ from it.",
    "type": "object",
    "required": [USE],
    "properties": {USE: {"type": "string", "description": "its name, such as nethack/asks"}},
}


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one kind of document.

    Raises:
        AutoMemError: there is no such kind.
    """
    if kind not in KINDS:
        raise AutoMemError(f"no kind of document is called {kind!r}{near(kind, KINDS)}; known: {', '.join(KINDS)}")
    schema = KINDS[kind].model_json_schema(by_alias=True)
    if kind == "scaffold":
        _reusing(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": f"AutoMem {kind}"}


def _reusing(schema: dict[str, Any]) -> None:
    """Let each entry that may be shared also be one that says `use`; the model knows them filled in alone."""
    phases = [schema["$defs"][phase]["properties"] for phase in ("Phase", "PlanPhase")]
    places = [schema["properties"], *phases]
    for mapping in (place[sort] for place in places for sort in SHARED if sort in place):
        names = mapping["patternProperties"]
        mapping["patternProperties"] = {
            name: {"anyOf": [{"$ref": "#/$defs/Use"}, entry]} for name, entry in names.items()
        }
    schema["$defs"]["Use"] = _USE


def schema_text(kind: str) -> str:
    """The same as the text of its file."""
    return json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into `folder`; returns the files whose text changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for kind, name in FILES.items():
        path, text = folder / name, schema_text(kind)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
