"""The texts that a value can be written as: the way its author wrote it, as a block, on one line."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from automem.patches.places import column, content_end, in_flow, line_end, line_start, next_line, opens_line
from automem.spec.source import Document, Steps, round_trip

STEP = 2
_WIDEST = 2**31
_SHORT = 80
_PLAIN_KEY = re.compile(r"(?!(?:null|true|false)\Z)[A-Za-z_](?:[\w ./-]*\w)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Form:
    """A value's text.

    Arguments:
        kind: `inline` begins on the line of its key; so does a block `scalar`, with its header; a `block`
            (mapping or list) begins on a line of its own below a key, and beside a dash.
        lines: its lines, without the indentation they share.
    """

    kind: Literal["inline", "scalar", "block"]
    lines: tuple[str, ...]

    def under(self, prefix: str) -> list[str]:
        """The lines of an entry: with a key and its colon, or a dash, before the value."""
        if self.kind == "block" and prefix != "-":
            return [prefix, *indented(self.lines)]
        first, *rest = self.lines
        return [f"{prefix} {first}" if first else prefix, *indented(rest)]


@dataclass(frozen=True)
class Forms:
    """All that a value may be written as, the best first.

    Arguments:
        block: for block style, where lines and indentation count.
        flow: for flow style, within brackets.
    """

    block: tuple[Form, ...]
    flow: tuple[Form, ...]


def indented(lines: list[str] | tuple[str, ...], by: int = STEP) -> list[str]:
    """Lines that are not empty, further to the right."""
    return [" " * by + line if line else line for line in lines]


def authored(document: Document, steps: Steps, value: Any) -> Forms:
    """The texts of a value that stands at `steps` of a patch; `value` as data."""
    key, node = _found(document.node, steps)
    form = _as_written(document.text, key, node)
    made = made_up(value)
    in_flow = (form,) if form.kind == "inline" else ()
    return Forms((form, *made.block), (*in_flow, *made.flow))


def exactly(text: str) -> str:
    """A text as YAML that keeps each character, whatever it is."""
    return _dumped(DoubleQuotedScalarString(text))


def made_up(value: Any) -> Forms:
    """The texts of a value that nobody has written."""
    flow = Form("inline", (_dumped(_marked(value)),))
    blocks: tuple[Form, ...] = ()
    if isinstance(value, (dict, list)) and value:
        blocks = (Form("block", tuple(_block_lines(value))),)
        if len(flow.lines[0]) <= _SHORT and not any(
            isinstance(part, (dict, list)) or _long(part) for part in _parts(value)
        ):
            return Forms((flow, *blocks), (flow,))
    elif _long(value) and all(line.isprintable() for line in value.split("\n")):
        blocks = (_literal(value),)
    return Forms((*blocks, flow), (flow,))


def keyed(key: str, forms: Forms) -> Forms:
    """The texts of a mapping with one key, whose value has texts already."""
    name = key_text(key)
    block = tuple(Form("block", tuple(form.under(f"{name}:"))) for form in forms.block)
    return Forms(block, tuple(_wrapped(f"{{{name}: ", form, "}") for form in forms.flow))


def listed(forms: Forms) -> Forms:
    """The texts of a list with one entry, which has texts already."""
    block = tuple(Form("block", tuple(form.under("-"))) for form in forms.block)
    return Forms(block, tuple(_wrapped("[", form, "]") for form in forms.flow))


def key_text(key: str) -> str:
    """A key as YAML."""
    return key if _PLAIN_KEY.fullmatch(key) else exactly(key)


def _wrapped(before: str, form: Form, behind: str) -> Form:
    lines = list(form.lines)
    lines[0] = before + lines[0]
    lines[-1] += behind
    return replace(form, lines=tuple(lines))


def _found(top: Node, steps: Steps) -> tuple[Node, Node]:
    """The key and the value of an entry."""
    key = node = top
    for step in steps:
        if isinstance(node, MappingNode):
            key, node = next((name, value) for name, value in node.value if name.value == step)
        else:
            node = node.value[step]
    return key, node


def _as_written(text: str, key: Node, node: Node) -> Form:
    begin, end = int(node.start_mark.index), content_end(text, node)
    if isinstance(node, ScalarNode) and begin >= end:
        return Form("inline", ("",))
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        return _block_scalar(text[begin:end].splitlines(), int(key.start_mark.column))
    if isinstance(node, ScalarNode):
        first, *rest = _lines(text[begin:end])
        return Form("inline", (first, *(line.strip(" \t") for line in rest)))
    if in_flow(node):
        first, *rest = _lines(text[begin:end])
        return Form("inline", (first, *_dedented(rest)))
    return _block(text, key, begin, end)


def _block(text: str, key: Node, begin: int, end: int) -> Form:
    above = next_line(text, int(key.end_mark.index))
    start = above if above <= line_start(text, begin) and opens_line(text, begin) else begin
    depth = column(text, begin)
    lines = _lines(text[line_start(text, start) : line_end(text, end)])
    while lines and not lines[0].strip():
        lines.pop(0)
    return Form("block", tuple(_less(line, depth) for line in lines))


def _block_scalar(lines: list[str], parent: int) -> Form:
    header, *content = lines
    digit = next((character for character in header.partition("#")[0] if character.isdigit()), None)
    first = next((line for line in content if line.strip()), "")
    depth = parent + int(digit) if digit else len(first) - len(first.lstrip(" "))
    if digit:
        header = header.replace(digit, str(STEP), 1)
    return Form("scalar", (header, *(line[depth:] for line in content)))


def _literal(value: str) -> Form:
    body = value.rstrip("\n")
    breaks = len(value) - len(body)
    lines = body.split("\n") if body else []
    digit = str(STEP) if not lines or lines[0][:1] in (" ", "") else ""
    chomp = "-" if not breaks else "" if breaks == 1 and body else "+"
    return Form("scalar", (f"|{digit}{chomp}", *lines, *[""] * (breaks - 1 if body else breaks)))


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def _dedented(lines: list[str]) -> list[str]:
    depth = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return [_less(line, depth) for line in lines]


def _less(line: str, depth: int) -> str:
    """A line without as much of its indentation as it has of `depth`."""
    return line[min(depth, len(line) - len(line.lstrip(" "))) :]


def _block_lines(value: Any) -> Iterator[str]:
    """The lines of a mapping or list in block style."""
    for key, part in value.items() if isinstance(value, dict) else ((None, part) for part in value):
        prefix = "-" if key is None else f"{key_text(key)}:"
        yield from made_up(part).block[0].under(prefix)


def _long(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value


def _parts(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _marked(value: Any) -> Any:
    """`value` with its collections marked for flow style, and texts for quotes where blanks and breaks count."""
    if isinstance(value, (dict, list)):
        marked: Any = CommentedSeq(map(_marked, value))
        if isinstance(value, dict):
            marked = CommentedMap((_marked(key), _marked(part)) for key, part in value.items())
        marked.fa.set_flow_style()
        return marked
    awkward = isinstance(value, str) and not value.isprintable()
    return DoubleQuotedScalarString(value) if awkward else value


def _dumped(marked: Any) -> str:
    """One line of YAML."""
    whole = CommentedSeq([marked])
    whole.fa.set_flow_style()
    yaml, stream = round_trip(), io.StringIO()
    yaml.width = _WIDEST
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.dump(whole, stream)
    return stream.getvalue().strip()[1:-1]
