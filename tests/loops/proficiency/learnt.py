"""A language model of a few thousand weights that has learnt to play as the scripted player of `noted` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from engines.local.making import make_model, make_tokenizer
from transformers import AutoModelForCausalLM

from automem.engines import Answer, Request

from .noted import READY, Player, note, serve

Conversation = tuple[str, ...]
HEARD: set[Conversation] = set()


class Listener(Player):
    """Notes what it is asked."""

    async def ask(self, request: Request) -> Answer:
        HEARD.add(tuple(message.text for message in request.messages))
        return await super().ask(request)


def create(model: str, settings: Mapping[str, Any]) -> Listener:
    return Listener()


def answers_to(asked: Conversation) -> list[str]:
    if asked[0].startswith("Note\n"):
        return [note("good"), note("bad")]
    return [serve(asked[0]) if len(asked) > 1 else READY]


def make_player(folder: Path, heard: Sequence[Conversation], rounds: int = 300) -> Path:
    """Teach a model with random weights the answers to these questions; of notes both words are as likely."""
    answers = {asked: answers_to(asked) for asked in heard}
    texts = tuple(dict.fromkeys(text for asked, found in answers.items() for text in (*asked, *found)))
    make_model(folder, texts=texts, spread=0.05)
    tokenizer, model = make_tokenizer(600, texts), AutoModelForCausalLM.from_pretrained(folder)
    rows = [_row(tokenizer, asked, answer) for asked, found in answers.items() for answer in found]
    width = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([ids + [0] * (width - len(ids)) for ids, _ in rows])
    labels = torch.tensor([labels + [-100] * (width - len(labels)) for _, labels in rows])
    attention = torch.tensor([[1] * len(ids) + [0] * (width - len(ids)) for ids, _ in rows])
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    cooling = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, rounds)
    for _ in range(rounds):
        loss = model(input_ids=ids, attention_mask=attention, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        cooling.step()
        optimiser.zero_grad()
    model.save_pretrained(folder)
    return folder


def _row(tokenizer: Any, asked: Conversation, answer: str) -> tuple[list[int], list[int]]:
    """Token ids and labels of one question and its answer."""
    said = [{"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(asked)]
    prompt = tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True)
    given = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    answered = tokenizer(f"{answer}<|im_end|>", add_special_tokens=False)["input_ids"]
    return [*given, *answered], [*[-100] * len(given), *answered]
