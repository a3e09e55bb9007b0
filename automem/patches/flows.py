"""Edits of mappings and lists in flow style, within brackets."""

from __future__ import annotations

from ruamel.yaml.nodes import Node

from automem.patches.forms import STEP, Form, indented
from automem.patches.places import Entry, column, entries, line_start, opens_line
from automem.patches.splice import Splice, newline_of


def put(text: str, entry: Entry, form: Form) -> Splice:
    """Another value in a flow entry."""
    value = joined(text, entry.start, form)
    if entry.begin < entry.end:
        return Splice(entry.begin, entry.end, value)
    return Splice(entry.after, entry.after, (" " if entry.colon else ": ") + value)


def joined(text: str, at: int, form: Form) -> str:
    """The lines of a form that goes to `at`, deeper than the line that it begins on."""
    start = line_start(text, at)
    depth = len(text[start:]) - len(text[start:].lstrip(" ")) + STEP
    first, *rest = form.lines
    return newline_of(text).join([first, *indented(rest, depth)])


def insert(text: str, node: Node, at: int, value: str) -> Splice:
    """One more entry (`value`, with its key) before the one at position `at`, or at the end."""
    found = entries(text, node)
    beside = found[min(at, len(found) - 1)]
    alone = opens_line(text, beside.start)
    gap = newline_of(text) + " " * column(text, beside.start) if alone else " "
    if at == len(found):
        return Splice(beside.end, beside.end, f",{gap}{value}")
    return Splice(beside.start, beside.start, f"{value},{gap}")


def delete(text: str, node: Node, at: int) -> list[Splice]:
    """Take out one entry, with its comma."""
    found = entries(text, node)
    entry = found[at]
    if len(found) == 1:
        return [Splice(int(node.start_mark.index) + 1, int(node.end_mark.index) - 1, "")]
    if at + 1 < len(found):
        return [Splice(entry.start, found[at + 1].start, "")]
    before = found[at - 1].end
    if "#" in text[before : entry.start]:
        return [Splice(entry.start, entry.end, "")]
    return [Splice(before, entry.end, "")]
