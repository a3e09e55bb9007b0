"""Tiny models and adapters with random weights: a tokenizer of their own, a chat template, real files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

CORPUS = (
    "You play a game and keep a memory of files. Your inventory: wood: 3, stone: 12. health: 9/9",
    "At each step you first record what is worth recording, then you choose one action.",
    "<|SEARCH|>map.md|tree<|END|> <|APPEND|>log.md|saw a cow to the north-east<|END|> <|DONE|>",
    "<|ACTION|>Move North<|END|> <|ACTION|>Collect Wood<|END|> Goal: iron, south-west.",
    "Results: map.md: 3 lines. You see: grass, tree, water. There are 5 turns left. Nothing was found.",
)
SPECIAL = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""ChatML, as Qwen2 has it, without a system message."""
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""Where Qwen2's tokenizer splits: with it, `AutoTokenizer` and `load_tokenizer` give the same tokens."""
ALL_LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def make_model(
    folder: Path,
    seed: int = 0,
    *,
    width: int = 64,
    layers: int = 2,
    context: int = 2048,
    vocabulary: int = 600,
    texts: Iterable[str] = CORPUS,
    spread: float = 0.25,
) -> Path:
    """Write a Qwen2 model with random weights, its tokenizer and chat template, as transformers loads them.

    Arguments:
        folder: made where it is missing.
        seed: decides the weights.
        width, layers: the model's size; heads are 32 wide, two of them to one of keys and values.
        context: the longest sequence, in tokens.
        vocabulary: tokens at most; a few texts yield fewer.
        texts: what the tokenizer is trained on.
        spread: standard deviation of the weights; wide enough that answers depend on the prompt.

    Returns: `folder`.
    """
    tokenizer = make_tokenizer(vocabulary, tuple(texts))
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=layers,
        num_attention_heads=width // 32,
        num_key_value_heads=max(1, width // 64),
        max_position_embeddings=context,
        initializer_range=spread,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Qwen2ForCausalLM(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@lru_cache(maxsize=4)
def make_tokenizer(vocabulary: int = 600, texts: tuple[str, ...] = CORPUS) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer with ChatML's tokens and template; `<|im_end|>` ends an answer."""
    inner = Tokenizer(models.BPE())
    inner.normalizer = normalizers.NFC()
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator(texts, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=["<|im_start|>"],
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def make_adapter(
    folder: Path,
    base: Path,
    seed: int = 0,
    *,
    rank: int = 4,
    alpha: int = 8,
    targets: Sequence[str] = ALL_LINEAR,
    spread: float = 0.2,
) -> Path:
    """Write a PEFT adapter with random weights for a model that `make_model` wrote.

    Arguments:
        folder: made where it is missing.
        base: the model's folder.
        seed: decides the weights, B's too: the adapter changes what is answered.
        rank, alpha, targets: as LoRA calls them.
        spread: standard deviation of the weights.

    Returns: `folder`.
    """
    model = AutoModelForCausalLM.from_pretrained(base)
    adapted = get_peft_model(model, LoraConfig(r=rank, lora_alpha=alpha, target_modules=list(targets)))
    chance = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weights in adapted.named_parameters():
            if "lora_" in name:
                weights.normal_(0.0, spread, generator=chance)
    adapted.save_pretrained(folder)
    return folder
