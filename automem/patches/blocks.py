"""Edits of mappings and lists in block style, where lines and indentation count."""

from __future__ import annotations

from collections.abc import Sequence

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from automem.patches.forms import STEP, Form, indented
from automem.patches.places import (
    Entry,
    column,
    entries,
    line_end,
    line_start,
    next_line,
    opens_line,
    with_comments,
)
from automem.patches.splice import Splice, newline_of


def put(text: str, entry: Entry, form: Form) -> Splice:
    """Another value in a block entry."""
    indent = column(text, entry.start)
    below = "\n" in text[entry.after : entry.begin]
    dashed = text[entry.start] == "-" and entry.after == entry.start + 1
    if form.kind == "block" and not dashed:
        return _block_below(text, entry, form, indent) if below else _block_beside(text, entry, form, indent)
    first, *rest = form.lines
    if form.kind == "block":
        gap = " " if below or entry.begin == entry.after else text[entry.after : entry.begin]
        lines = [gap + first, *indented(rest, indent + 1 + len(gap))]
    else:
        lines = [(" " + first) if first else "", *indented(rest, indent + STEP)]
    if below or form.kind == "scalar":
        note_from = entry.after if below else entry.end
        return _with_note(text, entry, lines, note_from, first=form.kind == "scalar")
    if entry.begin > entry.after and first and form.kind == "inline":
        return Splice(entry.begin, entry.end, newline_of(text).join([first, *lines[1:]]))
    return Splice(entry.after, entry.end, newline_of(text).join(lines))


def _with_note(text: str, entry: Entry, lines: list[str], note_from: int, *, first: bool) -> Splice:
    """Lines in place of a value, with the comment that stood behind its key, or behind it, kept."""
    end = line_end(text, note_from)
    note = text[note_from:end].rstrip()
    lines[0 if first else -1] += note
    return Splice(entry.after, max(end, entry.end), newline_of(text).join(lines))


def _block_below(text: str, entry: Entry, form: Form, indent: int) -> Splice:
    """A block in place of one that begins on a line of its own, as deep as that."""
    depth = column(text, entry.begin)
    deep_enough = depth > indent or (depth == indent and form.lines[0].startswith("-"))
    depth = depth if deep_enough and not isinstance(entry.value, ScalarNode) else indent + STEP
    start = max(with_comments(text, entry.begin), next_line(text, entry.after))
    return Splice(start, line_end(text, entry.end), newline_of(text).join(indented(form.lines, depth)))


def _block_beside(text: str, entry: Entry, form: Form, indent: int) -> Splice:
    """A block in place of a value that begins on the line of its key; a comment behind that stays there."""
    note = text[entry.end : line_end(text, entry.end)].rstrip()
    lines = [note, *indented(form.lines, indent + STEP)]
    return Splice(entry.after, line_end(text, entry.end), newline_of(text).join(lines))


def insert(text: str, node: Node, at: int, lines: Sequence[str]) -> Splice:
    """One more entry before the one at position `at`, or at the end; `lines` without their indentation."""
    found = entries(text, node)
    newline = newline_of(text)
    depth = column(text, found[0].start)
    if at == len(found):
        apart = newline if len(found) > 1 and _apart(text, found[-1]) else ""
        end = line_end(text, found[-1].end)
        return Splice(end, end, newline + apart + newline.join(indented(list(lines), depth)))
    start = found[at].start
    if not opens_line(text, start):
        first, *rest = lines
        return Splice(start, start, newline.join([first, *indented(rest, depth), " " * depth]))
    apart = newline if at > 0 and _apart(text, found[at]) else ""
    start = with_comments(text, start)
    return Splice(start, start, newline.join([*indented(list(lines), depth), ""]) + apart)


def _apart(text: str, entry: Entry) -> bool:
    """Whether a blank line stands above an entry and the comments that belong to it."""
    start = with_comments(text, entry.start)
    return start > 0 and not text[line_start(text, start - 1) : start].strip()


def delete(text: str, node: Node, at: int) -> list[Splice]:
    """Ways to take out an entry that is not the only one, with the comments directly above it; the best first."""
    found = entries(text, node)
    entry = found[at]
    end = line_end(text, entry.end)
    if not opens_line(text, entry.start):
        following = found[at + 1].start
        if isinstance(node, MappingNode) and not text[end:following].strip():
            return [Splice(entry.start, following, "")]
        return [Splice(entry.start, end, "")]
    start, stop = with_comments(text, entry.start), next_line(text, entry.end)
    if end == len(text):
        return [Splice(len(text[:start].rstrip("\r\n")), end, ""), Splice(start, end, "")]
    blank = next_line(text, stop) if stop < len(text) and not text[stop : line_end(text, stop)].strip() else stop
    ways = [Splice(start, stop, "")]
    return [Splice(start, blank, ""), *ways] if _apart(text, entry) and blank > stop else ways
