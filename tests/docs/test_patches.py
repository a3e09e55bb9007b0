"""The page about patches shows patches that are in order, and names what they may change."""

from __future__ import annotations

from pathlib import Path

import pytest

from automem.api.reference import refresh
from automem.library import shipped
from automem.loops.apply import apply
from automem.patches.allowed import PATCHABLE
from automem.patches.check import check_patch
from automem.spec.load import load_experiment
from automem.spec.source import read_document

from .test_documents import blocks

PAGE = Path(__file__).parents[2] / "docs" / "patches.md"
WHOLE, PLAYED, EDITS = blocks(PAGE)


@pytest.mark.parametrize("patch", [WHOLE, f"kind: patch\nof: crafter-v0\nreason: to show each edit\n{EDITS}"])
def test_every_patch_of_the_page_is_in_order(patch):
    checked = check_patch(patch, "patch.yaml", read_document(shipped("specs") / "crafter/v0.yaml"))
    assert checked.issues == ()
    assert checked.scaffold is not None


def test_the_patch_of_the_page_is_played_as_the_page_says(tmp_path):
    (tmp_path / "patch.yaml").write_text(WHOLE, encoding="utf-8")
    rest = (
        "kind: experiment\nname: own\nscaffold: crafter/v0\nenv: {name: crafter, max_steps: 10}\nseeds: {select: 1}\n"
    )
    (tmp_path / "experiment.yaml").write_text(rest + PLAYED, encoding="utf-8")
    result = apply(load_experiment(tmp_path / "experiment.yaml"), tmp_path / "runs")
    assert "1 proposed, 1 played" in result.loop


def test_the_fault_that_the_page_quotes_is_told_so():
    wrong = WHOLE.replace("verb: upsert", "verb: upsrt")
    (issue,) = check_patch(wrong, "patch.yaml", read_document(shipped("specs") / "crafter/v0.yaml")).issues
    assert f"`{issue}`" in PAGE.read_text(encoding="utf-8")


def test_the_page_names_all_that_may_be_patched_and_every_field():
    text = PAGE.read_text(encoding="utf-8")
    section = text.partition("## What a patch may change")[2].partition("Never")[0]
    assert [name for name in PATCHABLE if f"`{name}`" not in section] == []
    assert refresh(text) == text, "run `make docs`"
