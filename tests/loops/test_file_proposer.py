"""Patches written by a person are proposed one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from automem.errors import AutoMemError, SpecError
from automem.loops.structure.proposers.file import Files, create
from automem.runs import RunFolder
from automem.spec.experiment import ModelSection

from .recorded import assignment_of, failed, played

PATCH = """kind: patch
of: erring
reason: It grows.
edits:
  - {add: memory/files/FILE/max_lines, with: 20}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return played(tmp_path_factory.mktemp("file"), "erring", steps=3)[1]


def files(folder: Path, **texts: str) -> Files:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    return create(
        ModelSection.model_validate({"engine": "file", "patches": [f"{name}.yaml" for name in texts]}), folder
    )


async def test_each_is_proposed_once_in_order_and_what_does_not_fit_is_passed_over(
    run: RunFolder, tmp_path: Path
) -> None:
    first, second = (PATCH.replace("FILE", name) for name in ("log.md", "notes.md"))
    proposer = files(tmp_path, a=first, none=PATCH.replace("FILE", "log.md/schema"), b=second)
    await proposer.check()
    lineage = []
    for text in (first, second):
        proposal = await proposer.propose(assignment_of(run, lineage))
        assert proposal.text == text
        lineage.append(failed(f"# said again\n{text}", len(lineage) + 1))
    proposal = await proposer.propose(assignment_of(run, lineage))
    assert (proposal.text, proposal.exhausted) == (None, True)
    assert "none.yaml does not fit" in proposal.said


async def test_all_that_is_wrong_is_said_before_play(tmp_path: Path) -> None:
    proposer = files(tmp_path, a=PATCH.replace("reason", "raeson"), b="kind: [")
    (tmp_path / "b.yaml").unlink()
    with pytest.raises(SpecError) as refused:
        await proposer.check()
    assert "a.yaml:3:1: raeson: unknown key 'raeson' (did you mean 'reason'?)" in str(refused.value)
    assert "b.yaml:1:1: the file cannot be read" in str(refused.value)


@pytest.mark.parametrize("settings", [{}, {"patches": []}, {"patches": "a.yaml"}, {"patches": [1]}, {"files": ["a"]}])
def test_settings_that_name_no_patches_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(AutoMemError, match=r"patches|unknown setting 'files'"):
        create(ModelSection.model_validate({"engine": "file", **settings}), Path())
