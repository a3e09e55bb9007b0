"""Edits of a scaffold's text: where they land, what they keep, and what they say when they do not fit."""

from __future__ import annotations

import pytest

from automem.errors import SpecError
from automem.spec.load import load_scaffold
from automem.spec.resolve import LIBRARY_NOTE
from automem.spec.source import parse_document

from .drawn import SHIPPED, applied, document

HEAD = "kind: patch\nof: x\nreason: y\nedits:\n"

CASES = {
    "comments above and behind": ("a: 1  # one\n# two\nb: 2\n", "remove: b", "a: 1  # one\n"),
    "the head of the document stays": ("# head\na: 1\nb: 2\n", "remove: a", "# head\nb: 2\n"),
    "comment apart stays": ("a: 1\n\n# apart\n\nb: 2\nc: 3\n", "remove: b", "a: 1\n\n# apart\n\nc: 3\n"),
    "remark behind a value": ("a:   1   # one\n", "replace: a, with: 2", "a:   2   # one\n"),
    "the last of a mapping": ("a:  # what\n  b: 1\nc: 2\n", "remove: a/b", "a: {}  # what\nc: 2\n"),
    "the last of a list": ("a:\n- b\nc: 2\n", "remove: a/0", "a: []\nc: 2\n"),
    "beside a dash": ("a:\n- b: 1\n  c: 2\n", "remove: a/0/b", "a:\n- c: 2\n"),
    "before, beside a dash": ("a:\n- b: 1\n", "{add: a/0/c, with: 2, before: b}", "a:\n- c: 2\n  b: 1\n"),
    "list as deep as its key": ("a:\n- b\nc: 2\n", "add: a/-, with: d", "a:\n- b\n- d\nc: 2\n"),
    "list position": ("a: [b, c]\n", "add: a/1, with: d", "a: [b, d, c]\n"),
    "no final break": ("a: 1\nb: 2", "add: c, with: 3", "a: 1\nb: 2\nc: 3"),
    "no final break, removed": ("a: 1\nb: 2", "remove: b", "a: 1"),
    "CRLF": ("a:\r\n  b: 1\r\n", 'add: a/c, with: "x\\ny"', 'a:\r\n  b: 1\r\n  c: "x\\ny"\r\n'),
    "byte order mark": ("\ufeffa: 1\nb: 2\n", "replace: a, with: 2", "\ufeffa: 2\nb: 2\n"),
    "mappings on the way": ("a: 1\n", "add: b/c/d, with: [1]", "a: 1\nb:\n  c:\n    d: [1]\n"),
    "mappings on the way, in brackets": ("a: {b: 1}\n", "add: a/c/d, with: 2", "a: {b: 1, c: {d: 2}}\n"),
    "empty brackets": ("a: {}  # e\n", "add: a/b, with: 2", "a: {b: 2}  # e\n"),
    "nothing": ("a:  # e\nb: 2\n", "add: a/c, with: 2", "a:  # e\n  c: 2\nb: 2\n"),
    "keys with slashes": ("a: {b/c: 1, b: {c: 2}}\n", "replace: a/b/c, with: 3", "a: {b/c: 3, b: {c: 2}}\n"),
    "template": ("name: a\n", "add: templates/x/y, with: t", "name: a\ntemplates:\n  x/y: t\n"),
    "brackets over lines": (
        "a: {\n  b: 1,  # one\n  c: 2\n}\n",
        "add: a/d, with: 3",
        "a: {\n  b: 1,  # one\n  c: 2,\n  d: 3\n}\n",
    ),
    "before, over lines": ("a: [\n  b,\n  c]\n", "add: a/1, with: d", "a: [\n  b,\n  d,\n  c]\n"),
    "odd depth": ("a:\n     b: 1\n", "{add: a/c, with: {d: 1}, before: b}", "a:\n     c: {d: 1}\n     b: 1\n"),
    "sections apart": ("a: 1\n\nb: 2\n", "add: c, with: 3", "a: 1\n\nb: 2\n\nc: 3\n"),
    "before a comment block": (
        "a: 1\n\n# two\nb: 2\n",
        "{add: c, with: 3, before: b}",
        "a: 1\n\nc: 3\n\n# two\nb: 2\n",
    ),
    "alias itself": ("a: &x {b: 1}\nc: *x  # as a\n", "remove: c", "a: &x {b: 1}\n"),
    "a text that looks like a number": ("a: b\n", 'replace: a, with: "007"', 'a: "007"\n'),
    "kept breaks": ("a: |+\n  t\n\nb: 1\n", "add: c, with: 1, before: b", "a: |+\n  t\n\nc: 1\n\nb: 1\n"),
    "complex key, removed": ("? a\n: b\nc: 1  # one\n", "remove: a", "c: 1  # one\n"),
    "complex key": ("? a\n: b\nc: 1\n", "replace: a, with: d", "? a\n: d\nc: 1\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_text(name: str) -> None:
    before, edit, after = CASES[name]
    edit = edit.strip("{}") if edit.startswith("{add") else edit
    patched = applied(document(before), f"{HEAD}  - {{{edit}}}\n")
    assert patched.text == after
    assert applied(document(patched.text), patched.inverse).text == before


VALUES = {
    "block in block": (
        "a:\n  b: 1  # one\n",
        "  - replace: a/b\n    with:\n      # why\n      c:   'd'  # what\n      e: |2-\n         f\n        g\n",
        "a:\n  b:  # one\n    # why\n    c:   'd'  # what\n    e: |2-\n       f\n      g\n",
    ),
    "block in brackets": (
        "a: {b: 1}\n",
        "  - replace: a/b\n    with:\n      c: [d]\n      e: |\n        f\n",
        'a: {b: {c: [d], e: "f\\n"}}\n',
    ),
    "literal over literal": (
        "a: |-  # t\n  b\nc: 1\n",
        "  - replace: a\n    with: |\n          d\n\n            e\n",
        "a: |\n  d\n\n    e\nc: 1\n",
    ),
    "literal with a depth of its own": ("a: 1\n", "  - replace: a\n    with: |4\n         d\n", "a: |2\n   d\n"),
    "block over block": (
        "a:\n      - 1\n      - 2\nc: 1\n",
        "  - replace: a\n    with:\n    - x: 1\n      y: 2\n    - z\n",
        "a:\n      - x: 1\n        y: 2\n      - z\nc: 1\n",
    ),
    "block beside a dash": (
        "- 1".join(("a:\n", "\n")),
        "  - replace: a/0\n    with:\n      x: 1\n      y: 2\n",
        "a:\n- x: 1\n  y: 2\n",
    ),
    "plain over lines": ("a: 1\nb: 2\n", "  - replace: a\n    with: one\n      two\n", "a: one\n  two\nb: 2\n"),
}


@pytest.mark.parametrize("name", VALUES)
def test_values_stay_as_written(name: str) -> None:
    before, edit, after = VALUES[name]
    patched = applied(document(before), HEAD + edit)
    assert patched.text == after
    assert applied(document(patched.text), patched.inverse).text == before


SCAFFOLD = "ops:\n  READ: {phases: [log, plan]}\nturns: 5\nx: &x {a: 1}\ny: *x\n"
CONFLICTS = {
    "replace: ops/READ/phases, was: [log], with: []": (
        'ops/READ/phases should be ["log"], but it is ["log", "plan"] (scaffold.yaml:2)'
    ),
    "remove: ops/REED": "there is no 'REED' in ops (did you mean 'READ'?) (scaffold.yaml:1)",
    "test: turns, is: '5'": 'turns should be "5", but it is 5 (scaffold.yaml:3)',
    "add: turns, with: 1": "turns is there already: 5; `replace` it, or add under another name (scaffold.yaml:3)",
    "add: turns/x, with: 1": "turns is 5; nothing stands below it (scaffold.yaml:3)",
    "add: ops/X, with: 1, before: REED": (
        "there is no 'REED' in ops to go above (did you mean 'READ'?) (scaffold.yaml:1)"
    ),
    "remove: ops/READ/phases/2": "there is no '2' in ops/READ/phases (scaffold.yaml:2)",
    "add: ops/READ/phases/-1, with: 1": (
        "ops/READ/phases is a list of 2; '-1' is no position in it, counted from 0 (scaffold.yaml:2)"
    ),
    "add: ops/READ/phases/0, with: 1, before: log": (
        "ops/READ/phases is a list; say the position in the path instead of `before` (scaffold.yaml:2)"
    ),
    "replace: y/a, with: 2": (
        "y has the anchor &x, which an alias elsewhere names; write the value out there first (scaffold.yaml:4)"
    ),
    "remove: x": (
        "x holds the anchor &x, which an alias elsewhere names; write the value out there first (scaffold.yaml:4)"
    ),
}


@pytest.mark.parametrize("edit", CONFLICTS)
def test_conflict(edit: str) -> None:
    with pytest.raises(SpecError) as raised:
        applied(document(SCAFFOLD), f"{HEAD}  - {{{edit}}}\n")
    assert str(raised.value) == f"patch.yaml:5:6: edits/0: {CONFLICTS[edit]}"


def test_all_independent_conflicts_are_told_at_once() -> None:
    edits = "  - remove: opps\n  - {replace: turns, was: 4, with: 3}\n  - remove: opps/READ\n"
    with pytest.raises(SpecError) as raised:
        applied(document(SCAFFOLD), HEAD + edits)
    assert [issue.path for issue in raised.value.issues] == ["edits/0", "edits/1"]


def test_what_would_break_a_limit_is_a_conflict() -> None:
    deep = "{a: " * 40 + "1" + "}" * 40
    edit = f"  - {{add: {'/'.join('abcdefghijklmnopqrstuvwxyz')}, with: {deep}}}\n"
    with pytest.raises(SpecError, match="edits/0: the result would be no scaffold: nested more than 64 levels"):
        applied(document(SCAFFOLD), HEAD + edit)


def test_additions_stand_above_the_library() -> None:
    scaffold = document(load_scaffold(SHIPPED["crafter/v0"]).text)
    patched = applied(scaffold, HEAD + "  - {add: templates/crafter/game, with: Play.}\n")
    own, _, library = patched.text.partition(LIBRARY_NOTE)
    assert own.endswith("\n\ntemplates:\n  crafter/game: Play.\n\n")
    assert scaffold.text.endswith(library)
    assert applied(document(patched.text), patched.inverse).text == scaffold.text


def test_the_way_back_is_a_patch_of_what_it_was_written_for() -> None:
    patched = applied(document(SHIPPED["crafter/v0"].read_text()), HEAD + "  - {replace: phases/log/turns, with: 4}\n")
    inverse = parse_document(patched.inverse, "inverse", aliases=False).plain()
    assert inverse["reason"] == "takes back: y"
    assert inverse["edits"] == [
        {"replace": "phases/log/turns", "was": 4, "with": 5, "exact": {"at": 7, "cut": "4", "put": "5"}}
    ]


def test_the_way_back_holds_after_other_changes() -> None:
    patched = applied(document("a: 1\n# of b\nb: {c: 2}  # two\nd: 3\n"), HEAD + "  - {remove: b}\n")
    changed = "# new\n" + patched.text.replace("a: 1", "a:  100")
    assert applied(document(changed), patched.inverse).text == "# new\na:  100\nb: {c: 2}\nd: 3\n"


def test_an_exact_text_does_no_more_than_its_edit() -> None:
    edit = "  - {replace: turns, with: 4, exact: {at: 0, cut: ops, put: opps}}\n"
    assert applied(document(SCAFFOLD), HEAD + edit).text == SCAFFOLD.replace("5", "4")


def test_a_path_that_would_mean_something_else_is_refused() -> None:
    with pytest.raises(SpecError, match="a/b would mean something else afterwards"):
        applied(document("a: {b: 1, c: 2}\na/b: 2\n"), HEAD + "  - {remove: a/b}\n")
