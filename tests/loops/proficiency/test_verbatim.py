"""Nothing but recorded text is trained on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automem.agent.record import Said
from automem.loops.proficiency.example import Lesson
from automem.loops.proficiency.verbatim import NotVerbatim, check_verbatim

from .schooling import Played, play


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(tmp_path_factory.mktemp("played"))


def with_text(lesson: Lesson, number: int, text: str) -> Lesson:
    messages = list(lesson.messages)
    messages[number] = Said(messages[number].speaker, text)
    return replace(lesson, messages=tuple(messages))


def test_lessons_of_real_play_are_verbatim(played: Played) -> None:
    check_verbatim(played.lessons, played.run)


def test_a_conversation_that_goes_on_from_log_is_verbatim_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    played = play(tmp_path_factory.mktemp("played"), steps=15, conversation="per_step")
    continued = [lesson for lesson in played.lessons if lesson.given]
    assert continued
    check_verbatim(played.lessons, played.run)
    with pytest.raises(NotVerbatim, match=r"PLAN turn 1: this is not in the recorded answer"):
        check_verbatim([with_text(continued[0], 1, "<|DONE|> indeed")], played.run)


def test_what_was_not_recorded_stops_the_trial(played: Played) -> None:
    lesson = next(one for one in played.lessons if len(one.messages) > 2)
    episode, step, _ = lesson.example.split("/")
    place = rf"episode {episode}, step {step}, {lesson.phase.upper()} turn"
    answer = lesson.messages[1].text
    other = next(one for one in played.lessons if one.messages[1].text not in answer)
    tampered = {
        f"{place} 1: this is not in the recorded answer": [
            with_text(lesson, 1, answer.replace("<|END|>", "<|END|} ", 1)),
            with_text(lesson, 1, answer + " "),
            with_text(lesson, 1, answer[1:]),
            with_text(lesson, 1, ""),
            with_text(lesson, 1, other.messages[1].text),
        ],
        f"{place} 1: this was not said to the agent": [with_text(lesson, 0, lesson.messages[0].text + ".")],
        f"{place} 2: this": [replace(lesson, messages=(*lesson.messages[:2], *lesson.messages[:2]))],
        f"{place} 1: assistant speaks out of turn": [replace(lesson, messages=lesson.messages[1:])],
        "the phase has only": [replace(lesson, messages=lesson.messages * 4)],
        "has no step 999": [replace(lesson, example=f"{episode}/999/log")],
        "names no episode and step": [replace(lesson, example=episode)],
    }
    for message, lessons in tampered.items():
        for one in lessons:
            with pytest.raises(NotVerbatim, match=message):
                check_verbatim([*played.lessons[:3], one], played.run)
