from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from transformers import PreTrainedTokenizerFast

from automem.engines.base import Message
from automem.pretraining.corpus import encode
from automem.pretraining.kinds import QUIZ
from automem.pretraining.quiz import quizzed
from automem.pretraining.talk import Talk

PROMPT = """\
Your memory is a directory of files that lasts as long as this episode:
map.md: what can be seen from a place: x,y|what
progress.md: achievements unlocked

Commands:
<|SEARCH|>file|word<|END|>  shows the lines of a file that contain a word
<|READ|>file<|END|>  shows a file
<|ACTION|>action<|END|>  commits the action and ends the step

You are at -3,12, facing south.
Your status:
- health: 9/9
Your inventory:
- wood: 4
You see:
- tree 5 steps to your north-east
- cow 2 steps to your south
"""
RESULTS = """\
progress.md:
collect wood
map.md has 1 with "coal":
-5,8|coal tree  [6 north-west]"""


def talk(*texts: str) -> Talk:
    speakers = ("user", "assistant") * len(texts)
    pairs = zip(speakers, texts, strict=False)
    return Talk(tuple(Message(speaker, text) for speaker, text in pairs), "crafter")  # type: ignore[arg-type]


def asked(found: Talk) -> Iterator[tuple[str, str]]:
    question, answer = (message.text for message in found.messages[-2:])
    assert question.startswith("Quiz: ")
    for topic, line in zip(question.removeprefix("Quiz: ").split("; "), answer.split("\n"), strict=True):
        assert line.startswith(f"{topic}, ")
        yield topic, line.removeprefix(f"{topic}, ")


@pytest.fixture(scope="module")
def answers() -> dict[str, str]:
    """Everything that is ever asked of one conversation."""
    played = talk(PROMPT, "<|READ|>progress.md<|END|>\n<|SEARCH|>map.md|coal<|END|>", RESULTS, "<|ACTION|>Do<|END|>")
    return dict(pair for seed in range(200) for pair in asked(quizzed(played, random.Random(seed))))


def test_it_asks_for_what_stands_in_the_conversation(answers: dict[str, str]) -> None:
    assert answers["seen tree"] == "north-east"
    assert answers["held wood"] == "4"
    assert answers["held iron"] == "0"
    assert answers["done collect wood"] == "yes"
    assert answers["done eat cow"] == "no"
    assert answers["line -5,8"] == "coal tree"
    assert answers["way -5,8"] == "6 north-west"
    assert answers["here"] == "-3,12"
    assert not any("health" in topic for topic in answers)


def test_what_was_not_read_is_not_asked() -> None:
    played = talk(PROMPT, "<|SEARCH|>map.md|coal<|END|>", RESULTS.split("\n", 2)[2], "<|ACTION|>Do<|END|>")
    topics = {topic for seed in range(50) for topic, _ in asked(quizzed(played, random.Random(seed)))}
    assert not any(topic.startswith("done") for topic in topics)


def test_where_nothing_can_be_asked_it_stays_as_it_is() -> None:
    played = talk("Hello.", "Good day.")
    assert quizzed(played, random.Random(0)) is played


def test_its_answer_is_told_apart(talks: list[Talk], tokenizer: PreTrainedTokenizerFast) -> None:
    plain = next(one for one in talks if len(one.messages) > 2)
    found = quizzed(plain, random.Random(0))
    before, after = (encode([one], tokenizer, 4096).kinds for one in (plain, found))
    assert QUIZ not in before
    assert list(after[: len(before)]) == list(before)
    quiz = after[after == QUIZ]
    assert list(after[-len(quiz) :]) == list(quiz)
    assert tokenizer.decode(encode([found], tokenizer, 4096).tokens[-len(quiz) :]) == (
        found.messages[-1].text + "<|im_end|>"
    )
