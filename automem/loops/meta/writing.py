"""Documents that are worked out, written as a person would read them."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml.scalarstring import LiteralScalarString

from automem.spec.source import parse_document, round_trip

_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_WIDTH = 110


def dumped(data: Mapping[str, Any]) -> str:
    """Plain data as YAML, texts of several lines as blocks."""
    stream = io.StringIO()
    yaml = round_trip()
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(_styled(data), stream)
    text = stream.getvalue()
    trimmed = _TRAILING.sub("", text)  # ruamel.yaml breaks long lines behind the blank
    return trimmed if parse_document(trimmed, "text").plain() == parse_document(text, "text").plain() else text


def _styled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _styled(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_styled(part) for part in value]
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value.rstrip("\n") else value
