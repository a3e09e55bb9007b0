"""Patches that are refused, and what is said of each: `bad/*.yaml` beside `bad/*.expected.txt`."""

from __future__ import annotations

from pathlib import Path

import pytest

from automem.library import shipped
from automem.patches.check import Checked, check_patch
from automem.spec.experiment import EnvSection
from automem.spec.load import load_scaffold
from automem.spec.source import MAX_BYTES, Document, parse_document, read_document

HERE = Path(__file__).parent
SMALL = HERE / "small.yaml"
HEAD = "kind: patch\nof: small\nreason: a test\nedits:\n"


def small() -> Document:
    return parse_document(SMALL.read_text(encoding="utf-8"), "small.yaml")


def check(edits: str, scaffold: Document | None = None) -> Checked:
    return check_patch(HEAD + edits, "patch.yaml", scaffold or small())


def said(checked: Checked) -> str:
    return "".join(f"{issue}\n" for issue in checked.issues)


@pytest.mark.parametrize("patch", sorted((HERE / "bad").glob("*.yaml")), ids=lambda path: path.stem)
def test_each_fault_is_refused_in_its_own_words(patch):
    checked = check_patch(patch.read_text(encoding="utf-8"), patch.name, small())
    assert said(checked) == patch.with_suffix(".expected.txt").read_text(encoding="utf-8")
    assert checked.errors
    assert (checked.scaffold, checked.inverse, checked.text) == (None, "", "")


def test_no_expectation_is_left_over():
    bad = HERE / "bad"
    assert {path.name.split(".")[0] for path in bad.glob("*.txt")} == {path.stem for path in bad.glob("*.yaml")}


def test_a_good_patch_gives_the_scaffold_and_the_way_back():
    checked = check("  - {replace: phases/log/turns, was: 3, with: 4}\n")
    assert checked.issues == ()
    assert checked.text == SMALL.read_text(encoding="utf-8").replace("turns: 3", "turns: 4", 1)
    assert checked.scaffold is not None
    assert checked.scaffold.for_task("crafter").phases.log.turns == 4
    back = check_patch(checked.inverse, "undo.yaml", parse_document(checked.text, "small.yaml"))
    assert back.issues == ()
    assert back.text == small().text


def test_exact_text_cannot_say_more_than_its_edit():
    plain = check("  - {replace: phases/log/turns, with: 4}\n").text
    for at in range(12):
        exact = f'{{at: {at}, cut: "3", put: "4\\nseeds: {{select: [1]}}\\nx: &a 4"}}'
        checked = check(f"  - replace: phases/log/turns\n    with: 4\n    exact: {exact}\n")
        assert (checked.issues, checked.text) == ((), plain)


def test_what_is_too_large_is_not_read():
    assert "larger than" in said(check(f"  - {{replace: about, with: {'x' * MAX_BYTES}}}\n"))
    checked = check(f"  - {{add: about, with: {'x' * (MAX_BYTES - 500)}}}\n")
    assert said(checked).startswith("patch.yaml:5:")
    assert "the file is larger than 1,000,000 bytes" in said(checked)


@pytest.mark.parametrize("raw", ["\x00", "\x07", "\x1b[2J", "\x85", "\u2028"])
def test_raw_control_characters_reach_no_prompt(raw):
    checked = check(f'  - {{add: tables/x, with: "a{raw}b"}}\n')
    text = checked.text
    assert checked.errors or not any(ord(character) < 32 and character != "\n" for character in text)


def test_another_version_is_a_warning_while_the_edits_apply():
    edits = "edits:\n  - {replace: phases/log/turns, was: 3, with: 4}\n"
    own = load_scaffold(SMALL).hash
    for beginning, warned in ((own[:12], False), ("0" * 12, True)):
        checked = check_patch(f"kind: patch\nof: small@{beginning}\nreason: x\n{edits}", "patch.yaml", small())
        assert checked.scaffold is not None
        assert [issue.severity for issue in checked.issues] == ["warning"] * warned
        assert (f"this one is small@{own[:12]}" in said(checked)) == warned


def test_a_run_s_copy_with_the_shipped_parts_in_it_is_patched_alike():
    kept = parse_document(load_scaffold(SMALL).text, "v0.yaml")
    edits = (
        "  - {replace: phases/log/turns, was: 3, with: 4}\n  - {add: memory/files/a.md, with: {schema: keyed-map}}\n"
    )
    one, other = check(edits), check(edits, kept)
    assert one.issues == other.issues == ()
    assert one.scaffold is not None
    assert other.scaffold is not None
    assert one.scaffold.hash == other.scaffold.hash


def test_warnings_that_were_there_before_are_not_repeated():
    text = small().text + "templates:\n  idle: nobody shows this\n"
    scaffold = parse_document(text, "small.yaml")
    assert check("  - {replace: phases/log/turns, with: 4}\n", scaffold).issues == ()
    checked = check("  - {add: templates/more, with: nor this}\n", scaffold)
    (warning,) = checked.issues
    assert str(warning).startswith("patch.yaml:5:33: edits/0: warning: in the result, templates/more: no section")
    assert checked.scaffold is not None


def test_a_scaffold_with_an_error_can_be_mended():
    broken = parse_document(small().text.replace("obs.energy", "obs.vigour"), "small.yaml")
    assert "obs.vigour is not declared" in said(check("  - {replace: phases/log/turns, with: 4}\n", broken))
    mended = check("  - {replace: notices/tired/rules/low/when, with: obs.energy < 3}\n", broken)
    assert mended.issues == ()


def test_what_had_no_memory_before_may_go_without():
    window = read_document(shipped("specs") / "crafter/sliding-window.yaml")
    text = f"kind: patch\nof: {window.data['name']}\nreason: x\nedits:\n  - {{add: phases/plan/turns, with: 7}}\n"
    if "turns" in window.data["phases"]["plan"]:
        text = text.replace("add:", "replace:")
    checked = check_patch(text, "patch.yaml", window)
    assert checked.issues == ()
    assert checked.scaffold is not None


def test_the_experiment_s_world_is_what_it_must_fit():
    edits = HEAD + "  - {add: actions, with: {fallback: Noop}}\n"
    env = EnvSection.model_validate({"name": "crafter", "max_steps": 20})
    assert check_patch(edits, "patch.yaml", small(), env).issues == ()
    wrong = HEAD + "  - {add: actions, with: {fallback: Dance}}\n"
    assert "'Dance' is no action of crafter" in said(check_patch(wrong, "patch.yaml", small(), env))


def test_paths_of_any_depth_get_an_answer():
    path = "tables/" + "a/" * 400 + "b"
    assert "a path has at most 64 keys" in said(check(f"  - {{add: {path}, with: 1}}\n"))


def test_what_no_patch_could_bring_back_is_not_taken_away():
    deep = "1"
    for _ in range(63):
        deep = f"{{a: {deep}}}"
    scaffold = parse_document(f"{SMALL.read_text(encoding='utf-8')}tables: {deep}\n", "small.yaml")
    assert "too deep or too large for a patch that brings it back" in said(check("  - {remove: tables}\n", scaffold))


def test_mistakes_of_a_writer_in_a_hurry_are_answered_with_what_to_do():
    turns = "- {replace: phases/log/turns, with: 4}\n"
    hints = {
        f"```yaml\n{HEAD}{turns}```\n": "leave out the marks of a code block",
        f"{HEAD}\t- add: tables/a\n": "indent with blanks",
        f"{HEAD}{turns}---\n{HEAD}{turns}": "leave out the line `---`",
        f"{HEAD}{turns}".replace("a test", "the map: it grows"): "text that holds `: ` needs quotes",
        HEAD + '- {add: tables/a, with: "\\d"}\n': "write it in single quotes",
        HEAD + "- add: tables/a\n  with: {{ obs.energy }}\n": "text that begins with { or [ needs quotes",
        HEAD + "- add: tables/a\n  with: {b: {{ obs.energy }} now}\n": "quote text that begins with { or [",
        f"{HEAD}  - replace: phases/log/turns\n   with: 4\n": "begin in the same column",
        HEAD + "- {replace: phases.log.turns, with: 4}\n": "joined by /, as in phases/…",
    }
    answers = {text: said(check_patch(text, "patch.yaml", small())) for text in hints}
    assert {text: hint for text, hint in hints.items() if hint not in answers[text]} == {}
