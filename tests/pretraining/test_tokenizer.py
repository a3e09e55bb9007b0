from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast

from automem.pretraining.talk import Talk
from automem.pretraining.tokenizer import VOCABULARY

WORDS = [
    "tree",
    "iron",
    "north",
    "steps",
    " ",
    "  ",
    "\n",
    "\n\n",
    "- ",
    "|",
    "<|",
    "|>",
    "<|END|>",
    "12",
    "-3",
    "é",
    "§",
]
ODD = st.text() | st.lists(st.sampled_from(WORDS)).map("".join)


@pytest.fixture(scope="module")
def parts(tokenizer: PreTrainedTokenizerFast):
    return lambda text: [tokenizer.decode([token]) for token in tokenizer(text)["input_ids"]]


@settings(max_examples=200, deadline=None)
@given(text=ODD)
def test_nothing_is_lost(tokenizer: PreTrainedTokenizerFast, text: str) -> None:
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_the_vocabulary_is_small(tokenizer: PreTrainedTokenizerFast) -> None:
    assert len(tokenizer) <= VOCABULARY


def test_numbers_below_a_hundred_are_one_token_wherever_they_stand(parts) -> None:
    for number in (0, 7, 10, 58, 99):
        for text in (f"{number}", f"at {number},3", f"tree {number} steps", f"x|{number}<|END|>", f"-{number}"):
            assert str(number) in parts(text)


def test_things_are_one_token_and_the_same_wherever_they_stand(parts) -> None:
    for thing in ("tree", "water", "iron", "wood"):
        for text in ("<|SEARCH|>map.md|{}<|END|>", "\n- {} 3 steps to your ", "3,4 {}\n", "facing {}.", "see {}, cow"):
            assert thing in parts(text.format(thing))


def test_where_a_thing_lies_follows_its_name(parts) -> None:
    assert parts("- tree 3 steps to your south-west\n") == ["- ", "tree", " 3 steps to your south-west", "\n"]
    assert parts("Goal: tree, south-west\n")[-3:] == ["tree", ", south-west", "\n"]
    assert parts("remembered 12 south-west")[-2:] == ["12", " south-west"]


def test_names_of_ops_are_made_of_pairs_that_other_names_share(parts) -> None:
    assert parts("<|SEARCH|>")[1:-1] == ["SE", "AR", "CH"]
    assert "".join(parts("<|REMEMBER_IT|>")[1:-1]) == "REMEMBER_IT"
    assert all(len(part) <= 2 for part in parts("<|REMEMBER_IT|>")[1:-1])


def test_the_names_of_files_fall_apart(parts) -> None:
    assert parts("map.md|") == ["map", ".md", "|"]


def test_the_stable_part_of_a_prompt_is_a_prefix_in_tokens(
    tokenizer: PreTrainedTokenizerFast, talks: list[Talk]
) -> None:
    for talk in talks[::10]:
        whole = tokenizer(talk.messages[0].text)["input_ids"]
        stable = tokenizer(talk.prefix)["input_ids"]
        assert whole[: len(stable)] == stable
