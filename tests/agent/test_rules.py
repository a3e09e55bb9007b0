"""Notices, guards, actions, variants, tables, autoload: what a scaffold says besides its prompts."""

from __future__ import annotations

import pytest

from agent.stage import DONE, WAIT, make, play, values
from automem.agent.located import RuleError

NORTH = "<|ACTION|>North<|END|>"


def notice(match: str) -> dict:
    rules = {
        "high": {"when": "step >= 3", "say": "high {{ step }}"},
        "any": {"when": "step >= 2", "say": "{{ tables.word }}"},
    }
    return {"notices": {"alarm": {"match": match, "rules": rules}}, "tables": {"word": "low"}}


def test_the_first_rule_that_holds_speaks_or_all():
    assert values("notices.alarm", list("abc"), notice("first")) == ["", "low", "high 3"]
    assert values("notices.alarm", list("abc"), notice("all")) == ["", "low", "high 3\nlow"]


def test_notices_are_recorded_where_a_prompt_shows_them():
    shown = {"phases": {"plan": {"sections": {"alarm": {"text": "{{ notices.alarm }}"}}}}}
    assert play(overlay=notice("all") | shown).firings() == [
        (2, "notice", "alarm", "any"),
        (3, "notice", "alarm", "high+any"),
    ]
    assert play(overlay=notice("all")).firings() == []


def test_sections_have_conditions_and_caps():
    sections = {"odd": {"text": "odd", "when": "step % 2 == 1"}, "long": {"text": "abcdefghij" * 9, "max_chars": 30}}
    prompts = play(overlay={"phases": {"plan": {"sections": sections}}}).prompts
    plans = [prompt for prompt in prompts if prompt.startswith("PLAN")]
    assert ["odd" in prompt.split("\n\n") for prompt in plans] == [True, False, True]
    cut = plans[0].split("\n\n")[-1]
    assert cut.endswith("\n[cut]")
    assert len(cut) == 30


def guarded(guard: dict, answers: list[str], texts=("one",), **more):
    return play(answers, {"guards": {"g": {"when": "true", **guard}}}, texts=texts, **more)


def test_a_guard_rejects_the_action_so_often_and_then_lets_it_pass():
    guard = {"on": "action", "when": "proposed == 'North'", "reject": "not {{ proposed }}", "at_most": 2}
    episode = guarded(guard, lambda role, request: NORTH, texts=("one", "two"))
    assert episode.played == ["North", "North"]
    assert [prompt for prompt in episode.prompts if prompt == "not North"] == ["not North"] * 4
    assert episode.firings() == [(step, "guard", "g", "reject") for step in (1, 1, 2, 2)]


def test_another_action_is_taken_after_a_rejection():
    episode = guarded({"on": "action", "when": "proposed == 'North'", "reject": "no", "at_most": 2}, [NORTH, WAIT])
    assert (episode.played, episode.steps[0].valid) == (["Wait"], True)


def test_a_rejection_on_the_last_turn_runs_the_fallback_and_is_told_later():
    overlay = {
        "guards": {"g": {"on": "action", "when": "proposed == 'North'", "reject": "walled in", "at_most": 9}},
        "phases": {"plan": {"turns": 1}},
    }
    episode = play([NORTH], overlay, texts=("one", "two"))
    assert (episode.played[0], episode.steps[0].raw, episode.steps[0].fallback) == ("Wait", "North", True)
    assert "walled in" in episode.prompts[-1]
    first = episode.steps[0]
    assert first.valid  # refused, but an action
    assert [(op.status, op.reply) for op in first.ops if op.verb == "commit"] == [("rejected", "walled in")]


def test_guards_see_the_action_normalised():
    overlay = {
        "actions": {"normalise": ["casefold"]},
        "guards": {"g": {"on": "action", "when": "proposed == 'North'", "reject": "no", "at_most": 1}},
    }
    episode = play(["<|ACTION|>nOrth<|END|>", WAIT], overlay, texts=("one",))
    assert episode.played == ["Wait"]


def test_a_guard_warns_of_the_action_and_lets_it_through():
    episode = guarded({"on": "action", "warn": "mind {{ proposed }}"}, [NORTH], texts=("one", "two"))
    assert episode.played[0] == "North"
    assert "mind North" in episode.prompts[-1]


def test_a_guard_rewrites_the_action():
    episode = guarded({"on": "action", "rewrite": "{{ 'South' if proposed == 'North' else proposed }}"}, [NORTH])
    assert (episode.played, episode.steps[0].raw, episode.steps[0].valid) == (["South"], "North", True)
    with pytest.raises(RuleError, match="guards/g/rewrite: 'Up' is no action"):
        guarded({"on": "action", "rewrite": "Up"}, [NORTH])


def test_guards_run_only_on_the_base():
    episode = guarded({"on": "action", "reject": "no", "at_most": 1}, [NORTH, NORTH, WAIT], split=True)
    assert [turn.role for turn in episode.steps[0].turns] == ["specialist", "base", "base"]


def test_guards_on_an_op_reject_warn_and_rewrite():
    guards = {
        "short": {"on": "APPEND", "when": "op.text | count < 3", "warn": "short: {{ op.args.text }}"},
        "twice": {"on": "APPEND", "when": "op.text in file.lines", "reject": "{{ op.text }} is in {{ file.name }}"},
        "spelled": {"on": "APPEND", "when": "'tre' == op.text", "rewrite": "tree"},
        "new": {"on": "MARK", "when": "file.count == 0", "reject": "map first", "at_most": 1},
    }
    ops = "<|APPEND|>log.md|ab<|END|><|APPEND|>log.md|ab<|END|><|APPEND|>log.md|tre<|END|><|APPEND|>x.md|tre<|END|>"
    marks = "<|MARK|>1,1|a<|END|><|MARK|>1,1|a<|END|>"
    episode = play([WAIT, ops + marks], {"guards": guards}, texts=("one", "two"))
    assert episode.files == {"log.md": "ab\ntree\n", "x.md": "tree\n", "map.md": "1,1|a\n"}
    statuses = [status for _, status in episode.statuses(2)[:6]]
    assert statuses == ["ok", "rejected", "ok", "ok", "rejected", "ok"]
    assert "log.md: added\nshort: ab" in episode.prompts[2]
    assert "APPEND: short: ab\nab is in log.md" in episode.prompts[2]
    assert episode.steps[1].ops[2].args == {"text": "tree"}


def test_a_guard_on_the_end_of_log_asks_again():
    guard = {"on": "log", "when": "wrote == 0", "reject": "write something", "at_most": 2}
    episode = guarded(guard, [WAIT, DONE, "no", DONE], texts=("one", "two"))
    assert [turn.phase for turn in episode.steps[1].turns] == ["log", "log", "log", "plan"]
    assert "write something" in episode.prompts[2]
    heeded = guarded(guard, [WAIT, DONE, "<|APPEND|>log.md|x<|END|>" + DONE], texts=("one", "two"))
    assert heeded.files["log.md"] == "x\n"
    assert heeded.firings() == [(2, "guard", "g", "reject")]


def test_a_guard_on_the_end_of_plan_asks_again():
    guard = {"on": "plan", "when": "step == 1", "reject": "look first", "at_most": 1}
    episode = guarded(guard, [NORTH, "<|ACTION|>South<|END|>"])
    assert episode.played == ["South"]
    assert "look first" in episode.prompts[1]


@pytest.mark.parametrize(
    ("normalise", "raw", "action"),
    [
        ([], "North", "North"),
        ([], "north", None),
        (["casefold"], "  nORth ", "North"),
        (["casefold"], "far  east", "Far East"),
        ([{"alias": {"up": "North"}}], "UP", "North"),
        ([{"regex": "^(?i)(go|move) ", "to": ""}, "casefold"], "Go north", "North"),
        ([{"regex": r"^(\w+) (\w+)$", "to": r"\2"}], "please North", "North"),
        (["first_word"], "North twice", "North"),
        (["first_word"], "Far East", "Far East"),
        (["casefold", "first_word"], "x" * 60, None),
        ([{"regex": "", "to": "x" * 200}] * 9, "grow", None),
    ],
)
def test_words_become_actions(normalise, raw, action):
    agent = make({"actions": {"normalise": normalise}})
    assert agent.program.actions.action(raw) == action


def test_variants_change_any_section_for_their_tasks():
    overlay = {
        "tables": {"hint": "none"},
        "variants": {
            "boxes": {"tasks": ["box*"], "set": {"tables": {"hint": "push"}, "actions": {"fallback": "North"}}},
            "quiet": {
                "tasks": ["box-2"],
                "set": {"ops": {"SEARCH": None}, "phases": {"log": None, "plan": {"turns": 1}}},
            },
        },
    }
    overlay["variants"]["quiet"]["set"]["ops"] |= {
        tag: {"phases": ["plan"]} for tag in ("READ", "APPEND", "WRITE", "MARK", "DONE")
    }
    shown = {"phases": {"plan": {"sections": {"hint": {"text": "{{ tables.hint }}"}}}}}
    tasks = ("film", "box-1", "box-2")
    played = {task: play(["hm", "hm"], overlay | shown, texts=("a", "b"), task=task) for task in tasks}
    assert {task: episode.prompts[0].split("\n\n")[-1] for task, episode in played.items()} == {
        "film": "none",
        "box-1": "push",
        "box-2": "push",
    }
    assert [episode.played[0] for episode in played.values()] == ["Wait", "North", "North"]
    assert [len(episode.requests) for episode in played.values()] == [3, 3, 4]
    assert "SEARCH" not in played["box-2"].agent.program.commands


def test_autoload_brings_a_file_into_the_prompt():
    overlay = {
        "autoload": {"tail": {"file": "log.md", "tail": 2, "empty": "nothing in {{ env.task }}"}},
        "phases": {"plan": {"sections": {"tail": {"text": "{{ loaded.tail }}"}}}},
    }
    episode = play([WAIT, "<|WRITE|>log.md|a\nb\nc<|END|>" + DONE], overlay, texts=("one", "two"))
    tails = [prompt.split("\n\n")[-1] for prompt in episode.prompts if prompt.startswith("PLAN")]
    assert tails == ["nothing in film", "b\nc"]


def test_updates_write_keyed_lines_and_can_delete():
    overlay = {
        "updates": {
            "mark": {"file": "map.md", "verb": "upsert", "key": "{{ step }},0", "text": "seen", "after": "observe"},
            "clear": {"file": "map.md", "verb": "delete", "key": "1,0", "when": "step == 3", "after": "observe"},
            "fallback": {
                "file": "log.md",
                "verb": "append",
                "text": "{{ action }} ({{ wrote }})",
                "when": "wrote == 0",
            },
        }
    }
    episode = play([WAIT, "<|APPEND|>log.md|mine<|END|>" + DONE], overlay)
    assert episode.files == {"map.md": "2,0|seen\n3,0|seen\n", "log.md": "mine\nWait (0)\n"}
    assert (3, "update", "clear", "ok") in episode.firings()


def test_the_engine_may_write_what_the_agent_may_not():
    overlay = {
        "memory": {"files": {"status.md": {"schema": "automatic"}}},
        "updates": {"status": {"file": "status.md", "verb": "write", "text": "{{ obs_text }}", "after": "observe"}},
    }
    episode = play([WAIT, "<|WRITE|>status.md|mine<|END|>"], overlay, texts=("one", "two"))
    assert episode.files["status.md"] == "two\n"
    assert episode.statuses(2)[1] == ("WRITE", "denied")
