"""What changed in a file, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

Hunk = tuple[int, int, list[str]]
"""Where among the lines before (counted from 0), how many of them go there, and the lines that come instead."""

_MOST = 250_000
"""Pairs of lines that are compared in search of what stayed; beyond it all between head and tail counts as changed."""


def hunks(before: Sequence[str], after: Sequence[str]) -> list[Hunk]:
    """What makes `after` of `before`: applied from the last to the first, they give it exactly.

    Arguments:
        before, after: the lines of a file's text, which is them joined by line feeds; nothing for a file that is
            not there.
    """
    head = _alike(before, after)
    tail = min(_alike(before[::-1], after[::-1]), min(len(before), len(after)) - head)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if (gone := _slid(old, new)) is not None:
        return [(head, gone, []), (head + len(old), 0, list(new[len(old) - gone :]))]
    if len(old) * len(new) > _MOST:
        return [(head, len(old), list(new))]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        (head + start, end - start, list(new[first:last]))
        for tag, start, end, first, last in matcher.get_opcodes()
        if tag != "equal"
    ]


def _slid(old: Sequence[str], new: Sequence[str]) -> int | None:
    """How many lines went at the beginning, where the others stayed and some came behind: a log that is full."""
    gone = list(old).index(new[0]) if new and new[0] in old else 0
    return gone if gone and old[gone:] == new[: len(old) - gone] else None


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines at the beginning are the same."""
    for number, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return number
    return min(len(one), len(other))
