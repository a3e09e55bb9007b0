"""One edit of a patch: what it expects, what it does to the document, and the edit that takes it back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from automem.errors import SpecError
from automem.patches import edit as text_edit
from automem.patches.forms import Forms, keyed
from automem.patches.model import Add, Edit, Exact, Remove, Replace, Test
from automem.patches.paths import Astray, Found, find, find_new, joined
from automem.patches.places import entry_at, node_at, uses
from automem.patches.plain import added, nested, removed, replaced, same, value_at
from automem.patches.splice import Splice
from automem.spec.issues import near
from automem.spec.resolve import LIBRARY_NOTE
from automem.spec.source import Document, Steps

_SHOWN = 80
_ALIASED = "which an alias elsewhere names; write the value out there first"


class Conflict(Exception):
    """An edit does not fit the scaffold.

    Arguments:
        steps: the place in the scaffold that the message is about.
        message: what was expected and what is there.
    """

    def __init__(self, steps: Steps, message: str) -> None:
        super().__init__(message)
        self.steps = tuple(steps)


@dataclass(frozen=True)
class Done:
    """An edit that was carried out.

    Arguments:
        document: the scaffold after it.
        back: the edit that takes it back, as a patch says it.
    """

    document: Document
    back: dict[str, Any]


@dataclass(frozen=True)
class _Change:
    """What an edit is going to do.

    Arguments:
        place: where it changes something.
        ways: how the text can be changed, the best first.
        expected: the data afterwards.
        back: the edit that takes it back.
        meant: where that edit must lead.
    """

    place: Steps
    ways: Iterable[Splice]
    expected: Any
    back: dict[str, Any]
    meant: Steps


def carry_out(document: Document, edit: Edit, forms: Forms) -> Done:
    """Carry out one edit.

    Arguments:
        document: the scaffold as the edits before left it.
        edit: what to do.
        forms: the texts of its value; of nothing where it has none.

    Raises:
        Conflict: the scaffold is not what the edit was written for, or cannot be changed there.
    """
    data = document.plain()
    try:
        if isinstance(edit, Test):
            steps = find(edit.test, data).steps
            _expect(steps, edit.value, value_at(data, steps))
            return Done(document, {"test": edit.test, "is": edit.value})
        return _carried_out(document, edit.exact, _change(document, data, edit, forms))
    except Astray as error:
        raise Conflict(error.steps, str(error)) from error
    except SpecError as error:
        raise Conflict((), f"the result would be no scaffold: {error.issues[0].message}") from error


def _change(document: Document, data: Any, edit: Add | Replace | Remove, forms: Forms) -> _Change:
    if isinstance(edit, Add):
        return _adding(document, data, edit, forms)
    if isinstance(edit, Replace):
        return _replacing(document, data, edit, forms)
    return _removing(document, data, edit)


def _carried_out(document: Document, exact: Exact | None, change: _Change) -> Done:
    ways = chain(_exactly(document, change.place, exact), change.ways)
    after, splice = text_edit.carried_out(document, ways, change.expected)
    if not _leads(change.back, after, change.meant):
        above = joined(change.meant[:-1]) or "what is above"
        message = f"{joined(change.meant)} would mean something else afterwards; replace {above} whole"
        raise Conflict(change.place, message)
    at = splice.start - int(node_at(after.node, change.meant[:-1]).start_mark.index)
    cut = document.text[splice.start : splice.end]
    return Done(after, {**change.back, "exact": {"at": at, "cut": splice.put, "put": cut}})


def _exactly(document: Document, place: Steps, exact: Exact | None) -> Iterator[Splice]:
    """The change that the edit itself spells out, where the text is what it says."""
    if exact is not None:
        start = int(node_at(document.node, place[:-1]).start_mark.index) + exact.at
        if start >= 0 and document.text.startswith(exact.cut, start):
            yield Splice(start, start + len(exact.cut), exact.put)


def _leads(back: dict[str, Any], after: Document, meant: Steps) -> bool:
    """Whether the path of the edit back leads where it must, keys with `/` being what they are."""
    path = next(back[kind] for kind in ("add", "replace", "remove") if kind in back)
    try:
        found = find_new(path, after.plain())
    except Astray:
        return False
    if "add" in back and not isinstance(meant[-1], int):
        return found == Found(tuple(meant[:-1]), tuple(meant[-1:]))
    return (*found.steps, *found.new) == tuple(meant)


def _adding(document: Document, data: Any, edit: Add, forms: Forms) -> _Change:
    found = find_new(edit.add, data)
    if not found.new and isinstance(found.steps[-1], int):
        found = Found(found.steps[:-1], found.steps[-1:])
    if not found.new:
        there = _short(value_at(data, found.steps))
        raise Conflict(found.steps, f"{edit.add} is there already: {there}; `replace` it, or add under another name")
    home, (key, *rest) = found.steps, found.new
    _unshared(document, home)
    before = _before(edit, document, data, home)
    for name in reversed(rest):
        forms = keyed(str(name), forms)
    value = nested(rest, edit.value)
    expected = added(data, home, key, value, before)
    ways = text_edit.adding(document, home, key, before, forms, expected)
    place = (*home, key)
    if value_at(data, home) is None:
        back = {"replace": joined(home), "was": value_at(expected, home), "with": None}
        return _Change(place, ways, expected, back, home)
    return _Change(place, ways, expected, {"remove": joined(place), "was": value}, place)


def _before(edit: Add, document: Document, data: Any, home: Steps) -> str | None:
    """The key that a new entry goes above: the one that is said; at the top, what a run wrote below the text."""
    there = value_at(data, home)
    if edit.before is None:
        below = not home and LIBRARY_NOTE.strip() in document.text and "library" in there
        return "library" if below else None
    if isinstance(there, list):
        raise Conflict(home, f"{joined(home)} is a list; say the position in the path instead of `before`")
    if edit.before not in (there or {}):
        hint = near(edit.before, there or ())
        raise Conflict(home, f"there is no {edit.before!r} in {joined(home) or 'the scaffold'} to go above{hint}")
    return edit.before


def _replacing(document: Document, data: Any, edit: Replace, forms: Forms) -> _Change:
    steps, old = _found(document, data, edit.replace, edit)
    expected = replaced(data, steps, edit.value)
    ways = text_edit.replacing(document, steps, forms, expected)
    return _Change(steps, ways, expected, {"replace": joined(steps), "was": edit.value, "with": old}, steps)


def _removing(document: Document, data: Any, edit: Remove) -> _Change:
    steps, old = _found(document, data, edit.remove, edit)
    expected = removed(data, steps)
    back = {"add": joined(steps), "with": old}
    if isinstance(steps[-1], str):
        names = list(value_at(data, steps[:-1]))
        following = names[names.index(steps[-1]) + 1 :]
        back.update({"before": following[0]} if following else {})
    return _Change(steps, text_edit.removing(document, steps, expected), expected, back, steps)


def _found(document: Document, data: Any, path: str, edit: Replace | Remove) -> tuple[Steps, Any]:
    """Where the path of an edit leads and what is there, which must be what the edit says and the edit's to change."""
    steps = find(path, data).steps
    old = value_at(data, steps)
    if "was" in edit.model_fields_set:
        _expect(steps, edit.was, old)
    _unshared(document, steps[:-1])
    entry = entry_at(document.text, document.node, steps)
    if not entry.alias:
        everywhere, inside = uses(document.node), uses(entry.value)
        for node, count in inside.items():
            here = entry.begin <= node.start_mark.index <= entry.end
            if here and everywhere[node] > count:
                raise Conflict(steps, f"{joined(steps)} holds the anchor &{node.anchor}, {_ALIASED}")
    return steps, old


def _unshared(document: Document, steps: Steps) -> None:
    """Refuse an edit below a value that stands in several places at once."""
    count = uses(document.node)
    for depth in range(1, len(steps) + 1):
        node = node_at(document.node, steps[:depth])
        if count[node] > 1:
            raise Conflict(steps[:depth], f"{joined(steps[:depth])} has the anchor &{node.anchor}, {_ALIASED}")


def _expect(steps: Steps, wanted: Any, there: Any) -> None:
    if not same(wanted, there, ordered=False):
        raise Conflict(steps, f"{joined(steps)} should be {_short(wanted)}, but it is {_short(there)}")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
