"""Two models in one conversation: who is asked what, how a consultation ends, and when two play as one."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.stage import DONE, SCAFFOLD, WAIT, Episode, play
from automem.agent.record import Step

READ, BROKEN, NORTH = "<|READ|>log.md<|END|>", "<|SEARCH|>log.md<|END|>", "<|ACTION|>North<|END|>"
ENOUGH = "<|ENOUGH|>"
SPOKEN = {"ops": {"ENOUGH": {"verb": "end", "phases": ["plan"]}}}


def asked(episode: Episode, step: int = 1) -> list[tuple[str, str]]:
    """(phase, role) of every call of a step."""
    return [(turn.phase, turn.role) for turn in episode.steps[step - 1].turns]


def nobodys(steps: list[Step]) -> list[Step]:
    """Steps without saying who played which part."""
    replace = msgspec.structs.replace
    return [
        replace(
            step,
            turns=tuple(replace(turn, role="base") for turn in step.turns),
            ops=tuple(replace(op, role=op.role if op.role == "engine" else "base") for op in step.ops),
        )
        for step in steps
    ]


PIECES = [
    READ,
    BROKEN,
    NORTH,
    "<|ACTION|>fly<|END|>",
    ENOUGH,
    DONE,
    "<|FOO|>x<|END|>",
    "<|APPEND|>log.md|a<|END|>",
    "hm",
    "",
]
ANSWERS = st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join), max_size=30)


@pytest.mark.parametrize(
    "overlay",
    [
        {},
        {"conversation": "per_step"},
        {"phases": {"plan": {"no_op": "nudge", "commit_turns": 2}}},
        {"guards": {"wall": {"on": "action", "when": "proposed == 'North'", "reject": "a wall", "at_most": 1}}},
    ],
    ids=["plain", "per_step", "turns", "guard"],
)
@settings(deadline=None, max_examples=40)
@given(answers=ANSWERS)
def test_with_a_command_that_ends_it_two_play_what_one_plays(overlay, answers):
    one, two = (play(answers, overlay | SPOKEN, split=split) for split in (False, True))
    assert nobodys(two.steps) == nobodys(one.steps)
    assert [request for _, request in two.requests] == [request for _, request in one.requests]
    assert (two.files, two.played) == (one.files, one.played)
    assert {turn.role for step in two.steps for turn in step.turns} == {"specialist", "base"}


def test_the_command_ends_the_consultation_and_its_results_are_handed_over():
    episode = play([READ, READ + ENOUGH, NORTH], SPOKEN, texts=("one",), split=True)
    assert asked(episode) == [("plan", "specialist"), ("plan", "specialist"), ("plan", "base")]
    handed = episode.requests[2][1].messages
    assert [message.text for message in handed[1:4:2]] == [READ, READ + ENOUGH]
    assert handed[4].text == "log.md is empty\nEnough recalled. Commit exactly one action now."
    assert (episode.steps[0].intention, episode.played) == (None, ["North"])


def test_it_can_end_at_once():
    episode = play([ENOUGH, NORTH], SPOKEN, texts=("one",), split=True)
    assert asked(episode) == [("plan", "specialist"), ("plan", "base")]
    assert episode.requests[1][1].messages[1].text == ENOUGH


def test_silence_ends_it_too():
    for nothing in ("", "I know enough."):
        episode = play([nothing, NORTH], SPOKEN, texts=("one",), split=True)
        assert (asked(episode)[-1], episode.played) == (("plan", "base"), ["North"])


def test_one_that_uses_up_its_turns_is_handed_over_with_the_last_results():
    episode = play([READ, READ, BROKEN, NORTH], SPOKEN, texts=("one",), split=True)
    assert asked(episode) == [("plan", "specialist")] * 3 + [("plan", "base")]
    handed = episode.prompts[3]
    assert "SEARCH: not understood" in handed
    assert "Commit exactly one action now" in handed


def test_commands_in_error_are_answered_and_the_consultation_goes_on():
    episode = play([BROKEN + "<|FOO|>x<|END|><|APPEND|>log.md|a<|END|>", ENOUGH, NORTH], SPOKEN, ("one",), split=True)
    assert episode.statuses(1) == [
        *(("SEARCH", "malformed"), ("FOO", "unknown"), ("APPEND", "denied")),
        *(("ENOUGH", "ok"), ("ACTION", "ok")),
    ]
    assert [op.role for op in episode.steps[0].ops] == ["specialist"] * 4 + ["base"]
    for told in ("SEARCH: not understood", "FOO", "APPEND: not allowed"):
        assert told in episode.prompts[1]


def test_an_action_beside_a_search_is_withdrawn_and_the_search_is_answered():
    episode = play([f"I go {NORTH} but {READ}", "<|ACTION|>South<|END|>"], SPOKEN, texts=("one",), split=True)
    assert asked(episode) == [("plan", "specialist"), ("plan", "base")]
    assert episode.requests[1][1].messages[1].text == f"I go  but {READ}"
    assert "log.md is empty" in episode.prompts[1]
    step = episode.steps[0]
    assert step.turns[0].answer == f"I go {NORTH} but {READ}"
    assert [(op.role, op.op, op.args) for op in step.ops if op.verb == "commit"] == [
        ("specialist", "ACTION", {"action": "North"}),
        ("base", "ACTION", {"action": "South"}),
    ]


@pytest.mark.parametrize(("written", "intention"), [("North", "North"), ("north", "North"), ("fly", "fly")])
def test_what_was_withdrawn_is_kept_as_the_action_it_stands_for(written, intention):
    overlay = SPOKEN | {"actions": {"normalise": ["casefold"]}}
    episode = play([f"<|ACTION|>{written}<|END|>", NORTH], overlay, texts=("one",), split=True)
    assert episode.steps[0].intention == intention


def test_guards_judge_the_base_alone():
    guard = {"guards": {"wall": {"on": "action", "when": "proposed == 'North'", "reject": "a wall", "at_most": 1}}}
    episode = play([NORTH, NORTH, "<|ACTION|>South<|END|>"], guard | SPOKEN, texts=("one",), split=True)
    assert episode.firings() == [(1, "guard", "wall", "reject")]
    assert (episode.steps[0].intention, episode.played) == ("North", ["South"])


def test_a_base_that_ends_the_consultation_again_is_asked_again_within_its_turns():
    overlay = SPOKEN | {"phases": {"plan": {"commit_turns": 2}}}
    episode = play([ENOUGH, READ + ENOUGH, NORTH], overlay, texts=("one",), split=True)
    assert episode.prompts[2] == "log.md is empty\nEnough recalled. Commit exactly one action now."
    assert episode.played == ["North"]
    episode = play([ENOUGH, ENOUGH, ENOUGH, NORTH], overlay, texts=("one",), split=True)
    assert (len(episode.requests), episode.steps[0].fallback) == (3, True)


def test_the_hand_off_says_how_many_turns_are_left():
    said = {
        "templates": {"turns": "{{ turns_left }} left"},
        "phases": {"plan": {"handoff": "turns", "commit_turns": 2}},
    }
    episode = play([ENOUGH, ENOUGH, NORTH], said | SPOKEN, texts=("one",), split=True)
    assert episode.prompts[1:] == ["2 left", "1 left"]


def test_without_such_a_command_one_model_acts_at_once():
    assert "ENOUGH" not in SCAFFOLD["ops"]
    episode = play([NORTH], texts=("one",))
    assert (asked(episode), episode.steps[0].intention) == ([("plan", "base")], None)


def test_recorded_steps_of_two_can_be_lived_again():
    answers = [READ + ENOUGH, WAIT, "<|APPEND|>log.md|it worked<|END|>", DONE, BROKEN, NORTH, "hm", NORTH]
    episode = play(answers, SPOKEN, texts=("one", "two", "three"), split=True)
    for step, again in zip(episode.steps, episode.agent.retrace(episode.steps), strict=True):
        assert [turn.new for turn in again.turns] == [turn.new for turn in step.turns]
        assert again.ops == step.ops
