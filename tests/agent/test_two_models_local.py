"""A language model as the base and, under an adapter that is all zeros, as the specialist: two names of one model."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra `local` is not installed")
pytest.importorskip("peft", reason="the extra `local` is not installed")

from dataclasses import replace

from engines.local.making import make_adapter, make_model

from agent.stage import Film, make
from agent.test_two_models import SPOKEN, nobodys
from automem.agent.record import Role, Step
from automem.engines.base import Answer, Engine, Request
from automem.engines.local import LocalEngine, create
from automem.spec.experiment import Sampling

COMMANDS = (
    "<|READ|>log.md<|END|>",
    "<|READ|>map.md<|END|><|ENOUGH|>",
    "<|ENOUGH|>",
    "<|ACTION|>North<|END|>",
    "<|SEARCH|>log.md<|END|>",
    "<|APPEND|>log.md|seen<|END|>",
    "",
)
STEPS = 8


class Heard:
    """Asks two engines. The words of a model with random weights draw a command, which it would write but seldom."""

    def __init__(self, base: Engine, specialist: Engine) -> None:
        self._engines = {"base": base, "specialist": specialist}
        self._calls = 0
        self.words: list[str] = []

    async def __call__(self, role: Role, request: Request) -> Answer:
        self._calls += 1
        answer = await self._engines[role].ask(replace(request, seed=self._calls))
        self.words.append(answer.text)
        command = COMMANDS[zlib.crc32(answer.text.encode()) % len(COMMANDS)]
        return replace(answer, text=f"{answer.text} {command}", seconds=0.0, cached_tokens=None)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("twice") / "model", seed=5)


def engine_of(model: Path) -> LocalEngine:
    return create(str(model), {"device": "cpu", "threads": 1})


async def played(heard: Heard, folder: Path, split: bool) -> list[Step]:
    steps: list[Step] = []
    texts = [f"{number} trees" for number in range(STEPS)]
    sampling = Sampling(temperature=1.0, max_tokens=8)
    await make(SPOKEN).play(Film(texts), heard, folder, sampling, split, steps.append)
    return steps


async def test_an_adapter_of_zeros_plays_what_the_base_plays(model: Path, tmp_path: Path) -> None:
    zeros = make_adapter(tmp_path / "zeros", model, spread=0.0)
    base = engine_of(model)
    adapted = base.adapted(zeros)
    one, two = Heard(base, base), Heard(base, adapted)
    alone = await played(one, tmp_path / "one", split=False)
    both = await played(two, tmp_path / "two", split=True)
    await adapted.close()
    await base.close()
    assert two.words == one.words
    assert nobodys(both) == nobodys(alone)
    assert len(set(one.words)) > STEPS
    assert {op.op for step in both for op in step.ops} >= {"READ", "ENOUGH", "ACTION"}


async def test_an_adapter_that_says_something_else_plays_otherwise(model: Path, tmp_path: Path) -> None:
    base = engine_of(model)
    adapted = base.adapted(make_adapter(tmp_path / "other", model, 9))
    one, two = Heard(base, base), Heard(base, adapted)
    await played(one, tmp_path / "one", split=False)
    await played(two, tmp_path / "two", split=True)
    await adapted.close()
    await base.close()
    assert two.words != one.words
