"""Tokens and loss masks, under any chat template."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from engines.local.making import TEMPLATE, make_tokenizer

from automem.agent.record import Said
from automem.errors import AutoMemError
from automem.loops.proficiency.encoding import IGNORED, Encoded, Unfit, UnfitTemplate, encode, encode_all, mask_text
from automem.loops.proficiency.example import Lesson

from .schooling import example

SYSTEM = (
    "{% if messages[0]['role'] != 'system' %}<|im_start|>system\nYou are a model.<|im_end|>\n{% endif %}" + TEMPLATE
)
TRIMMED = TEMPLATE.replace("message['content']", "message['content'] | trim")
INSTRUCT = (
    "{% for message in messages %}{% if message['role'] == 'user' %}[INST] {{ message['content'] }} [/INST]"
    "{% else %} {{ message['content'] }}<|im_end|>{% endif %}{% endfor %}"
)
FORGETFUL = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['role'] == 'assistant' and not loop.last %}(…){% else %}{{ message['content'] }}{% endif %}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
ENDLESS = (
    "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
ANSWERS = ("I look.\n<|SEARCH|>map.md|tree<|END|>", "<|APPEND|>log.md|saw a cow<|END|> <|DONE|>")


def tokenizer(template: str = TEMPLATE) -> Any:
    found = deepcopy(make_tokenizer())
    found.chat_template = template
    return found


def lesson(*answers: str, given: int = 0) -> Lesson:
    made = example("log", *answers, given=given)
    return Lesson(made.id, made.phase, made.messages, given)


@pytest.mark.parametrize("template", [TEMPLATE, SYSTEM, TRIMMED], ids=["chatml", "with-system", "trimming"])
def test_the_loss_is_on_the_answers_and_their_ends(template: str) -> None:
    pieces = mask_text(lesson(*ANSWERS), tokenizer(template))
    assert [text for text, trained in pieces if trained] == [f"{answer}<|im_end|>" for answer in ANSWERS]
    whole = "".join(text for text, _ in pieces)
    assert whole == tokenizer(template).apply_chat_template(
        [{"role": said.speaker, "content": said.text} for said in lesson(*ANSWERS).messages], tokenize=False
    ).rstrip("\n")


def test_a_template_without_a_mark_for_asking_will_do() -> None:
    pieces = mask_text(
        lesson(*ANSWERS), tokenizer(INSTRUCT.replace(" {{ message['content'] }}<", "{{ message['content'] }}<"))
    )
    assert [text for text, trained in pieces if trained] == [f"{answer}<|im_end|>" for answer in ANSWERS]


def test_tokens_are_those_of_play() -> None:
    """Each answer stands behind just the ids that play asks for it with."""
    tokens, made = tokenizer(SYSTEM), lesson(*ANSWERS)
    found = encode(made, tokens)
    assert isinstance(found, Encoded)
    turns = [{"role": said.speaker, "content": said.text} for said in made.messages]
    for number in (1, 3):
        asked = tokens.apply_chat_template(turns[:number], add_generation_prompt=True, return_dict=False)
        assert list(found.input_ids[: len(asked)]) == asked
        assert found.labels[len(asked) - 1] == IGNORED
        assert found.labels[len(asked)] == found.input_ids[len(asked)]
    assert tokens.decode([number for number in found.labels if number != IGNORED]) == "".join(
        f"{answer}<|im_end|>" for answer in ANSWERS
    )


def test_what_is_given_bears_no_loss() -> None:
    pieces = mask_text(lesson(*ANSWERS, given=2), tokenizer())
    assert [text for text, trained in pieces if trained] == [f"{ANSWERS[1]}<|im_end|>"]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (FORGETFUL, r"'\(…\)<\|im_end\|>.*stands where 'I look"),
        (ENDLESS, "ends an answer with no special token"),
        (INSTRUCT, "renders an answer differently"),
        ("{{ raise_exception('no users here') }}", "cannot render a conversation: no users here"),
    ],
    ids=["forgetful", "endless", "unannounced", "refusing"],
)
def test_a_template_that_will_not_do_is_refused(template: str, message: str) -> None:
    with pytest.raises(UnfitTemplate, match=message):
        encode(lesson(*ANSWERS), tokenizer(template))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda made: made, "too_long"),
        (lambda made: replace(made, messages=(made.messages[0], Said("assistant", "x<|im_end|>"))), "special"),
        (lambda made: replace(made, messages=(made.messages[0], Said("assistant", "cafe\u0301"))), "altered"),
    ],
    ids=["too-long", "special", "altered"],
)
def test_what_cannot_be_trained_on_is_counted(change: Callable[[Lesson], Lesson], why: str) -> None:
    made = change(lesson(*ANSWERS))
    kept, dropped = encode_all([made, lesson("<|DONE|>")], tokenizer(), 40)
    assert ([one.example for one in kept], dict(dropped)) == (["lamps-1-00000000/2/log"], {why: 1})
    found = encode(made, tokenizer(), 40)
    assert isinstance(found, Unfit)
    if why != "too_long":
        with pytest.raises(AutoMemError, match="left out of a training"):
            mask_text(made, tokenizer())


def test_tags_that_are_tokens_of_their_own_are_trained_as_any_other() -> None:
    tokens = tokenizer()
    tokens.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|SEARCH|>", "<|END|>"]})
    pieces = mask_text(lesson(*ANSWERS), tokens)
    assert [text for text, trained in pieces if trained] == [f"{answer}<|im_end|>" for answer in ANSWERS]
