"""Plain data for people: in the manner of YAML, short things on one line, long texts as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_WIDTH = 110
_INDENT = "  "


def lines_of(data: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """The lines of a mapping."""
    for key, value in data.items():
        yield from _entry(f"{indent}{key}:", value, indent + _INDENT)


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    """A value after its key or dash; below it where it is long."""
    flow = _flow(value)
    if "\n" not in flow and (len(head) + len(flow) < _WIDTH or not isinstance(value, Mapping | list) or not value):
        yield f"{head} {flow}"
    elif isinstance(value, Mapping):
        yield from _mapping(head, value, indent)
    elif isinstance(value, list):
        yield head
        for part in value:
            yield from _entry(f"{indent}-", part, indent + _INDENT)
    else:
        yield f"{head} |"
        yield from (f"{indent}{line}".rstrip() for line in str(value).split("\n"))


def _mapping(head: str, value: Mapping[str, Any], indent: str) -> Iterator[str]:
    """A mapping below its key; after a dash its first entry stands beside the dash."""
    lines = list(lines_of(value, indent))
    if head.endswith("-"):
        yield f"{head} {lines[0].lstrip()}"
        yield from lines[1:]
    else:
        yield head
        yield from lines


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "-" if value is None else str(value)
