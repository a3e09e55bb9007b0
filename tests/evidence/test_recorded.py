"""Recorded steps lived again: exactly as recorded without a patch, and as a patch would have them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from automem.errors import RunError
from automem.evidence import render_under
from automem.evidence.recorded import Unplayable, evenly, live_again, spread
from automem.evidence.render_under import screen_on_recorded
from automem.evidence.tools import TOOLS
from automem.evidence.view import View, view_of
from automem.library import shipped
from automem.loops.apply import apply
from automem.runs.layout import RunFolder
from automem.spec.load import examine_scaffold, load_experiment
from automem.spec.resolve import ResolvedScaffold
from automem.spec.source import parse_document

PATCH = """\
kind: patch
of: crafter-v0@{hash}
reason: the map cannot be written to
edits:
{edits}
"""
FEWER = """\
  - replace: memory/files/actions.md/schema
    with: keyed-map
  - add: guards/no_north
    with: {on: action, when: "proposed == 'Move North'", warn: think again}
  - add: notices/silent
    with: {rules: {late: {when: step > 9000, say: too late}}}
  - replace: phases/plan/sections/view
    with: {text: "LOOK: {{ obs_text }}"}
"""


def scaffold_of(view: View, version: int, *changes: tuple[str, str]) -> ResolvedScaffold:
    text = view.scaffold(version).text
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    scaffold, issues = examine_scaffold(parse_document(text, "scaffold.yaml"))
    assert scaffold is not None, issues
    return scaffold


def render(view: View, edits: str, **given: Any) -> Any:
    patch = PATCH.format(hash=view.known_versions[view.version].hash[:12], edits=edits)
    return TOOLS["render_under_patch"].ask(view, {"patch": patch, **given})


@pytest.mark.parametrize("version", [0, 1])
def test_without_a_change_every_message_op_and_firing_is_the_recorded_one(view: View, version: int) -> None:
    scaffold = scaffold_of(view, version)
    for episode in view.of_version(version):
        lived = list(live_again(view, scaffold, episode, 40))
        assert len(lived) == 40
        for one in lived:
            assert [turn.new for turn in one.turns] == [turn.new for turn in one.step.turns]
            assert [turn.answer for turn in one.turns] == [turn.answer for turn in one.step.turns]
            assert (one.ops, one.firings) == (one.step.ops, one.step.firings)
            for phase, prompt in one.openings.items():
                first = next(turn for turn in one.step.turns if turn.phase == phase)
                assert prompt.text == first.new[-1].text


def test_calls_that_were_never_made_are_answered_by_nothing(view: View) -> None:
    changed = ("actions.md:  {schema: log", "actions.md:  {schema: keyed-map")
    lived = list(live_again(view, scaffold_of(view, 0, changed), view.episode("42", 0), 40))
    assert any(op.status == "malformed" for one in lived for op in one.ops)
    mute = ("  ACTION: {verb: commit", "  ACT: {verb: commit")
    again = ("  plan:\n    turns: 5\n", "  plan:\n    turns: 3\n    no_op: nudge\n")
    for one in live_again(view, scaffold_of(view, 0, mute, again), view.episode("42", 0), 3):
        plan = [turn.answer for turn in one.turns if turn.phase == "plan"]
        said = [turn.answer for turn in one.step.turns if turn.phase == "plan"]
        assert plan == [*said, "", "", ""][:3]


def test_a_patch_on_recorded_steps(view: View) -> None:
    found = render(view, FEWER, episode="42", steps=[12, 3])
    assert found["valid"] is True
    assert [part["part"] for part in found["prompts"]] == ["3.log", "3.plan", "12.log", "12.plan"]
    recorded = {s.number: s for s in view.steps(view.episode("42", 1))}
    for part in found["prompts"]:
        number, phase = part["part"].split(".")
        first = next(turn for turn in recorded[int(number)].turns if turn.phase == phase)
        assert part["chars_before"] == len(first.new[0].text)
    plan = found["mean_prompt_chars"]["plan"]
    assert {"section": "view", **sizes(plan, "view")} in plan["changed_sections"]
    assert sizes(plan, "view")["after"] - sizes(plan, "view")["before"] == len("LOOK: ")
    assert "+LOOK: Your status:" in next(p["changed"] for p in found["prompts"] if p["part"] == "3.plan")
    north = [s for one in view.of_version(1) for s in view.steps(one) if s.action == "Move North"]
    acted = found["guards_on_recorded_actions"]
    assert {"fires": "notice silent", "before": 0, "after": 0} in found["firings"]
    assert acted["count"] == len(north) + 4  # `not_yet` acts as it did
    refused = found["ops_newly_refused"]
    assert refused["count"] > 20
    assert "APPEND actions.md malformed" in refused["examples"][0]["op"]
    assert found["steps_lived_again"] == 80


def sizes(phase: Any, section: str) -> Any:
    (found,) = [one for one in phase["changed_sections"] if one["section"] == section]
    return {"before": found["before"], "after": found["after"]}


def test_a_prompt_under_a_patch_is_read_on(view: View) -> None:
    whole = render(view, FEWER, episode="42", steps=[12])["prompts"][1]
    assert whole["part"] == "12.plan"
    text, start = whole["text"], whole["next"]
    rest = render(view, FEWER, episode="42", steps=[12], part="12.plan", start=start)
    assert len(text + rest["text"]) == whole["chars"]
    assert "LOOK: Your status:" in rest["text"]
    with pytest.raises(RunError, match=r"there is no prompt '9.plan'; there is: 12.log, 12.plan"):
        render(view, FEWER, episode="42", steps=[12], part="9.plan")


def test_a_patch_that_is_wrong_is_told_so(view: View) -> None:
    found = render(view, "  - replace: seeds/select\n    with: 1\n")
    assert found["valid"] is False
    assert "patch.yaml:5" in found["issues"][0]
    assert TOOLS["render_under_patch"].ask(view, {"patch": "no: [patch"})["valid"] is False


def test_a_patch_that_fails_on_what_was_recorded(view: View) -> None:
    found = render(view, "  - add: state/odd\n    with: {value: 0, set: 1 // (step - 7)}\n")
    assert found["valid"] is True
    assert "at step 7 of episode crafter-42" in found["problem"]
    assert "state/odd" in found["problem"]


def test_screening(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    assert screen_on_recorded(view, scaffold_of(view, 1)) == ""
    failing = scaffold_of(view, 1, ("state:\n", "state:\n  odd: {value: 0, set: 1 // (step - 7)}\n"))
    assert "at step 7 of episode" in screen_on_recorded(view, failing)
    with pytest.raises(Unplayable, match="state/odd"):
        list(live_again(view, failing, view.episode("43"), 9))
    text = view.scaffold(1).text
    log = text[text.index("\n  log:\n") : text.index("\n  plan:\n")]
    mute = scaffold_of(view, 1, (log, "\n  log: {sections: {only: {text: x, when: step < 9}}}"))
    assert screen_on_recorded(view, mute).startswith("at step 9 of episode crafter-42")
    assert screen_on_recorded(view, mute).endswith("the log prompt is empty")
    full = ("map.md: {schema: keyed-map}", f"map.md: {{schema: reference, text: {'x' * 30_000}}}")
    assert "cannot begin as declared" in screen_on_recorded(view, scaffold_of(view, 1, full))
    monkeypatch.setattr(render_under, "LONGEST_PROMPT", 2_000)
    assert screen_on_recorded(view, scaffold_of(view, 1)).endswith("characters; at most 2,000 are worth playing")


def test_steps_are_spread_evenly(view: View) -> None:
    assert evenly(10, 3) == [2, 5, 9]
    assert evenly(2, 5) == [0, 1]
    assert evenly(0, 5) == []
    samples = spread(view.of_version(), 20)
    assert [sample.episode.row.seed for sample in samples] == [42, 43]
    assert all(sample.steps == tuple(range(4, 41, 4)) for sample in samples)


@pytest.mark.parametrize(
    ("given", "message"),
    [({"steps": [41]}, "has steps 1 to 40"), ({"episode": "99"}, "no episode matches")],
)
def test_what_is_not_there_is_said(view: View, given: dict[str, Any], message: str) -> None:
    with pytest.raises(RunError, match=message):
        render(view, FEWER, **given)


def test_an_episode_of_another_version_is_not_what_the_patch_is_for(view: View) -> None:
    with pytest.raises(RunError, match="was played by v0; a patch is for v1"):
        render(view, FEWER, episode=view.episode("42", 0).id)


def test_two_models_in_one_conversation_are_lived_again_exactly(tmp_path: Path) -> None:
    text = (shipped("specs") / "crafter/v0.yaml").read_text()
    (tmp_path / "scaffold.yaml").write_text(text.replace("env: crafter\n", "env: crafter\nconversation: per_step\n"))
    other = {"engine": "automem.engines.scripted:create", "model": "crafter"}
    document = {
        **{"kind": "experiment", "name": "two", "scaffold": "scaffold.yaml", "seeds": {"select": 42}},
        "env": {"name": "crafter", "max_steps": 12},
        "models": {"base": {"engine": "scripted", "model": "crafter"}, "specialist": other},
    }
    (tmp_path / "experiment.yaml").write_text(json.dumps(document))
    apply(load_experiment(tmp_path / "experiment.yaml"), tmp_path)
    view = view_of(RunFolder(tmp_path / "two"))
    lived = list(live_again(view, scaffold_of(view, 0), view.episode("42"), 12))
    assert {turn.role for one in lived for turn in one.turns} == {"base", "specialist"}
    for one in lived:
        assert [(turn.role, turn.new) for turn in one.turns] == [(turn.role, turn.new) for turn in one.step.turns]
        assert (one.ops, one.firings) == (one.step.ops, one.step.firings)
