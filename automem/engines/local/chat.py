"""From a conversation to tokens by the model's own chat template, and back to text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import TemplateError

from automem.engines.base import Message
from automem.engines.local.remembered import common
from automem.errors import EngineRefused

_MARK = "§§"


class Chat:
    """A tokenizer with a chat template.

    Arguments:
        name: the model's, for messages.
        tokenizer: transformers'.
        config: the model's generation configuration, for its end tokens.
    """

    def __init__(self, name: str, tokenizer: Any, config: Any) -> None:
        self._name = name
        self._tokenizer = tokenizer
        self._pieces: dict[int, str] = {}
        self.ends = self._find_ends(config)

    def read(self, messages: Sequence[Message]) -> tuple[str, list[int]]:
        """The prompt that asks for the next answer: as text, and as tokens.

        Raises:
            EngineRefused: the template refuses the conversation.
        """
        text = self._render([{"role": message.speaker, "content": message.text} for message in messages], True)
        return text, self.tokens(text)

    def tokens(self, text: str) -> list[int]:
        """The tokens of a text in which nothing is left to add."""
        tokens: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return tokens

    def stable(self, first: Message, text: str, tokens: Sequence[int]) -> int:
        """How many leading tokens of a prompt hold for every prompt that begins with the stable part of `first`.

        Where the stable part ends inside a token, that token is not among them.
        """
        head = first.text[: first.stable]
        begin = text.find(head)
        return common(self.tokens(text[: begin + len(head)]), tokens) if begin >= 0 else 0

    def write(self, tokens: Sequence[int]) -> str:
        """The text of an answer's tokens, tags of a vocabulary's own among them."""
        text: str = self._tokenizer.decode(list(tokens), skip_special_tokens=False, clean_up_tokenization_spaces=False)
        return text

    def piece(self, token: int) -> str:
        """The text of one token; U+FFFD for a part of a character."""
        if token not in self._pieces:
            self._pieces[token] = self.write([token])
        return self._pieces[token]

    def _render(self, messages: list[dict[str, str]], ask: bool) -> str:
        try:
            text: str = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=ask)
        except TemplateError as error:
            raise EngineRefused(f"model {self._name!r}: its chat template refuses the conversation: {error}") from None
        return text

    def _find_ends(self, config: Any) -> frozenset[int]:
        """The tokens that end an answer: the model's, the tokenizer's, and what the template puts after one."""
        given = getattr(config, "eos_token_id", None)
        named = given if isinstance(given, list) else [given]
        messages = [{"role": "user", "content": _MARK}, {"role": "assistant", "content": _MARK}]
        after = self.tokens(self._render(messages, False).rpartition(_MARK)[2])[:1]
        special = set(self._tokenizer.all_special_ids) | set(self._tokenizer.added_tokens_decoder)
        ends = [*named, self._tokenizer.eos_token_id, *(token for token in after if token in special)]
        return frozenset(token for token in ends if token is not None)
