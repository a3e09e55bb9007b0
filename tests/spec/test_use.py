"""An entry that says `use` is the shared one, but for what it says itself; what is kept has it written out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from automem.library import shipped
from automem.spec.load import examine_scaffold, load_scaffold, open_scaffold
from automem.spec.source import parse_document, read_document
from automem.spec.templates import shipped_parts

SPECS = shipped("specs")
SHARED = {
    "crafter": {
        "state": ["awake", "ahead", "moved", "heading", "position"],
        "observe": ["seen"],
        "notices": ["unchanged"],
    },
    "minihack": {"tables": ["typed"], "notices": ["unchanged", "asks"]},
    "nethack": {"notices": ["unchanged", "asks"]},
}
SMALL = """\
kind: scaffold
name: small
env: crafter
# a remark above
ops: {ACTION: {verb: commit, phases: [plan]}}
notices:
  quiet: {rules: {never: {when: step < 0, say: x}}}
  unchanged: USED
  # a remark between
  last: {rules: {never: {when: step < 0, say: x}}}
phases:
  plan: {sections: {view: {text: "{{ obs_text }} {{ notices }}"}}}
"""
UNCHANGED = shipped_parts()["notices"]["crafter/unchanged"]


def notice(used: str) -> tuple[dict[str, Any], str]:
    """What becomes of the notice `unchanged`, and the text that a run keeps."""
    resolved = open_scaffold(parse_document(SMALL.replace("USED", used), "small.yaml"))
    return resolved.data["notices"]["unchanged"], resolved.text


@pytest.mark.parametrize("baseline", ["sliding-window", "chain-of-thought"])
@pytest.mark.parametrize("world", SHARED)
def test_baselines_say_what_v0_says_where_they_share_it(world: str, baseline: str) -> None:
    ours, first = SPECS / world / f"{baseline}.yaml", load_scaffold(SPECS / world / "v0.yaml").data
    kept = load_scaffold(ours)
    for sort, names in SHARED[world].items():
        assert {"use"} == {key for name in names for key in read_document(ours).plain()[sort][name]}
        assert list(kept.data[sort]) == list(read_document(ours).plain()[sort])
        for name in names:
            assert json.dumps(kept.data[sort][name]) == json.dumps(first[sort][name])


@pytest.mark.parametrize(
    ("used", "differs"),
    [
        ("{use: crafter/unchanged}", {}),
        ("{use: crafter/unchanged}  # why", {}),
        ("\n    # why\n    use: crafter/unchanged\n    match: all\n\n    # below", {"match": "all"}),
        ("\n    match: all\n    use: crafter/unchanged", {"match": "all"}),
        ('{match: all, "use": "crafter/unchanged"}', {"match": "all"}),
    ],
    ids=["flow", "remark", "block", "last", "quoted"],
)
def test_every_style_is_written_out_where_it_stands(used: str, differs: dict[str, Any]) -> None:
    entry, text = notice(used)
    assert entry == {**UNCHANGED, **differs}
    kept = [line.partition("# why")[0].rstrip() for line in text.splitlines()]
    assert [line for line in SMALL.replace("USED", "").splitlines() if line.rstrip() not in kept] == []
    assert text.count("# why") == used.count("# why")
    assert "use:" not in text
    assert open_scaffold(parse_document(text, "kept.yaml")).text == text


def test_braces_and_lists_are_written_out_too() -> None:
    braces = json.dumps(parse_document(SMALL.replace("USED", "{use: crafter/unchanged}"), "small").plain())
    kept = open_scaffold(parse_document(braces, "small.yaml"))
    assert kept.data["notices"]["unchanged"] == UNCHANGED
    assert kept.hash == open_scaffold(parse_document(SMALL.replace("USED", json.dumps(UNCHANGED)), "s")).hash


def test_what_the_entry_says_itself_takes_precedence_and_null_removes() -> None:
    entry, _ = notice("{use: crafter/unchanged, rules: {stuck: null, still: {say: Nothing.}}}")
    assert entry == {"rules": {"still": {"when": UNCHANGED["rules"]["still"]["when"], "say": "Nothing."}}}


@pytest.mark.parametrize(
    ("used", "told"),
    [
        ("{use: crafter/unchangd}", "8:20: notices/unchanged/use: no shared entry of notices is called "
         "'crafter/unchangd' (did you mean 'crafter/unchanged'?)"),
        ("{use: crafter/seen}", "8:20: notices/unchanged/use: no shared entry of notices is called 'crafter/seen'"),
        ("{use: [1]}", "8:20: notices/unchanged/use: no shared entry of notices is called [1]; there is crafter/unch"),
        ("{use: minihack/asks}", "8:14: notices/unchanged/rules/key/when: obs.prompt is not declared"),
        ("{use: crafter/unchanged, mtach: all}", "8:39: notices/unchanged/mtach: unknown key 'mtach'"),
    ],
)  # fmt: skip
def test_faults_are_told_where_the_entry_stands(used: str, told: str) -> None:
    _, issues = examine_scaffold(parse_document(SMALL.replace("USED", used), "small.yaml"))
    assert f"small.yaml:{told}" in "\n".join(map(str, issues))


def test_a_variant_uses_nothing_but_says_what_differs() -> None:
    small = SMALL.replace("USED", "{use: crafter/unchanged}")
    variant = "variants: {v: {tasks: ['*'], set: {notices: {unchanged: {%s}}}}}\n"
    _, (issue,) = examine_scaffold(parse_document(small + variant % "use: crafter/unchanged", "small.yaml"))
    assert (issue.path, issue.line) == ("variants/v/set/notices/unchanged/use", 13)
    laid = open_scaffold(parse_document(small + variant % "match: all", "small.yaml")).for_task("any")
    assert (laid.notices["unchanged"].match, len(laid.notices["unchanged"].rules)) == ("all", 2)
