"""A patch on the command line: checked, applied, taken back."""

from __future__ import annotations

from .running import Shell

PATCH = """kind: patch
of: crafter-v0
reason: LOG ends before all is written
edits:
  - replace: phases/log/turns
    was: 5
    with: 7
  - add: notices/tired
    with: {rules: {low: {when: obs.energy < 3, say: Sleep soon.}}}
"""


def patch(shell: Shell, text: str = PATCH, name: str = "patch.yaml") -> str:
    (shell.home / name).write_text(text)
    return name


def test_applied_and_undone_to_the_byte(fresh: Shell) -> None:
    scaffold = fresh.home / "scaffold.yaml"
    before = scaffold.read_bytes()
    name = patch(fresh)
    assert fresh("validate", name).out == "1 document in order\n"

    shown = fresh("patch", "check", name, "scaffold.yaml").out.splitlines()
    assert {"-    turns: 5", "+    turns: 7", "the patch is in order"} <= set(shown)
    assert scaffold.read_bytes() == before

    applied = fresh("patch", "apply", name, "scaffold.yaml", "--undo", "undo.yaml").out
    assert applied.endswith("wrote scaffold.yaml; to go back: automem patch apply undo.yaml scaffold.yaml\n")
    assert "    turns: 7\n" in scaffold.read_text()
    assert "1 document in order" in fresh("validate", "scaffold.yaml").out
    assert "phases/log/turns" in fresh("patch", "apply", name, "scaffold.yaml", code=1).out  # it is 7 now, not 5

    fresh("patch", "apply", "undo.yaml", "scaffold.yaml")
    assert scaffold.read_bytes() == before


def test_taken_back_by_what_the_patch_says_itself(fresh: Shell) -> None:
    before = fresh("diff", "scaffold.yaml", "scaffold.yaml", "--json").data
    name = patch(fresh)
    (fresh.home / "before.yaml").write_text((fresh.home / "scaffold.yaml").read_text())
    fresh("patch", "apply", name, "scaffold.yaml")
    assert "-    turns: 7" in fresh("patch", "revert", name, "scaffold.yaml").out
    assert fresh("diff", "before.yaml", "scaffold.yaml", "--json").data == before == []

    again = fresh("patch", "revert", name, "scaffold.yaml", code=1).out
    assert again.startswith("patch.yaml:8:5: edits/1: taking it back: ")  # the notice is gone already


def test_a_patch_that_does_not_say_what_was_cannot_be_taken_back(fresh: Shell) -> None:
    name = patch(fresh, PATCH.replace("    was: 5\n", ""))
    fresh("patch", "apply", name, "scaffold.yaml")
    said = fresh("patch", "revert", name, "scaffold.yaml", code=1).out
    assert said.startswith("patch.yaml:5:5: edits/0: what stood here before is not said; add `was`")


def test_the_undo_file_is_a_file_of_its_own(fresh: Shell) -> None:
    name = patch(fresh)
    for file in (name, "scaffold.yaml"):
        said = fresh("patch", "apply", name, "scaffold.yaml", "--undo", file, code=2).err
        assert "choose another file" in said
    said = fresh("patch", "apply", name, "scaffold.yaml", "--output", name, code=2).err
    assert "would overwrite the patch" in said


def test_a_refused_patch_writes_nothing(fresh: Shell) -> None:
    scaffold = fresh.home / "scaffold.yaml"
    before = scaffold.read_bytes()
    name = patch(fresh, PATCH.replace("obs.energy", "obs.vigour"))
    said = fresh("patch", "apply", name, "scaffold.yaml", "--undo", "undo.yaml", code=1).out
    assert said.startswith("patch.yaml:9:")
    assert ": edits/1: in the result, notices/tired/rules/low/when: obs.vigour is not declared" in said
    assert scaffold.read_bytes() == before
    assert not (fresh.home / "undo.yaml").exists()


def test_shipped_scaffolds_and_versions_of_runs_are_checked_and_written_elsewhere(own: Shell) -> None:
    name = patch(own)
    for scaffold in ("crafter/v0", "tiny@v0"):
        assert "the patch is in order" in own("patch", "check", name, scaffold).out
        assert "say where to write the result" in own("patch", "apply", name, scaffold, code=2).err
    own("patch", "apply", name, "tiny", "--output", "patched.yaml")
    assert "    turns: 7\n" in (own.home / "patched.yaml").read_text()
    assert own("diff", "tiny@v0", "crafter/v0", "--json").data == []


def test_data_for_scripts(fresh: Shell) -> None:
    data = fresh("patch", "check", patch(fresh), "scaffold.yaml", "--json").data
    assert data["issues"] == []
    assert len(data["hash"]) == 64
    assert "+    turns: 7" in data["diff"]
    bad = fresh(
        "patch", "check", patch(fresh, PATCH.replace("phases/log/turns", "seeds")), "scaffold.yaml", "--json", code=1
    )
    assert [issue["path"] for issue in bad.data["issues"]] == ["edits/0/replace"]
    assert (bad.data["hash"], bad.data["diff"]) == (None, [])


def test_what_is_no_patch_or_no_scaffold_is_told(fresh: Shell) -> None:
    name = patch(fresh)
    assert "not a patch" in fresh("patch", "check", "scaffold.yaml", "scaffold.yaml", code=1).out
    assert "there is no file 'a/b'" in fresh("patch", "check", name, "a/b", code=1).err
    assert "this is a document of kind 'experiment'" in fresh("patch", "check", name, "experiment.yaml", code=1).out
    (fresh.home / "odd.yaml").write_bytes(b"\xff\xfe")
    assert "not UTF-8" in fresh("patch", "check", "odd.yaml", "scaffold.yaml", code=1).out
