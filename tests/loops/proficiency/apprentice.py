"""Small trainings for tests: a tiny model, lessons of a few words, and what a finished adapter does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from engines.local.making import make_model
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel

from automem.agent.record import Said
from automem.engines.local.tokenizer import load_tokenizer
from automem.loops.proficiency.encoding import Encoded, encode
from automem.loops.proficiency.example import Lesson
from automem.loops.proficiency.training import Job
from automem.spec.recipe import Recipe

WORDS = ("tree", "stone", "water", "cow", "iron", "grass")


def recipe(dropout: float, **train: Any) -> Recipe:
    """A recipe that learns fast; `train` in place of the usual settings."""
    settings = {"learning_rate": 0.02, "epochs": 3, "batch": 4, "micro_batch": 2, "max_tokens": 256, "checkpoints": 3}
    return Recipe.model_validate(
        {
            "kind": "recipe",
            "name": "small",
            "lora": {"rank": 4, "alpha": 8, "dropout": dropout, "targets": "all-linear"},
            "train": {**settings, **train},
        }
    )


def lesson(number: int) -> Lesson:
    """One of many that are much alike: look for what is seen before writing it down."""
    word = WORDS[number % len(WORDS)]
    said = (
        Said("user", f"LOG {number}. You see: {word}."),
        Said("assistant", f"<|SEARCH|>map.md|{word}<|END|>"),
        Said("user", "Nothing was found."),
        Said("assistant", f"<|APPEND|>map.md|saw {word}<|END|>\n<|DONE|>"),
    )
    return Lesson(f"lamps-1-00000000/{number}/log", "log", said)


def job(folder: Path, model: Path, launch: Path | None = None, dropout: float = 0.1, **train: Any) -> Job:
    """Twelve lessons, and two held out."""
    made = tuple(lesson(number) for number in range(14))
    return Job(folder, str(model), recipe(dropout, **train), made[:12], made[12:], launch)


def model(folder: Path) -> Path:
    """A base model."""
    return make_model(folder, layers=1, context=512, spread=0.08)


def gpt2(folder: Path, base: Path) -> Path:
    """A model of another architecture, with the tokenizer of `base`."""
    tokenizer = load_tokenizer(base)
    GPT2LMHeadModel(GPT2Config(vocab_size=len(tokenizer), n_embd=32, n_layer=1, n_head=2)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def encoded(base: Path, number: int) -> Encoded:
    """A lesson in the model's tokens."""
    found = encode(lesson(number), load_tokenizer(base))
    assert isinstance(found, Encoded)
    return found


def log_probability(base: Path, adapter: Path | None, number: int) -> float:
    """Mean log-probability of a lesson's trained tokens, as transformers and PEFT compute it."""
    found: Any = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    if adapter is not None:
        found = PeftModel.from_pretrained(found, adapter)
    row = encoded(base, number)
    with torch.no_grad():
        loss = found(input_ids=torch.tensor([row.input_ids]), labels=torch.tensor([row.labels])).loss
    return -float(loss)


def weights(adapter: Path) -> dict[str, torch.Tensor]:
    """Name → tensor of an adapter."""
    return load_file(adapter / "adapter_model.safetensors")
