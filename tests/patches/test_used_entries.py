"""Patches of a scaffold that uses shared entries: what a run keeps is patched as any; a file says what must be done."""

from __future__ import annotations

import pytest

from automem.library import shipped
from automem.patches.check import Checked, check_patch
from automem.spec.load import load_scaffold, open_scaffold
from automem.spec.source import Document, parse_document, read_document

FILE = read_document(shipped("specs") / "crafter/sliding-window.yaml")
KEPT = parse_document(open_scaffold(FILE).text, "v0.yaml")
SAY = "notices/unchanged/rules/still/say"


def checked(edit: str, scaffold: Document) -> Checked:
    return check_patch(
        f"kind: patch\nof: crafter-sliding-window\nreason: to see\nedits: [{edit}]\n", "p.yaml", scaffold
    )


def test_what_a_run_keeps_is_patched_inside_a_used_entry() -> None:
    done = checked(f"{{replace: {SAY}, with: Nothing.}}", KEPT)
    assert done.issues == ()
    undone = check_patch(done.inverse, "back.yaml", parse_document(done.text, "v1.yaml"))
    assert undone.text == KEPT.text


@pytest.mark.parametrize("kind", ["replace: %s, with: Nothing.", "remove: %s"])
def test_an_edit_that_leads_into_a_used_entry_says_what_to_do(kind: str) -> None:
    (issue,) = checked(f"{{{kind % SAY}}}", FILE).issues
    assert "notices/unchanged uses crafter/unchanged: replace it whole, or add beside `use` what is" in issue.message


@pytest.mark.parametrize(
    ("edit", "say"),
    [
        (f"{{add: {SAY}, with: Nothing.}}", "Nothing."),
        ("{replace: notices/unchanged, with: {rules: {still: {say: Whole.}}}}", "Whole."),
    ],
)
def test_a_used_entry_is_differed_from_or_replaced(edit: str, say: str) -> None:
    done = checked(edit, FILE)
    assert done.issues == ()
    assert done.scaffold is not None
    assert done.scaffold.for_task("crafter").notices["unchanged"].rules["still"].say == say
    assert check_patch(done.inverse, "back.yaml", parse_document(done.text, FILE.file)).text == FILE.text


def test_a_patch_of_what_a_run_keeps_writes_out_what_it_puts_in() -> None:
    edit = "{add: state/further, with: {use: crafter/moved}}"
    (issue,) = checked(edit, KEPT).errors
    assert "a scaffold that a run keeps has no `use`; write out what this puts in" in issue.message
    assert checked(edit, FILE).errors == ()


def test_a_patch_of_the_file_and_of_what_a_run_keeps_come_to_the_same() -> None:
    edit = "{replace: actions/fallback, with: Do}"
    hashes = {one.scaffold.hash for one in (checked(edit, FILE), checked(edit, KEPT)) if one.scaffold}
    assert len(hashes) == 1
    assert load_scaffold(shipped("specs") / "crafter/sliding-window.yaml").hash not in hashes
