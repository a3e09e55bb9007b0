"""What the shipped scaffolds keep, and what a broken invariant needs to be one."""

from __future__ import annotations

from pathlib import Path

import pytest

from automem.envs import WORLDS
from automem.library import shipped
from automem.patches.invariants import broken
from automem.spec.issues import Issue
from automem.spec.load import examine_scaffold
from automem.spec.source import parse_document, read_document

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
GUARD = "  brief: {on: APPEND, when: op.text | length > 200, reject: Write less.}\n"


def found(text: str) -> list[Issue]:
    document = parse_document(text, "small.yaml")
    scaffold, issues = examine_scaffold(document)
    assert scaffold is not None, [str(issue) for issue in issues]
    return broken(scaffold, document, tuple(WORLDS.load("crafter").tasks()))


def with_guard(guard: str) -> list[Issue]:
    assert GUARD in SMALL
    return found(SMALL.replace(GUARD, f"{GUARD}  other: {guard}\n"))


@pytest.mark.parametrize("name", ["crafter/v0", "minihack/v0", "nethack/v0"])
def test_what_is_shipped_to_be_improved_keeps_them(name):
    path = shipped("specs") / f"{name}.yaml"
    document = read_document(path)
    scaffold, _ = examine_scaffold(document)
    assert scaffold is not None
    assert broken(scaffold, document, tuple(WORLDS.load(scaffold.data["env"]).tasks())) == []


@pytest.mark.parametrize(
    "guard",
    [
        "{on: APPEND, when: op.text == '', reject: 'Say something.'}",  # hangs on what the model wrote
        "{on: APPEND, when: 'true', reject: 'Search first.', at_most: 1}",  # the second try passes
        "{on: APPEND, when: 'true', warn: 'Keep it short.'}",
        "{on: APPEND, when: 'true', rewrite: '{{ op.text | upper }}'}",  # still the model's words
        "{on: APPEND, when: step < 50, reject: 'Not yet.'}",
        "{on: APPEND, when: file.count >= 20, reject: 'Full.'}",
        "{on: log, when: 'true', reject: 'Look again.', at_most: 1}",
        "{on: action, when: obs.energy < 1, reject: 'Sleep.', at_most: 2}",
    ],
)
def test_a_guard_that_leaves_the_choice_to_the_model_is_none_of_them(guard):
    assert with_guard(guard) == []


@pytest.mark.parametrize("when", ["'true'", "not false", "step >= 2", "op.verb == 'append'", "1 < 2 or obs.energy > 1"])
def test_a_condition_that_always_holds_is_seen_through(when):
    (issue,) = with_guard(f"{{on: APPEND, when: {when}, reject: 'No.'}}")
    assert issue.path == "guards/other"


@pytest.mark.parametrize(
    "section",
    [
        "{when: 'false', template: common/commands}",
        "{when: step < 0, template: common/commands}",
        "{max_chars: 20, template: common/commands}",
        "{text: 'There are {{ ops | length }} commands.'}",
        "{text: '{% for op in ops if false %}{{ op.usage }}{% endfor %}'}",
        "{text: 'A THREAD and an APPENDIX.'}",
    ],
)
def test_commands_that_never_stand_in_a_prompt_are_not_told_of(section):
    said = [issue.message for issue in found(SMALL.replace("{template: common/commands}", section))]
    assert [message.partition(":")[0] for message in said] == [
        "the model itself must write its memory",
        "the model itself must recall its memory",
    ]


@pytest.mark.parametrize(
    "section",
    [
        "{when: obs.energy > 1, template: common/commands}",
        "{when: step % 2 == 0, template: common/commands}",
        "{text: '{% for op in ops %}{{ op.tag }} {{ obs.energy }}{% endfor %}'}",
        "{text: 'Write <|READ|>map.md<|END|> or <|APPEND|>map.md|a line<|END|>.'}",
    ],
)
def test_commands_that_may_stand_in_a_prompt_are(section):
    assert found(SMALL.replace("{template: common/commands}", section)) == []


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ("    results: mute\ntemplates: {mute: Noted.}\n", "phases/plan/results"),
        ("replies: {read.ok: Read.}\n", "replies"),
        ("replies: {READ.ok: '{{ shown }} lines'}\n", "replies"),
    ],
)
def test_what_is_recalled_must_be_shown(more, path):
    (issue,) = found(SMALL + more)
    assert issue.path == path
    assert "must see what it recalls" in issue.message


def test_a_count_shows_no_line_that_was_recalled():
    text = SMALL.replace("  READ:", "  COUNT:  {verb: count, phases: [plan]}\n  READ:")
    limited = text.replace("  create:", "  limits: {read_chars: 1}\n  create:")
    assert [issue.path for issue in found(limited)] == ["memory/limits/read_chars"]


def test_a_rewrite_that_leaves_nothing_is_a_refusal():
    (issue,) = with_guard("{on: APPEND, when: 'true', rewrite: '{{ op.text | truncate(0) }}'}")
    assert issue.path == "guards/other"


def test_one_free_op_is_enough():
    text = SMALL.replace("  DONE:", "  WRITE:  {verb: write, phases: [log]}\n  DONE:")
    assert found(text.replace(GUARD, f"{GUARD}  other: {{on: APPEND, when: 'true', reject: 'Use WRITE.'}}\n")) == []


def test_the_engine_may_write_over_files_of_its_own():
    text = SMALL.replace("  files:\n", "  files:\n    status.md: {schema: status}\n") + (
        "schemas:\n  status: {type: automatic}\n"
        "updates:\n  now: {file: status.md, verb: write, text: 'step {{ step }}'}\n"
    )
    assert found(text) == []
    (issue,) = found(text.replace("type: automatic", "type: note"))
    assert issue.path == "updates/now/verb"
    assert "writes over status.md" in issue.message


@pytest.mark.parametrize(
    ("file", "verb", "effect"),
    [
        ("{schema: log, max_lines: 9}", "append", "may push the oldest lines out of"),
        ("{schema: log, max_lines: 9, overflow: warn}", "append", ""),
        ("{schema: log, overflow: reject}", "append", ""),
        ("{schema: keyed-map}", "upsert", "may set a line of the model's in"),
        ("{schema: keyed-map}", "append", "may set a line of the model's in"),
    ],
)
def test_the_engine_pushes_nothing_out_of_the_models_files(file, verb, effect):
    key = ", key: '1,2'" if verb == "upsert" else ""
    text = "tree" if verb == "upsert" else "1,2|tree"
    said = [
        issue.message
        for issue in found(
            SMALL.replace("  files:\n", f"  files:\n    seen.md: {file}\n")
            + f"updates:\n  now: {{file: seen.md, verb: {verb}, text: '{text}'{key}}}\n"
        )
    ]
    assert [message.partition(": this ")[2].partition(" seen.md")[0] for message in said] == [effect] * bool(effect)


def test_ops_that_change_only_what_is_there_store_nothing():
    only = SMALL.replace("{verb: append, phases: [log], ", "{verb: replace, phases: [log], ").replace(GUARD, "")
    text = only.replace("guards:\n", "")
    assert [issue.path for issue in found(text)] == ["ops"]


def test_a_file_that_warns_past_its_cap_has_room():
    def capped(overflow: str) -> list[str]:
        entry = "{schema: log, max_chars: 5, overflow: " + overflow
        text = SMALL.replace("{schema: log", entry).replace("{schema: note", "{schema: reference, text: x")
        return [issue.path for issue in found(text)]

    assert capped("warn") == []
    assert capped("drop_oldest") == ["memory"]
