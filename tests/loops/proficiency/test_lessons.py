"""What of a phase is trained on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example as example_of
from hypothesis import given
from hypothesis import strategies as st

from automem.agent.commands import compile_command
from automem.agent.parser import parse
from automem.loops.proficiency.example import Lesson, Phase
from automem.loops.proficiency.lessons import REASONS, Dropped, lesson_of
from automem.spec.resolve import ResolvedScaffold

from .schooling import Played, example, play, renamed

FIND, NOTE, OVER, ENOUGH, GO = (
    "<|FIND|>log.md|tree<|END|>",
    "<|NOTE|>log.md|a | b<|END|>",
    "<|OVER|>",
    "<|ENOUGH|>",
    "<|GO|>North<|END|>",
)


@pytest.fixture(scope="module")
def scaffold(tmp_path_factory: pytest.TempPathFactory) -> ResolvedScaffold:
    return renamed(tmp_path_factory.mktemp("scaffold"))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(tmp_path_factory.mktemp("played"))


def taught(found: Lesson | Dropped) -> list[str]:
    assert isinstance(found, Lesson)
    return [said.text for said in found.messages if said.speaker == "assistant"]


@pytest.mark.parametrize(
    ("phase", "answers", "trained"),
    [
        pytest.param("log", [f"{NOTE}\n{OVER}\nThat is all."], [f"{NOTE}\n{OVER}"], id="text-after-the-terminator"),
        pytest.param("log", [f"{OVER}\n{NOTE}"], [OVER], id="ops-after-the-terminator"),
        pytest.param("log", [f"{OVER}", f"{NOTE}\n{OVER}"], [OVER, f"{NOTE}\n{OVER}"], id="a-refused-terminator"),
        pytest.param("log", [f"```\n{NOTE}\n{OVER}\n```"], [f"{NOTE}\n{OVER}"], id="fence"),
        pytest.param("log", [f"I note:\n```text\n{NOTE}\n```\nDone."], [NOTE], id="fence-with-words-around"),
        pytest.param("log", [f"  \n{NOTE} Now I wait."], [NOTE], id="blanks"),
        pytest.param("log", [f"I see a tree.\n{NOTE}"], [f"I see a tree.\n{NOTE}"], id="words-before-ops"),
        pytest.param("log", [FIND, "Hm.", OVER], [FIND], id="a-later-answer-without-ops"),
        pytest.param("log", [f"{NOTE}\n{GO}", OVER], [NOTE], id="an-action-in-log"),
        pytest.param("log", ["<note>log.md|x<|END|}"], ["<note>log.md|x<|END|}"], id="sloppy-tags"),
        pytest.param("plan", [FIND, f"I go.\n{GO}"], [FIND], id="search-results-action"),
        pytest.param("plan", [f"{FIND}\n{GO}"], [FIND], id="op-and-action"),
        pytest.param("plan", [f"{FIND}\nGO: north"], [FIND], id="action-as-a-line"),
        pytest.param("plan", [f"{FIND}\n<go>north"], [FIND], id="action-without-end"),
        pytest.param("plan", [f"{FIND}\n{GO}", FIND, GO], [FIND], id="turns-after-a-refused-action"),
        pytest.param("plan", [FIND, f"{ENOUGH} So.", f"{FIND}\n{GO}"], [FIND, ENOUGH], id="hand-over"),
        pytest.param("plan", [f"{FIND}\n{ENOUGH}\n{GO}"], [f"{FIND}\n{ENOUGH}"], id="hand-over-and-action"),
        pytest.param("plan", [FIND, FIND, FIND, FIND, GO], [FIND, FIND, FIND], id="hand-over-after-all-turns"),
    ],
)
def test_what_is_kept(scaffold: ResolvedScaffold, phase: Phase, answers: list[str], trained: list[str]) -> None:
    played = example(phase, *answers)
    found = lesson_of(played, scaffold)
    assert taught(found) == trained
    assert isinstance(found, Lesson)
    assert found.messages[::2] == played.messages[: 2 * len(trained) : 2]


@pytest.mark.parametrize(
    ("phase", "answer", "why"),
    [
        ("plan", GO, "acts_at_once"),
        ("plan", f"I search later.\n{GO}\n{FIND}", "acts_at_once"),
        ("plan", f"GO: north\n{FIND}\n{GO}", "acts_at_once"),
        ("log", "Nothing to record.", "no_ops"),
        ("log", "<|NOTE|>log.md<|END|>", "no_ops"),
        ("plan", NOTE, "no_ops"),
        ("plan", "<|NOTHING|>x<|END|>", "no_ops"),
        ("log", f"```\n{NOTE}\n```\n```\n{NOTE}\n```", "fenced"),
    ],
)
def test_what_is_dropped(scaffold: ResolvedScaffold, phase: Phase, answer: str, why: str) -> None:
    found = lesson_of(example(phase, answer), scaffold)
    assert isinstance(found, Dropped)
    assert (found.example, found.why) == ("lamps-1-00000000/2/" + phase, why)
    assert found.why in REASONS


def test_what_plan_goes_on_with_stays_whole(scaffold: ResolvedScaffold) -> None:
    found = lesson_of(example("plan", f"{NOTE}{OVER} and on", FIND, GO, given=2), scaffold)
    assert taught(found) == [f"{NOTE}{OVER} and on", FIND]
    assert isinstance(found, Lesson)
    assert found.given == 2


PIECES = st.sampled_from(
    [
        FIND,
        NOTE,
        OVER,
        ENOUGH,
        GO,
        "GO: east",
        "<GO>",
        "<|END|>",
        "```",
        "```text\n",
        "\n",
        "so ",
        "<|FIND|>log.md|",
        "|",
    ]
)


@example_of(phase="log", answers=["GO: east" + FIND + OVER + FIND])
@given(phase=st.sampled_from(["log", "plan"]), answers=st.lists(st.lists(PIECES).map("".join), min_size=1, max_size=4))
def test_no_action_is_ever_taught(scaffold: ResolvedScaffold, phase: Phase, answers: list[str]) -> None:
    found = lesson_of(example(phase, *answers), scaffold)
    if isinstance(found, Dropped):
        return
    forms = {tag: compile_command(tag, op).form for tag, op in scaffold.for_task("lamps").ops.items()}
    for text, answer in zip(taught(found), answers, strict=False):
        ops = parse(text, forms)
        assert text in answer
        assert ops
        assert ops[-1].end == len(text)
        assert "GO" not in {op.tag for op in ops}
        assert [op.tag for op in ops[:-1] if op.tag in ("OVER" if phase == "log" else "ENOUGH",)] == []


def test_real_play_is_mostly_learnt_from(played: Played) -> None:
    kept = Counter(lesson.phase for lesson in played.lessons)
    assert kept["log"] == sum(one.phase == "log" for one in played.examples)
    assert 20 < kept["plan"] < sum(one.phase == "plan" for one in played.examples)
    assert not any("<|ACTION|>" in text for lesson in played.lessons for text in taught(lesson))


def test_a_lesson_needs_the_op_list_of_its_own_scaffold(played: Played, tmp_path: Path) -> None:
    other = renamed(tmp_path)
    found = [lesson_of(one, other) for one in played.examples]
    assert {one.why for one in found if isinstance(one, Dropped)} == {"no_ops"}
