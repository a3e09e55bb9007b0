from __future__ import annotations

import json
import os
import time
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast

from automem.pretraining.talk import Talk
from pretraining.training import STEPS, started


def log(out: Path, name: str) -> list[float]:
    rows = map(json.loads, (out / "log.jsonl").read_text().splitlines())
    return [row[name] for row in rows if name in row]


def group_lives(number: int) -> bool:
    try:
        os.killpg(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_learns(trained: Path) -> None:
    losses = log(trained, "held_out/loss")
    assert losses[-1] < 0.8 * losses[0] < 5
    assert log(trained, "held_out/accuracy/form")[-1] > 0.6


def test_one_that_is_killed_goes_on_to_the_same_weights(trained: Path, talks_file: Path, tmp_path: Path) -> None:
    killed = started(talks_file, tmp_path, *STEPS, "--save-every", "10")
    while not (tmp_path / "checkpoint.pt").exists():
        assert killed.poll() is None
        time.sleep(0.02)
    killed.kill()
    killed.wait()
    while group_lives(killed.pid):
        time.sleep(0.02)
    assert not (tmp_path / "model").exists()
    assert started(talks_file, tmp_path, *STEPS).wait() == 0
    first, second = ((folder / "model" / "model.safetensors").read_bytes() for folder in (trained, tmp_path))
    assert first == second


def test_other_conversations_need_another_folder(trained: Path, talks_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl.zst"
    other.write_bytes(talks_file.read_bytes() + b" ")
    assert started(other, trained, *STEPS).wait() == 1


def test_transformers_loads_what_is_saved(trained: Path, talks: list[Talk]) -> None:
    tokenizer = AutoTokenizer.from_pretrained(trained / "model")
    model = AutoModelForCausalLM.from_pretrained(trained / "model")
    assert model.dtype == torch.bfloat16
    text = talks[0].messages[0].text
    prompt = tokenizer.apply_chat_template(
        [{"role": "user", "content": text}], add_generation_prompt=True, return_tensors="pt"
    )
    original = PreTrainedTokenizerFast.from_pretrained(trained / "tokenizer")
    assert prompt["input_ids"][0].tolist() == original(tokenizer.decode(prompt["input_ids"][0]))["input_ids"]
    answer = model.generate(**prompt, max_new_tokens=8, do_sample=False)
    assert tokenizer.decode(answer[0]).startswith(f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n")
