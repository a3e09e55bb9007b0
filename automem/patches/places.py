"""Where the entries of a YAML document begin and end in its text, in characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from automem.spec.source import Steps

_GAP = r"(?:[ \t\r\n]|#[^\n]*(?:\n|\Z))*"
_COLON = re.compile(_GAP + ":")
_QUESTION = re.compile(r"\?[ \t]+\Z")
_DASH = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*-(?=\s|\Z)")
_BEFORE_ITEM = re.compile(r"(?:[ \t\r\n,]|#[^\n]*\n)*")
_ALIAS = re.compile(f"{_GAP}(\\*[^\\s,\\[\\]{{}}]+)")
_COMMENT = re.compile(r"([ \t]*)#")


class NoPlace(Exception):
    """The text is written in a way that these rules do not know."""


@dataclass(frozen=True)
class Entry:
    """One entry of a mapping or list as it stands in the text.

    Arguments:
        value: its node; for an alias, the node that it names, which stands elsewhere.
        start: where its key (or the question mark before it), its dash or, in a flow list, its value begins.
        after: just behind the colon or dash; `start` in a flow list.
        begin: where the value begins; `after` where an empty value has no text.
        end: behind the last character of the value, without the comments and blank lines that follow.
        colon: whether there is a colon; a flow mapping can do without.
        alias: whether the value is written as `*name`.
    """

    value: Node
    start: int
    after: int
    begin: int
    end: int
    colon: bool = True
    alias: bool = False


def entries(text: str, node: Node) -> list[Entry]:
    """The entries of a mapping or list, in their order; none for a scalar.

    Raises:
        NoPlace: a colon or dash is not where it is looked for.
    """
    if isinstance(node, MappingNode):
        return [_keyed(text, key, value) for key, value in node.value]
    found: list[Entry] = []
    if not isinstance(node, SequenceNode):
        return found
    for value in node.value:
        since = found[-1].end if found else node.start_mark.index
        found.append(_item(text, node, value, since, first=not found))
    return found


def _keyed(text: str, key: Node, value: Node) -> Entry:
    start, after = int(key.start_mark.index), int(key.end_mark.index)
    colon = _COLON.match(text, after)
    asked = _QUESTION.search(text[line_start(text, start) : start])
    start -= len(asked[0]) if asked else 0
    after = colon.end() if colon else after
    return _valued(
        text, value, start, after, alias=value.start_mark.index < key.start_mark.index, colon=colon is not None
    )


def _item(text: str, node: SequenceNode, value: Node, since: int, *, first: bool) -> Entry:
    alias = value.start_mark.index < since
    if node.flow_style:
        at = _BEFORE_ITEM.match(text, since + 1 if first else since)
        start = at.end() if alias and at else int(value.start_mark.index)
        return _valued(text, value, start, start, alias=alias)
    dash = _DASH.match(text, since)
    if dash is None:
        raise NoPlace
    return _valued(text, value, dash.end() - 1, dash.end(), alias=alias)


def _valued(text: str, value: Node, start: int, after: int, *, alias: bool, colon: bool = True) -> Entry:
    if alias:
        name = _ALIAS.match(text, after)
        if name is None:
            raise NoPlace
        return Entry(value, start, after, name.start(1), name.end(1), colon, alias=True)
    begin, end = int(value.start_mark.index), content_end(text, value)
    if isinstance(value, ScalarNode) and begin >= end:
        return Entry(value, start, after, after, after, colon)
    return Entry(value, start, after, begin, end, colon)


def content_end(text: str, node: Node) -> int:
    """Behind the last character of a value; the text that its end mark takes in may hold comments besides."""
    end = int(node.end_mark.index)
    if isinstance(node, ScalarNode):
        return _block_scalar_end(text, node) if node.style in ("|", ">") else end
    return end if in_flow(node) or not node.value else entries(text, node)[-1].end


def in_flow(node: Node) -> bool:
    """Whether a value is a mapping or list within brackets."""
    return isinstance(node, CollectionNode) and bool(node.flow_style)


def _block_scalar_end(text: str, node: ScalarNode) -> int:
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    lines = text[start:end].splitlines(keepends=True)
    if "+" not in lines[0].partition("#")[0]:
        while len(lines) > 1 and not lines[-1].strip():
            lines.pop()
    return start + len("".join(lines).rstrip("\r\n")) if "+" not in lines[0] else line_end(text, end - 1)


def entry_at(text: str, top: Node, steps: Steps) -> Entry:
    """The entry that `steps` lead to; there is one."""
    node = top
    for step in steps:
        entry = entries(text, node)[position(node, step)]
        node = entry.value
    return entry


def node_at(top: Node, steps: Steps) -> Node:
    """The node that `steps` lead to, the top itself for none; there is one."""
    node = top
    for step in steps:
        child = node.value[position(node, step)]
        node = child[1] if isinstance(node, MappingNode) else child
    return node


def position(node: Node, step: str | int) -> int:
    """Which entry of a node a step leads to."""
    return step if isinstance(step, int) else keys_of(node).index(step)


def keys_of(node: Node) -> Sequence[str]:
    """The keys of a mapping, in their order."""
    return [key.value for key, _ in node.value]


def uses(top: Node) -> Counter[Node]:
    """How often each value is used in the values of `top`: more than once where aliases name it."""
    found: Counter[Node] = Counter()
    waiting = [top]
    while waiting:
        node = waiting.pop()
        found[node] += 1
        if found[node] == 1 and not isinstance(node, ScalarNode):
            waiting += [value for _, value in node.value] if isinstance(node, MappingNode) else node.value
    return found


def line_start(text: str, at: int) -> int:
    """Where the line of a character begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Where the line of a character ends: at its line break, or at the end of the text."""
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return end - 1 if end > at and text[end - 1] == "\r" else end


def next_line(text: str, at: int) -> int:
    """Where the line after that of a character begins; the end of the text where there is none."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def column(text: str, at: int) -> int:
    """How many characters stand before one in its line."""
    return at - line_start(text, at)


def opens_line(text: str, at: int) -> bool:
    """Whether nothing but blanks stands before a character in its line."""
    return not text[line_start(text, at) : at].strip()


def with_comments(text: str, start: int) -> int:
    """The beginning of the comment block that belongs to the entry at `start`, or of the entry's own line.

    It stands directly above, as deep as the entry. What the document begins with is about the document.
    """
    first = line_start(text, start)
    depth = text[first:start]
    while first > 0:
        above = line_start(text, first - 1)
        comment = _COMMENT.match(text, above, first)
        if comment is None or comment[1] != depth:
            return first
        first = above
    return line_start(text, start)
