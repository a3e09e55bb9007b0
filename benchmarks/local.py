"""A model in this process: tokens and steps a second, alone and ten at once, by base, adapter and both; and flips."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path

from automem.engines import Answer, Engine, Message, Request
from automem.engines.local import LocalEngine, create
from automem.library import shipped
from benchmarks.playing import workplace

WIDTH, LAYERS, VOCABULARY = 192, 4, 1650
"""Of the size of the model in the box; random weights take as long as trained ones."""
STABLE, NEW, RESULT, ANSWER = 45, 110, 25, 12
"""Words of a prompt that never change, that are new, and of an op's results; tokens of every answer."""
STEPS, EPISODES = 6, 10
GOAL = 20.0
FLIPS = 100
"""Answers for each company."""


def words(count: int, seed: object) -> str:
    """Text of about `count` tokens, the same for the same seed."""
    vocabulary = ("north", "tree", "stone", "health", "water", "file", "map", "line", "step", "3", ",", "east", "cow")
    chance = random.Random(str(seed))
    return " ".join(chance.choice(vocabulary) for _ in range(count))


STATIC = words(STABLE, "static")


@dataclass(frozen=True)
class Cast:
    """Who answers: LOG and consultation, and the commit."""

    memory: Engine
    action: Engine


@dataclass
class Tally:
    """What some play came to."""

    answers: list[Answer]
    steps: int
    wall: float = 0.0
    busy: float = 0.0

    @property
    def rate(self) -> float:
        """Steps for each second of processor time, which other programs' load does not change."""
        return self.steps / self.busy

    def tokens(self) -> str:
        """Tokens for each second of processor time, and how much of the prompts came from the cache."""
        read = sum(answer.input_tokens or 0 for answer in self.answers)
        cached = sum(answer.cached_tokens or 0 for answer in self.answers)
        written = sum(answer.output_tokens or 0 for answer in self.answers)
        each = f"{written / self.busy:6,.0f} written, {(read - cached) / self.busy:6,.0f} read"
        return f"{each}, {cached / read:4.0%} cached"


async def ask(engine: Engine, said: Sequence[Message], seed: int, answers: list[Answer]) -> str:
    """One call, as an episode makes it."""
    request = Request(tuple(said), temperature=1.0, max_tokens=ANSWER, seed=seed)
    answers.append(await engine.ask(request))
    return answers[-1].text


async def episode(cast: Cast, number: int, steps: int, answers: list[Answer]) -> None:
    """Steps as the study had them, two and a half calls each: LOG, consult, and every other time a commit after."""
    for step in range(steps):
        seed = number * 1000 + step
        head = f"{STATIC}\n"
        await ask(cast.memory, [Message("user", head + words(NEW, (seed, "log")), len(head))], seed, answers)
        talk = [Message("user", head + words(NEW, (seed, "plan")), len(head))]
        talk.append(Message("assistant", await ask(cast.memory, talk, seed, answers)))
        if step % 2:
            talk.append(Message("user", words(RESULT, (seed, "results"))))
            await ask(cast.action, talk, seed, answers)


async def play(cast: Cast, episodes: int, steps: int = STEPS) -> Tally:
    """Some episodes at once."""
    tally = Tally([], episodes * steps)
    begun, spent = time.perf_counter(), time.process_time()
    await asyncio.gather(*(episode(cast, number, steps, tally.answers) for number in range(episodes)))
    tally.wall, tally.busy = time.perf_counter() - begun, time.process_time() - spent
    return tally


@asynccontextmanager
async def engines(model: Path, adapter: Path, **settings: int) -> AsyncIterator[tuple[LocalEngine, Engine]]:
    """The model alone and with the adapter, warm, and given back at the end."""
    base = create(str(model), {"device": "cpu", **settings})
    adapted = base.adapted(adapter)
    try:
        await adapted.check()
        await play(Cast(adapted, base), 2, 2)  # the first runs choose kernels and make room
        yield base, adapted
    finally:
        await adapted.close()
        await base.close()


async def speeds(model: Path, adapter: Path) -> None:
    """Each way of playing, as a ratio to one episode by the base."""
    reference = 0.0
    for reuse, settings in (("", {}), (", no reuse", {"cache_mb": 0})):
        async with engines(model, adapter, **settings) as (base, adapted):
            casts = {"base": Cast(base, base), "adapter": Cast(adapted, adapted), "mixed": Cast(adapted, base)}
            for episodes in (1, EPISODES):
                for name, cast in casts.items():
                    tally = await play(cast, episodes)
                    reference = reference or tally.rate
                    print(
                        f"  {f'{episodes:>2} x {name}{reuse}':<24} {tally.rate:5.1f} steps"
                        f" {tally.rate / reference:5.2f} x   tokens: {tally.tokens()}"
                        f"   ({tally.steps / tally.wall:4.1f} steps/s by the clock)"
                    )


def flip_requests(temperature: float) -> list[Request]:
    """Requests that are asked in one company after another."""
    texts = (words(NEW, ("flip", number)) for number in range(FLIPS))
    return [
        Request((Message("user", f"{STATIC}\n{text}", len(STATIC)),), temperature, 2 * ANSWER, seed=number)
        for number, text in enumerate(texts)
    ]


async def flips(model: Path, adapter: Path) -> None:
    """How many tokens a company changes. An answer is counted up to its first changed token: the rest follows."""
    async with engines(model, adapter) as (base, adapted), engines(model, adapter, cache_mb=0) as (anew, _):
        for name, temperature in (("sampled", 1.0), ("greedy", 0.0)):
            requests = flip_requests(temperature)
            alone = [(await base.ask(request)).text for request in requests]
            companies: dict[str, list[str]] = {"ten at once": [], "ten at once, beside ten of an adapter": []}
            for begin in range(0, FLIPS, EPISODES):
                group = requests[begin : begin + EPISODES]
                for company, others in zip(companies, ([], group), strict=True):
                    asked = [base.ask(request) for request in group] + [adapted.ask(request) for request in others]
                    companies[company] += [answer.text for answer in (await asyncio.gather(*asked))[: len(group)]]
            companies["every prompt read anew"] = [(await anew.ask(request)).text for request in requests]
            for company, texts in companies.items():
                changed = sum(one != other for one, other in zip(alone, texts, strict=True))
                tokens = FLIPS * 2 * ANSWER
                print(f"  {f'{name}, {company}':<48} {changed} of {FLIPS} answers ({tokens:,} tokens) changed")


def main() -> None:
    """Make a random model of the usual size, and measure how fast it answers and how often company changes it."""
    if find_spec("torch") is None:
        print("A model in this process: skipped; pip install 'automem[local]'")
        return
    making = run_path(str(Path(__file__).parents[1] / "tests/engines/local/making.py"))
    texts = [file.read_text() for sort in ("templates", "specs") for file in shipped(sort).rglob("*.yaml")]
    texts.append(words(1000, "tokenizer"))
    model = making["make_model"](
        workplace() / "model", width=WIDTH, layers=LAYERS, vocabulary=VOCABULARY, texts=texts, spread=0.08
    )
    targets = ("q_proj", "k_proj", "v_proj", "o_proj")
    adapter = making["make_adapter"](workplace() / "adapter", model, rank=16, targets=targets)
    print(f"A model in this process: {LAYERS} layers of {WIDTH}, vocabulary {VOCABULARY:,}, 2.5 calls a step")
    print(f"  goal: {GOAL:.0f} steps/s with {EPISODES} episodes; load of this machine now {os.getloadavg()[0]:.1f}")
    print("  for each second of processor time:")
    asyncio.run(speeds(model, adapter))
    print("Answers that change with who is answered beside them")
    asyncio.run(flips(model, adapter))


if __name__ == "__main__":
    main()
