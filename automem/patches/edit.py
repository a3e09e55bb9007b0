"""One edit of a document's text, checked against the same edit on its data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from automem.errors import SpecError
from automem.patches import blocks, flows
from automem.patches.forms import Form, Forms, keyed, listed, made_up
from automem.patches.places import NoPlace, entries, entry_at, in_flow, keys_of, node_at, position
from automem.patches.plain import same, value_at
from automem.patches.splice import Splice, newline_of
from automem.spec.source import Document, Steps, parse_document


def carried_out(document: Document, ways: Iterable[Splice], expected: Any) -> tuple[Document, Splice]:
    """The document after the first of `ways` that makes it hold exactly the `expected` data, and that way.

    Raises:
        SpecError: the result goes past a limit of documents, however it is written.
        AssertionError: no way leads there, which is a mistake in the ways.
    """
    refusal: SpecError | None = None
    for splice in ways:
        try:
            changed = parse_document(splice.of(document.text), document.file)
        except SpecError as error:
            refusal = error
            continue
        if same(changed.plain(), expected):
            return changed, splice
        refusal = None
    if refusal is not None:
        raise refusal
    raise AssertionError(f"no text was found for an edit of {document.file}")


def replacing(document: Document, steps: Steps, forms: Forms, expected: Any) -> Iterator[Splice]:
    """The ways to put another value at `steps`, the best first; the last ones write what is around it anew."""
    yield from _put(document, steps, forms)
    yield from rewriting(document, steps[:-1], expected)


def adding(
    document: Document, steps: Steps, key: str | int, before: str | None, forms: Forms, expected: Any
) -> Iterator[Splice]:
    """The ways to put one more entry into the mapping or list at `steps`."""
    with suppress(NoPlace):
        yield from _inserted(document, steps, key, before, forms)
    yield from rewriting(document, steps, expected)


def removing(document: Document, steps: Steps, expected: Any) -> Iterator[Splice]:
    """The ways to take out the entry at `steps`."""
    *above, last = steps
    node = node_at(document.node, above)
    with suppress(NoPlace):
        if in_flow(node):
            yield from flows.delete(document.text, node, position(node, last))
        elif len(node.value) > 1:
            yield from blocks.delete(document.text, node, position(node, last))
        elif above:
            yield from _put(document, above, made_up({} if isinstance(node, MappingNode) else []))
    yield from rewriting(document, above, expected)


def rewriting(document: Document, steps: Steps, expected: Any) -> Iterator[Splice]:
    """The ways to write the value at `steps` anew from the expected data; then what is around it, up to the top."""
    for depth in range(len(steps), 0, -1):
        yield from _put(document, steps[:depth], made_up(value_at(expected, steps[:depth])))
    newline = newline_of(document.text)
    for form in made_up(expected).block:
        yield Splice(0, len(document.text), newline.join([*form.lines, ""]))


def _put(document: Document, steps: Steps, forms: Forms) -> Iterator[Splice]:
    try:
        entry = entry_at(document.text, document.node, steps)
        if in_flow(node_at(document.node, steps[:-1])):
            yield from (flows.put(document.text, entry, form) for form in forms.flow)
        else:
            yield from (blocks.put(document.text, entry, form) for form in forms.block)
    except NoPlace:
        return


def _inserted(document: Document, steps: Steps, key: str | int, before: str | None, forms: Forms) -> Iterator[Splice]:
    node, text = node_at(document.node, steps), document.text
    whole = keyed(key, forms) if isinstance(key, str) else listed(forms)
    if isinstance(node, ScalarNode) or not node.value:
        if steps:
            yield from _put(document, steps, _for_empty(node, whole, forms))
        return
    at = key if isinstance(key, int) else _above(node, before)
    if in_flow(node):
        where = entries(text, node)[min(at, len(node.value) - 1)].start
        for form in whole.flow:
            yield flows.insert(text, node, at, flows.joined(text, where, _bare(form)))
    else:
        yield from (blocks.insert(text, node, at, form.lines) for form in whole.block)


def _above(node: Node, before: str | None) -> int:
    return len(node.value) if before is None else list(keys_of(node)).index(before)


def _bare(form: Form) -> Form:
    """A flow collection's form without its brackets."""
    lines = list(form.lines)
    lines[0] = lines[0][1:]
    lines[-1] = lines[-1][:-1]
    return Form("inline", tuple(lines))


def _for_empty(node: Node, whole: Forms, inner: Forms) -> Forms:
    """The texts for what was empty: as brackets where it was brackets and the new value fits, else as a block."""
    brackets = not isinstance(node, ScalarNode) and inner.block[0].kind == "inline" and len(inner.block[0].lines) == 1
    return Forms((*whole.flow, *whole.block) if brackets else (*whole.block, *whole.flow), whole.flow)
