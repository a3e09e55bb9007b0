"""Which conversations a training step takes, and how they stand in one sequence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from automem.pretraining.attention import Group
from automem.pretraining.corpus import Corpus
from automem.pretraining.kinds import QUIZ

_HELD_OUT = 100  # one conversation in so many is kept for evaluation
_ALIKE = 16  # shares are put together from the batches of so many
_WINDOW = 24  # so many batches of conversations are sorted by length together


@dataclass(frozen=True)
class Batch:
    """One packed sequence.

    Arguments:
        tokens, positions: [positions].
        groups: where prefixes and suffixes stand.
        places: [labels] from where a token is predicted.
        labels: [labels] which.
        kinds: [labels] codes of `KINDS`; 0 is the prompt's.
        weights: [labels] of the conversations they belong to.
    """

    tokens: Tensor
    positions: Tensor
    groups: tuple[Group, ...]
    places: Tensor
    labels: Tensor
    kinds: Tensor
    weights: Tensor


def split(corpus: Corpus) -> tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]]:
    """The conversations of each prefix: to learn from, and the last hundredth, held out."""
    order = np.argsort(corpus.prefix, kind="stable")
    cuts = np.searchsorted(corpus.prefix[order], np.arange(1, len(corpus.prefix_starts) - 1))
    of_prefix = np.split(order, cuts)
    kept = [len(numbers) - len(numbers) // _HELD_OUT for numbers in of_prefix]
    pairs = list(zip(of_prefix, kept, strict=True))
    return [numbers[:count] for numbers, count in pairs], [numbers[count:] for numbers, count in pairs]


def is_drilled(corpus: Corpus, numbers: NDArray[np.int64]) -> bool:
    """Whether the conversations of a prefix teach nothing but quizzes."""
    if not len(numbers):
        return False
    kinds = corpus.kinds[corpus.starts[numbers[0]] : corpus.starts[numbers[0] + 1]]
    return bool(np.isin(kinds, (0, QUIZ)).all() and (kinds == QUIZ).any())


def epoch(
    corpus: Corpus, of_prefix: Sequence[NDArray[np.int64]], tokens: int, random: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Every conversation once, in batches that share a prefix and are of similar length, in random order.

    Arguments:
        corpus: the conversations.
        of_prefix: which ones, by prefix.
        tokens: how many a batch may have, padding included and the prefix not.
        random: decides the order.
    """
    found: list[NDArray[np.int64]] = []
    for numbers in of_prefix:
        if len(numbers):
            shuffled = random.permutation(numbers)
            window = _WINDOW * max(1, int(tokens / corpus.lengths[numbers].mean()))
            for begin in range(0, len(shuffled), window):
                part = shuffled[begin : begin + window]
                found += _batches(corpus, part[np.argsort(corpus.lengths[part], kind="stable")], tokens)
    return [found[place] for place in random.permutation(len(found))]


def shares(
    corpus: Corpus, batches: Sequence[NDArray[np.int64]], count: int, random: np.random.Generator
) -> Iterator[Sequence[NDArray[np.int64]]]:
    """The batches of each step, of about the same number of tokens each, so that no process waits long for another.

    Arguments:
        corpus: the conversations.
        batches: in random order; where the steps do not come out even, some at the end are taken twice.
        count: how many batches a step takes.
        random: decides the order of steps whose batches were chosen together.
    """

    def cost(numbers: NDArray[np.int64]) -> int:
        return len(numbers) * int(corpus.lengths[numbers].max()) + len(corpus.prefix_of(int(corpus.prefix[numbers[0]])))

    for begin in range(0, len(batches), _ALIKE * count):
        alike = sorted(batches[begin : begin + _ALIKE * count], key=cost)
        steps = -(-len(alike) // count)
        for step in random.permutation(steps):
            yield [alike[place % len(alike)] for place in range(step * count, (step + 1) * count)]


def _batches(corpus: Corpus, numbers: NDArray[np.int64], tokens: int) -> Iterator[NDArray[np.int64]]:
    """Conversations sorted by length, cut where a batch would grow past `tokens`."""
    begin = 0
    for end in range(1, len(numbers) + 1):
        if end == len(numbers) or (end + 1 - begin) * corpus.lengths[numbers[end]] > tokens:
            yield numbers[begin:end]
            begin = end


def pack(corpus: Corpus, batches: Sequence[NDArray[np.int64]], *, prompts: bool) -> Batch:
    """Batches side by side in one sequence.

    Arguments:
        corpus: the conversations.
        batches: which ones; all of one batch share a prefix.
        prompts: whether the prompts' own tokens are labels too.
    """
    tokens, positions, groups = [], [], []
    places, labels, kinds, weights = [], [], [], []
    begin = 0
    for numbers in batches:
        prefix = corpus.prefix_of(int(corpus.prefix[numbers[0]]))
        width = int(corpus.lengths[numbers].max())
        group = Group(begin, len(prefix), len(numbers), width)
        rows = np.zeros((len(numbers), width), np.int64)
        codes = np.zeros((len(numbers), width), np.int64)
        real = np.arange(width) < corpus.lengths[numbers][:, None]
        for place, number in enumerate(numbers):
            part = slice(corpus.starts[number], corpus.starts[number + 1])
            rows[place, : part.stop - part.start] = corpus.tokens[part]
            codes[place, : part.stop - part.start] = corpus.kinds[part]
        wanted = real & ((codes > 0) | prompts)
        row, column = wanted[:, 1:].nonzero()  # a suffix's first token follows its prefix, the same each time
        places.append(group.middle + row * width + column)
        labels.append(rows[row, column + 1])
        kinds.append(codes[row, column + 1])
        weights.append(corpus.weight[numbers][row])
        tokens += [prefix.astype(np.int64), rows.ravel()]
        positions += [np.arange(len(prefix)), np.tile(np.arange(len(prefix), len(prefix) + width), len(numbers))]
        groups.append(group)
        begin = group.end
    parts = (tokens, positions, places, labels, kinds, weights)
    joined = [torch.from_numpy(np.concatenate(part)) for part in parts]
    return Batch(joined[0], joined[1], tuple(groups), *joined[2:])
