"""Where an answer ends besides the model's own end: at a stop string, or once an op that ends a phase is complete."""

from __future__ import annotations

from collections.abc import Iterable

from automem.engines.base import Request

Pair = tuple[str, str]
"""What must have been written before, which may be empty, and what then ends the answer."""


def pairs_of(request: Request) -> tuple[Pair, ...]:
    """All that ends the answer to a request."""
    ends = tuple((opening, closing) if closing else ("", opening) for opening, closing in request.ends)
    return (*(("", stop) for stop in request.stop if stop), *ends)


def last_characters(pairs: Iterable[Pair]) -> frozenset[str]:
    """Characters one of which a token must hold to complete an end."""
    return frozenset(closing[-1] for _, closing in pairs)


def cut(text: str, pairs: Iterable[Pair]) -> int | None:
    """How many characters of `text` there are up to its first end, that included; None where there is none."""
    found = (_end(text, *pair) for pair in pairs)
    return min((end for end in found if end is not None), default=None)


def _end(text: str, opening: str, closing: str) -> int | None:
    opened = text.find(opening)
    if opened < 0:
        return None
    closed = text.find(closing, opened + len(opening))
    return None if closed < 0 else closed + len(closing)
