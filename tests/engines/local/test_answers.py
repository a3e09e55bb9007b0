"""What the model answers: transformers' own words, whoever else is answered, cached or not."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future, wait
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from automem.engines.base import Answer
from automem.engines.local import create
from automem.engines.local.batch import Batch
from automem.engines.local.row import Job
from automem.engines.local.worker import PATIENCE
from automem.errors import ContextExceeded, EngineRefused, EngineUnavailable

from .conftest import QUESTIONS, Make, Reference, asking
from .making import make_model


async def test_answers_as_transformers_does(make: Make, model: Path) -> None:
    engine, reference = make(), Reference(model)
    answers = await asyncio.gather(*(engine.ask(asking(text)) for text in QUESTIONS))
    assert [answer.text for answer in answers] == [reference.answer(asking(text)) for text in QUESTIONS]
    assert [answer.input_tokens for answer in answers] == [
        reference.prompt(asking(text)).shape[1] for text in QUESTIONS
    ]


async def test_an_answer_does_not_depend_on_who_is_answered_beside(make: Make) -> None:
    engine = make(batch=7)
    requests = [asking(text, seed=seed, temperature=1.0, top_p=0.9) for seed, text in enumerate(QUESTIONS * 4)]
    alone = [(await engine.ask(request)).text for request in requests[:6]]
    together = await asyncio.gather(*(engine.ask(request) for request in requests))
    assert [answer.text for answer in together[:6]] == alone
    assert len({answer.text for answer in together}) > 20


def test_a_prompt_waits_for_company_but_not_long(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[int, int]] = []  # how many prompts, and how long the first answer was by then
    join = Batch.join

    def watched(batch: Batch, jobs: list[Job]) -> None:
        if jobs:
            read.append((len(jobs), len(batch.rows[0].output) if batch.rows else 0))
        join(batch, jobs)

    monkeypatch.setattr(Batch, "join", watched)
    worker = create(str(model), {"device": "cpu", "threads": 1}).worker()
    first = worker.ask(asking("tree", max_tokens=300), None)
    while not read:
        time.sleep(0.001)

    def ask(batch: Batch) -> tuple[int, list[Future[Answer]]]:  # between two tokens
        return len(batch.rows[0].output), [worker.ask(asking(text, max_tokens=1), None) for text in asked]

    for asked, waited in ((QUESTIONS[:1], PATIENCE), (QUESTIONS[:PATIENCE], 0)):
        length, answers = worker.call(ask).result()
        wait(answers)
        assert read[-1] == (len(asked), length + waited)
    assert not first.done()
    worker.close()


async def test_the_seed_decides(make: Make) -> None:
    engine = make()
    texts = [(await engine.ask(asking("tree", seed=seed, temperature=1.0))).text for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    narrow = [(await engine.ask(asking("tree", seed=seed, temperature=1.0, top_p=1e-6))).text for seed in (1, 2)]
    assert narrow == [(await engine.ask(asking("tree"))).text] * 2


async def test_sampling_follows_the_probabilities(make: Make, model: Path) -> None:
    engine, reference, heat = make(batch=100), Reference(model), 0.7
    requests = [asking("tree", seed=seed, temperature=heat, max_tokens=1) for seed in range(400)]
    greedy = (await engine.ask(asking("tree", max_tokens=1))).text
    logits = reference.model(reference.prompt(requests[0])).logits[0, -1]
    likely = float((logits / heat).detach().softmax(-1).max())
    drawn = sum(answer.text == greedy for answer in await asyncio.gather(*map(engine.ask, requests)))
    assert 0.05 < likely < 0.95
    assert drawn / 400 == pytest.approx(likely, abs=4 * (likely * (1 - likely) / 400) ** 0.5)


@pytest.mark.parametrize("cache", [0, 64])
async def test_a_conversation_is_answered_alike_with_and_without_reuse(make: Make, model: Path, cache: int) -> None:
    engine, reference = make(cache_mb=cache), Reference(model)
    stable = "You play a game and keep a memory of files."
    for text in QUESTIONS[:3]:
        first = asking(f"{stable} {text}", stable=len(stable))
        second = asking(first.messages[0].text, (await engine.ask(first)).text, "Results: Nothing.", stable=len(stable))
        third = asking(*(message.text for message in second.messages), "Go.", "There are 5 turns left.")
        answers = [await engine.ask(request) for request in (first, second, third)]
        assert [answer.text for answer in answers] == [reference.answer(one) for one in (first, second, third)]
        shared = [answer.cached_tokens for answer in answers]
        assert shared == [0, 0, 0] if not cache else shared[1] > shared[0] > 0


async def test_the_stable_part_is_shared_by_episodes_up_to_a_whole_token(make: Make, model: Path) -> None:
    engine, tokens = make(), Reference(model).tokenizer
    head = "<|im_start|>user\nYou see: wat"
    whole, part = (tokens(head + rest, add_special_tokens=False)["input_ids"] for rest in ("er", ""))
    shared = next(at for at, (one, other) in enumerate(zip(whole, part, strict=False)) if one != other)
    assert shared < len(part), "the tokenizer must join what the stable part breaks apart"
    for rest, cached in (("er, tree", 0), ("er, stone", shared), ("t", shared)):
        answer = await engine.ask(asking("You see: wat" + rest, stable=len("You see: wat")))
        assert answer.cached_tokens == cached


async def test_memory_of_prompts_is_bounded(make: Make) -> None:
    engine = make(cache_mb=1)
    for number in range(30):
        await engine.ask(asking(f"{number} " + "tree, water " * 60, stable=50, max_tokens=2))
    assert await engine.call(lambda batch: batch.cached_bytes) <= 1 << 20


async def test_stops_where_an_op_is_complete_and_keeps_its_end(make: Make) -> None:
    engine = make()
    whole = await engine.ask(asking("tree", max_tokens=60))
    first, last = whole.text[5:8], whole.text[20:23]
    end = whole.text.index(last, whole.text.index(first) + len(first)) + len(last)
    cut = await engine.ask(asking("tree", max_tokens=60, ends=((first, last), ("never written", ""))))
    assert (cut.text, cut.finish) == (whole.text[:end], "stop")
    opened = await engine.ask(asking("tree", max_tokens=60, ends=((first, ""),)))
    assert opened.text == whole.text[: whole.text.index(first) + len(first)]
    stopped = await engine.ask(asking("tree", max_tokens=60, stop=(first,)))
    assert stopped.text == opened.text
    assert stopped.output_tokens < whole.output_tokens


async def test_length_and_context_end_an_answer(make: Make, tmp_path: Path) -> None:
    engine = make(make_model(tmp_path / "short", context=48))
    assert (await engine.ask(asking("tree", max_tokens=3))).output_tokens == 3
    full = await engine.ask(asking("tree " * 20, max_tokens=100))
    assert (full.finish, full.input_tokens + full.output_tokens) == ("length", 48)
    with pytest.raises(ContextExceeded, match=r"the prompt has \d+ tokens, and the model takes 48"):
        await engine.ask(asking("tree " * 60))


async def test_thirty_at_once_of_any_length(make: Make, model: Path) -> None:
    engine, reference = make(batch=8), Reference(model)
    requests = [asking("water " * (number * 3), max_tokens=5 + number) for number in range(30)]
    answers = await asyncio.gather(*map(engine.ask, requests))
    assert [answer.text for answer in answers] == [reference.answer(request) for request in requests]


async def test_a_long_prompt_is_read_in_parts(make: Make, tmp_path: Path) -> None:
    folder = make_model(tmp_path / "long", context=8192)
    request = asking("tree, water, " * 900)
    assert (await make(folder).ask(request)).text == Reference(folder).answer(request)


async def test_many_prompts_of_unlike_lengths_are_read_in_groups(
    make: Make, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automem.engines.local.batch.TOGETHER", 100)
    engine, reference = make(), Reference(model)
    requests = [asking("water " * number) for number in (1, 30, 5, 40, 2, 200)]
    answers = await asyncio.gather(*map(engine.ask, requests))
    assert [answer.text for answer in answers] == [reference.answer(request) for request in requests]


async def test_who_gives_up_leaves_the_batch(make: Make) -> None:
    engine = make()
    await engine.check()
    long = asyncio.create_task(engine.ask(asking("tree", max_tokens=2000, temperature=2.0)))
    other = asyncio.create_task(engine.ask(asking("water", max_tokens=40)))
    while not await engine.call(lambda batch: len(batch.rows) == 2):
        await asyncio.sleep(0)
    long.cancel()
    with pytest.raises(asyncio.CancelledError):
        await long
    assert (await other).text == (await engine.ask(asking("water", max_tokens=40))).text
    assert await engine.call(lambda batch: len(batch.rows)) == 0


@pytest.mark.parametrize("part", ["batch.sample", "runner.Runner.run", "row.draw_of"])
async def test_trouble_in_the_thread_reaches_all_and_passes(
    make: Make, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    engine = make()
    await engine.check()
    asked = [asking(text * size, stop=("e",)) for text in QUESTIONS for size in (1, 5)]
    with monkeypatch.context() as broken:
        broken.setattr(f"automem.engines.local.{part}", lambda *_: 1 / 0)
        results = await asyncio.gather(*(engine.ask(request) for request in asked), return_exceptions=True)
        assert {type(result) for result in results} == {ZeroDivisionError}
    assert (await engine.ask(asking("tree"))).output_tokens


async def test_a_full_device_says_what_to_lower(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("no room")

    engine = make()
    await engine.check()
    monkeypatch.setattr("automem.engines.local.runner.Runner.run", full)
    with pytest.raises(EngineRefused, match="lower its `batch`"):
        await engine.ask(asking("tree"))


async def test_a_conversation_that_the_template_refuses(make: Make) -> None:
    engine = make()
    await engine.call(
        lambda batch: setattr(batch.chat._tokenizer, "chat_template", "{{ raise_exception('no turns') }}")
    )
    with pytest.raises(EngineRefused, match="refuses the conversation: no turns"):
        await engine.ask(asking("tree"))


async def test_closing_ends_the_thread_and_a_later_question_starts_it_again(make: Make) -> None:
    engine = make()
    text = (await engine.ask(asking("tree"))).text
    worker = engine.running
    waiting = asyncio.create_task(engine.ask(asking("tree", max_tokens=2000, temperature=2.0)))
    await asyncio.sleep(0)
    await engine.close()
    with pytest.raises(EngineUnavailable, match="closed"):
        await waiting
    assert worker is not None
    assert not worker.alive
    assert (await engine.ask(asking("tree"))).text == text


async def test_a_request_carries_over_to_tokens_alone(make: Make) -> None:
    request = asking("tree", temperature=1.0)
    engine = make()
    assert (await engine.ask(request)).text == (await engine.ask(replace(request, ends=(("<|NEVER|>", ""),)))).text
