"""A model's tokenizer, as its own file describes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import AutoTokenizer, PreTrainedTokenizerFast
from transformers.models.auto.tokenization_auto import get_tokenizer_config

GENERIC = ("TokenizersBackend", "PreTrainedTokenizerFast")
"""What transformers calls a tokenizer that is nothing but its `tokenizer.json`, since version 5 and before."""


def load_tokenizer(place: Path | str) -> Any:
    """The tokenizer in a model's folder, or of a name on the hub.

    A tokenizer saved as a generic one is loaded as such. `AutoTokenizer` does not: in transformers 5 it puts Qwen2's
    own splitting pattern into every tokenizer of a `qwen2` model, so that a tokenizer of another pattern would give
    other tokens than the model was trained on, without a word.

    Raises:
        OSError, ValueError: there is none, or it cannot be read.
    """
    named = get_tokenizer_config(place).get("tokenizer_class")
    kind: Any = PreTrainedTokenizerFast if named in GENERIC else AutoTokenizer
    return kind.from_pretrained(place)
