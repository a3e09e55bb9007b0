"""Patches as people write them, and the change that each makes to the scaffold beside it."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from automem.spec.load import examine_scaffold
from automem.spec.source import read_document

from .drawn import applied, document

EXAMPLES = Path(__file__).parent / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.diff"))


@pytest.mark.parametrize("name", NAMES)
def test_example(name: str) -> None:
    scaffold = read_document(EXAMPLES / "scaffold.yaml")
    patched = applied(scaffold, (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))
    assert diff(scaffold.text, patched.text) == (EXAMPLES / f"{name}.diff").read_text(encoding="utf-8")
    assert not [issue for issue in examine_scaffold(document(patched.text))[1] if issue.severity == "error"]
    assert applied(document(patched.text), patched.inverse).text == scaffold.text


def test_every_patch_has_its_change() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == {*NAMES, "scaffold"}


def diff(before: str, after: str) -> str:
    changes = difflib.unified_diff(before.splitlines(True), after.splitlines(True), "before", "after", n=1)
    return "".join(changes)
