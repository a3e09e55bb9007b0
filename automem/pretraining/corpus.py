"""Conversations as tokens, in flat arrays."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast

from automem.pretraining.kinds import QUIZ, kinds_of
from automem.pretraining.talk import Talk
from automem.pretraining.template import OPENING, spans

_LINE = re.compile(r"\n*[^\n]+|\n+")  # no piece of the tokenizer goes on past the end of a line


@dataclass(frozen=True)
class Corpus:
    """Conversations, each without its prefix.

    Arguments:
        tokens: all conversations' tokens, one after the other.
        kinds: of each token, a code of `KINDS`; 0 is not taught.
        starts: where each conversation begins, and the end: one more than there are conversations.
        prefix: of each conversation, the number of its prefix.
        weight: of each conversation, what its answers count.
        prefix_tokens, prefix_starts: the prefixes in the same way.
    """

    tokens: NDArray[np.uint16]
    kinds: NDArray[np.uint8]
    starts: NDArray[np.int64]
    prefix: NDArray[np.int32]
    weight: NDArray[np.float32]
    prefix_tokens: NDArray[np.uint16]
    prefix_starts: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many tokens each conversation has."""
        return np.diff(self.starts)

    def prefix_of(self, number: int) -> NDArray[np.uint16]:
        """The tokens of one prefix."""
        return self.prefix_tokens[self.prefix_starts[number] : self.prefix_starts[number + 1]]

    def save(self, path: Path) -> None:
        """Write all arrays into one file, `….npz`."""
        partial = path.with_name("partial-" + path.name)
        np.savez(partial, **{field.name: getattr(self, field.name) for field in fields(self)})
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> Corpus:
        """What `save` wrote."""
        with np.load(path) as arrays:
            return cls(**{field.name: arrays[field.name] for field in fields(cls)})


def encode(talks: Iterable[Talk], tokenizer: PreTrainedTokenizerFast, longest: int) -> Corpus:
    """Conversations as tokens; each line is encoded once, however often it occurs.

    Arguments:
        talks: read one by one.
        tokenizer: one of `learn_tokenizer`.
        longest: conversations of more tokens than this, the prefix included, are left out.
    """
    lines = _Lines(tokenizer)
    tokens, kinds, starts = array("H"), array("B"), array("q", [0])
    numbers, weights = array("i"), array("f")
    prefixes: dict[str, int] = {}
    prefix_tokens, prefix_starts = array("H"), array("q", [0])
    for talk in talks:
        if talk.prefix not in prefixes:
            prefixes[talk.prefix] = len(prefixes)
            prefix_tokens.extend(tokenizer.backend_tokenizer.encode(OPENING + talk.prefix).ids)
            prefix_starts.append(len(prefix_tokens))
        number = prefixes[talk.prefix]
        ids, found = _encoded(talk, lines)
        if prefix_starts[number + 1] - prefix_starts[number] + len(ids) > longest:
            continue
        tokens.extend(ids)
        kinds.extend(found)
        starts.append(len(tokens))
        numbers.append(number)
        weights.append(talk.weight)
    return Corpus(
        np.array(tokens, np.uint16),
        np.array(kinds, np.uint8),
        np.array(starts, np.int64),
        np.array(numbers, np.int32),
        np.array(weights, np.float32),
        np.array(prefix_tokens, np.uint16),
        np.array(prefix_starts, np.int64),
    )


def _encoded(talk: Talk, lines: _Lines) -> tuple[list[int], list[int]]:
    """The tokens after the prefix, and their kinds."""
    text, taught = spans(talk.messages, talk.first)
    ids: list[int] = []
    kinds: list[int] = []
    done = len(OPENING) + len(talk.prefix)
    for begin, end in taught:
        for part, answer in ((text[done:begin], False), (text[begin:end], True)):
            for line in _LINE.findall(part):
                found = lines.of(line, answer)
                ids += found[0]
                kinds += [QUIZ] * len(found[1]) if answer and talk.quiz and end == len(text) else found[1]
        done = end
    return ids, kinds


class _Lines:
    """The tokens and kinds of single lines, remembered."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self._tokenizer = tokenizer.backend_tokenizer
        self._known: dict[tuple[str, bool], tuple[list[int], list[int]]] = {}

    def of(self, line: str, answer: bool) -> tuple[list[int], list[int]]:
        """The tokens of a line, and their kinds where it is an answer's."""
        known = self._known.get((line, answer))
        if known is None:
            encoding = self._tokenizer.encode(line, add_special_tokens=False)
            kinds = kinds_of(line, encoding.offsets) if answer else [0] * len(encoding.ids)
            known = self._known[line, answer] = encoding.ids, kinds
        return known
