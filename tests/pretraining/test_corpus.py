from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from transformers import PreTrainedTokenizerFast

from automem.pretraining.corpus import Corpus, encode
from automem.pretraining.drill import drills
from automem.pretraining.kinds import KINDS, kinds_of
from automem.pretraining.packing import epoch, is_drilled, pack, shares, split
from automem.pretraining.talk import Talk


def test_tokens_are_those_of_the_chat_template(tokenizer: PreTrainedTokenizerFast, talks: list[Talk]) -> None:
    corpus = encode(talks, tokenizer, 4096)
    assert len(corpus.lengths) == len(talks)
    for number, talk in enumerate(talks):
        messages = [{"role": message.speaker, "content": message.text} for message in talk.messages]
        whole = tokenizer.apply_chat_template(messages)["input_ids"]
        part = slice(corpus.starts[number], corpus.starts[number + 1])
        found = [*corpus.prefix_of(corpus.prefix[number]), *corpus.tokens[part]]
        assert found == whole[: len(found)]
        assert tokenizer.decode(whole[len(found) :]) == "\n"


def test_the_answers_are_taught_and_nothing_else(tokenizer: PreTrainedTokenizerFast, talks: list[Talk]) -> None:
    long = next(talk for talk in talks if len(talk.messages) > 2)
    for first in (0, 2):
        corpus = encode([replace(long, first=first)], tokenizer, 4096)
        answers = "".join(m.text + "<|im_end|>" for m in long.messages[first:] if m.speaker == "assistant")
        assert tokenizer.decode(corpus.tokens[corpus.kinds > 0]) == answers


def test_conversations_that_are_too_long_are_left_out(tokenizer: PreTrainedTokenizerFast, talks: list[Talk]) -> None:
    whole = encode(talks, tokenizer, 4096)
    lengths = whole.lengths + np.diff(whole.prefix_starts)[whole.prefix]
    longest = int(np.median(lengths))
    assert len(encode(talks, tokenizer, longest).lengths) == (lengths <= longest).sum()


def test_it_is_saved_and_loaded(tokenizer: PreTrainedTokenizerFast, talks: list[Talk], tmp_path: Path) -> None:
    corpus = encode(talks, tokenizer, 4096)
    corpus.save(tmp_path / "corpus.npz")
    loaded = Corpus.load(tmp_path / "corpus.npz")
    assert all(np.array_equal(getattr(corpus, name), getattr(loaded, name)) for name in vars(corpus))


def test_kinds_of_an_answer() -> None:
    answer = "Goal: far.\n<|NOTE|>map.md|3,-4 tree<|END|><|ACT|>Move West<|END|><|DONE|><|im_end|>"
    kinds = [KINDS[kind] for kind in kinds_of(answer, [(place, place + 1) for place in range(len(answer))])]
    found = {kind: "".join(letter for letter, of in zip(answer, kinds, strict=True) if of == kind) for kind in KINDS}
    assert found == {
        "prompt": "",
        "form": "<||><|END|><||><|END|><||><|im_end|>",
        "tag": "NOTEACTDONE",
        "file": "map.md",
        "number": "3-4",
        "word": "|, tree",
        "action": "Move West",
        "reason": "Goal: far.\n",
        "quiz": "",
    }


def test_an_epoch_has_every_conversation_once_in_batches_of_one_prefix(
    tokenizer: PreTrainedTokenizerFast, talks: list[Talk]
) -> None:
    corpus = encode(talks, tokenizer, 4096)
    taught, held_out = split(corpus)
    assert sorted(np.concatenate([*taught, *held_out])) == list(range(len(talks)))
    assert [len(numbers) for numbers in held_out] == [len(numbers) // 99 for numbers in taught]
    batches = epoch(corpus, taught, 1500, np.random.default_rng(0))
    assert sorted(np.concatenate(batches)) == sorted(np.concatenate(taught))
    for numbers in batches:
        assert len(set(corpus.prefix[numbers])) == 1
        assert len(numbers) == 1 or len(numbers) * corpus.lengths[numbers].max() <= 1500


def test_the_processes_of_a_step_get_batches_of_about_one_size(
    tokenizer: PreTrainedTokenizerFast, talks: list[Talk]
) -> None:
    corpus = encode(talks, tokenizer, 4096)
    batches = epoch(corpus, split(corpus)[0], 600, np.random.default_rng(0))
    steps = list(shares(corpus, batches, 2, np.random.default_rng(0)))
    assert all(len(step) == 2 for step in steps)
    assert {tuple(numbers) for step in steps for numbers in step} == {tuple(numbers) for numbers in batches}
    assert len(steps) == -(-len(batches) // 2)
    prefix = np.diff(corpus.prefix_starts)[corpus.prefix]
    costs = [[len(batch) * corpus.lengths[batch].max() + prefix[batch[0]] for batch in step] for step in steps]
    apart = sum(abs(first - second) for first, second in costs)
    by_chance = sum(abs(first - second) for (first, _), (_, second) in pairwise(costs))
    assert apart < by_chance / 2


def test_drills_are_told_from_play(tokenizer: PreTrainedTokenizerFast, talks: list[Talk]) -> None:
    played, drilled = encode(talks[:2], tokenizer, 4096), encode(drills(2, 0), tokenizer, 4096)
    assert not is_drilled(played, np.array([0, 1]))
    assert is_drilled(drilled, np.array([0, 1]))
    assert not is_drilled(drilled, np.array([], np.int64))


def test_one_batch_is_enough_for_two_processes(tokenizer: PreTrainedTokenizerFast, talks: list[Talk]) -> None:
    corpus = encode(talks[:1], tokenizer, 4096)
    (step,) = shares(corpus, [np.array([0])], 2, np.random.default_rng(0))
    assert [list(numbers) for numbers in step] == [[0], [0]]


def test_what_is_packed_predicts_the_next_token(tokenizer: PreTrainedTokenizerFast, talks: list[Talk]) -> None:
    weighed = [replace(talk, weight=float(number)) for number, talk in enumerate(talks, 1)]
    corpus = encode(weighed, tokenizer, 4096)
    batches = epoch(corpus, split(corpus)[0], 1500, np.random.default_rng(0))[:3]
    batch = pack(corpus, batches, prompts=False)
    assert (batch.tokens[batch.places + 1] == batch.labels).all()
    numbers = np.concatenate(batches)
    taught = {float(n + 1): int((corpus.kinds[corpus.starts[n] : corpus.starts[n + 1]] > 0).sum()) for n in numbers}
    assert {weight: int((batch.weights == weight).sum()) for weight in taught} == taught
    assert pack(corpus, batches, prompts=True).labels.shape[0] == sum(corpus.lengths[numbers] - 1)
