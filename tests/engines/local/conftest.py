"""One tiny model and two adapters for all tests of the engine, and transformers' own answers to compare with."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the extra `local` is not installed")
pytest.importorskip("peft", reason="the extra `local` is not installed")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from automem.engines.base import Message, Request
from automem.engines.local import LocalEngine, create

from .making import make_adapter, make_model

Make = Callable[..., LocalEngine]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("local") / "model", seed=1)


@pytest.fixture(scope="session")
def adapters(model: Path) -> list[Path]:
    attention = ("q_proj", "v_proj")
    return [
        make_adapter(model.parent / "one", model, 2),
        make_adapter(model.parent / "two", model, 3, targets=attention),
    ]


@pytest.fixture
async def make(model: Path) -> AsyncIterator[Make]:
    """Engines on the CPU, closed at the end."""
    made: list[LocalEngine] = []

    def one(folder: Path = model, **settings: Any) -> LocalEngine:
        made.append(create(str(folder), {"device": "cpu", "threads": 1, **settings}))
        return made[-1]

    yield one
    for engine in made:
        await engine.close()


def asking(text: str, *more: str, stable: int = 0, seed: int = 0, **changes: Any) -> Request:
    """A greedy request for a few tokens; `more` goes on with answer, message, answer, …"""
    said = [Message("user", text, stable)]
    said += [Message("assistant" if number % 2 else "user", part) for number, part in enumerate(more, 1)]
    return Request(tuple(said), **{"temperature": 0.0, "max_tokens": 20, "seed": seed, **changes})


QUESTIONS = [f"You play a game. Your inventory: wood: {count}" + " tree, water" * count for count in range(8)]


class Reference:
    """What transformers and PEFT say, one sequence at a time."""

    def __init__(self, folder: Path, adapter: Path | None = None) -> None:
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        model: Any = AutoModelForCausalLM.from_pretrained(folder)
        self.model = (PeftModel.from_pretrained(model, adapter) if adapter else model).eval()

    def prompt(self, request: Request) -> Any:
        said = [{"role": message.speaker, "content": message.text} for message in request.messages]
        return self.tokenizer.apply_chat_template(
            said, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )["input_ids"]

    def answer(self, request: Request) -> str:
        ids = self.prompt(request)
        out = self.model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=request.max_tokens, do_sample=False
        )
        new = out[0, ids.shape[1] :].tolist()
        return self.tokenizer.decode([token for token in new if token != self.tokenizer.eos_token_id])

    def log_probs(self, request: Request, answer: str) -> list[float]:
        ids, said = self.prompt(request), self.tokenizer(answer, return_tensors="pt")["input_ids"]
        with torch.inference_mode():
            logits = self.model(input_ids=torch.cat([ids, said], 1)).logits[0, ids.shape[1] - 1 : -1]
        return logits.log_softmax(-1).gather(1, said[0, :, None]).squeeze(1).tolist()
