"""The catalogue as a proposer: its order, its memory of what was tried, its end, and catalogues of one's own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from automem.errors import AutoMemError, SpecError
from automem.loops.structure.proposers.catalogue import Catalogue, create
from automem.runs import RunFolder
from automem.spec.experiment import ModelSection
from automem.spec.source import parse_document

from .recorded import assignment_of, failed, played

META = ModelSection(engine="catalogue")
ENTRY = """kind: catalogue
name: small-log
about: Caps the log.
trigger: growth
variants: [{most: 9}, {most: 4}]
let:
  size: most * 100
when: file is not none and file.type == 'log'
patch:
  reason: ${detail}
  edits:
    - {add: "memory/files/${subject}/max_chars", with: "${size}"}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return played(tmp_path_factory.mktemp("proposer"), "erring")[1]


def own(folder: Path, text: str = ENTRY) -> Catalogue:
    (folder / "mine").mkdir(exist_ok=True)
    (folder / "mine" / "entry.yaml").write_text(text)
    return create(ModelSection.model_validate({"engine": "catalogue", "catalogue": "mine"}), folder)


def added(text: str | None) -> tuple[str, int]:
    """Path and value of a patch's one edit."""
    assert text is not None
    (edit,) = parse_document(text, "patch").plain()["edits"]
    return edit["add"], edit["with"]


async def test_the_same_assignment_brings_the_same_patch(run: RunFolder) -> None:
    assignment = assignment_of(run)
    first, second = await create(META, Path()).propose(assignment), await create(META, Path()).propose(assignment)
    assert first == second
    assert first.text is not None
    assert assignment.check(first.text).errors == ()


async def test_what_was_tried_is_not_proposed_again_until_nothing_is_left(run: RunFolder, tmp_path: Path) -> None:
    catalogue, lineage, seen = own(tmp_path), [], []
    while (proposal := await catalogue.propose(assignment_of(run, lineage))).text is not None:
        seen.append(added(proposal.text))
        lineage.append(failed(proposal.text, len(lineage) + 1))
    logs = ("log.md", "notes.md")
    assert seen == [(f"memory/files/{file}/max_chars", most) for most in (900, 400) for file in logs]
    assert proposal.exhausted
    assert "nothing further" in proposal.said
    assert "small-log (log.md), variant 1: tried before" in proposal.said


async def test_a_continuation_tries_the_next_strength(run: RunFolder, tmp_path: Path) -> None:
    catalogue = own(tmp_path)
    first = await catalogue.propose(assignment_of(run))
    assert first.text is not None
    before = failed(first.text)
    again = await catalogue.propose(assignment_of(run, [before], continuing=before))
    assert (added(first.text)[1], added(again.text)[1]) == (900, 400)


async def test_an_entry_that_goes_wrong_is_named(run: RunFolder, tmp_path: Path) -> None:
    proposal = await own(tmp_path, ENTRY.replace("most * 100", "finding.more.nothing + 1")).propose(assignment_of(run))
    assert proposal.text is None
    assert "small-log (log.md), variant 1" in proposal.said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("growth", "grwoth", r"entry.yaml:4:10: trigger: no diagnostic is called 'grwoth' \(did you mean 'growth'\?\)"),
        ("${size}", "${sise}", r"\$\{sise\} is no parameter \(did you mean 'size'\?\)"),
        ("file.type ==", "fiel.type ==", r"when: 'fiel' is not known here \(did you mean 'file'\?\)"),
        ("most * 100", "most *", "let/size: "),
        ("{most: 4}", "{least: 4}", "variant 2 must give the same parameters as the first"),
        ("{add:", "{put:", "expected one of `add: PATH`"),
        ("  size:", "  finding:", "'finding' cannot name a parameter"),
    ],
)
async def test_a_mistake_in_an_entry_is_found_before_play(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in ENTRY
    with pytest.raises(SpecError, match=message):
        await own(tmp_path, ENTRY.replace(old, new)).check()


async def test_a_folder_without_entries_and_two_of_a_name_are_refused(tmp_path: Path) -> None:
    catalogue = own(tmp_path)
    (tmp_path / "mine" / "other.yaml").write_text(ENTRY)
    with pytest.raises(SpecError, match="another file of the folder has the entry 'small-log'"):
        await catalogue.check()
    with pytest.raises(SpecError, match="there is no catalogue here"):
        await Catalogue(tmp_path / "nowhere").check()


def test_settings_are_its_own() -> None:
    with pytest.raises(AutoMemError, match="unknown setting 'catalog'"):
        create(ModelSection.model_validate({"engine": "catalogue", "catalog": "x"}), Path())


def test_it_proposes_in_another_world(tmp_path: Path) -> None:
    pytest.importorskip("nle")
    changes = {"world": "nethack", "player": "nethack", "scaffold": "nethack/v0.yaml", "seeds": "42", "steps": 15}
    assignment = assignment_of(played(tmp_path, "sound", **changes)[1])
    proposal = asyncio.run(create(META, Path()).propose(assignment))
    assert proposal.text is not None
    assert assignment.check(proposal.text).errors == ()
