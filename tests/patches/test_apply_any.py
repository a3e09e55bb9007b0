"""Whatever the scaffold and the edit: the data is what the edit means, and the way back leads to the same bytes."""

from __future__ import annotations

import copy
import difflib
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automem.errors import SpecError
from automem.patches.plain import same
from automem.spec.source import Document

from .drawn import applied, document, edits, patch_text, texts

TEXTS = texts()
KEPT = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@lru_cache
def scaffold(name: str) -> Document:
    return document(TEXTS[name])


@pytest.mark.parametrize("name", sorted(TEXTS.keys() - {"odd", "odd-crlf"}))
@settings(KEPT, max_examples=3)
@given(drawn=st.data())
def test_there_and_back(name: str, drawn: st.DataObject) -> None:
    check(scaffold(name), drawn)


@pytest.mark.parametrize("name", ["odd", "odd-crlf"])
@settings(KEPT, max_examples=25)
@given(drawn=st.data())
def test_there_and_back_in_odd_texts(name: str, drawn: st.DataObject) -> None:
    check(scaffold(name), drawn)


def check(before: Document, drawn: st.DataObject) -> None:
    for _ in range(drawn.draw(st.integers(1, 3))):
        edit = drawn.draw(edits(before.plain()))
        try:
            patched = applied(before, patch_text(edit, flow=drawn.draw(st.booleans())))
        except SpecError:
            continue
        after = document(patched.text)
        expected = meant(before.plain(), edit)
        assert expected is None or same(after.plain(), expected)
        assert changed_sections(before, after) <= 1
        assert applied(after, patched.inverse).text == before.text
        before = after


def changed_sections(before: Document, after: Document) -> int:
    """How many sections at the top have changed lines; comments and blank lines above count to the section before."""
    old, new = (document.text.lstrip("\ufeff").splitlines() for document in (before, after))
    starts = [key.start_mark.line for key, _ in before.node.value]
    changed = set()
    for kind, start, end, _, _ in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind in ("replace", "delete"):
            lines = (line for line in range(start, end) if old[line].strip() and not old[line].lstrip().startswith("#"))
            changed |= {sum(first <= line for first in starts) for line in lines}
    return len(changed)


def meant(data: dict[str, Any], edit: dict[str, Any]) -> dict[str, Any] | None:
    """The edit on a copy of the data; none where keys hold `/`, where the order would change, or at a list's end."""
    data = copy.deepcopy(data)
    path = edit.get("add") or edit.get("replace") or edit["remove"]
    *above, last = path.split("/")
    inside: Any = data
    for step in above:
        if isinstance(inside, list):
            inside = inside[int(step)]
        elif isinstance(inside, dict) and isinstance(inside.get(step), (dict, list)):
            inside = inside[step]
        else:
            return None
    if isinstance(inside, list):
        at = len(inside) if last == "-" else int(last)
        inside[at : at + ("add" not in edit)] = [edit["with"]] if "with" in edit else []
    elif "remove" in edit:
        del inside[last]
    elif "before" in edit or inside is data or not isinstance(inside, dict):
        return None
    else:
        inside[last] = edit["with"]
    return data
