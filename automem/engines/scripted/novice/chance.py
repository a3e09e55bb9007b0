"""Chance that comes from a request's seed alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Draws of one answer. Each is named, so that one fault's draw leaves the others as they are.

    Arguments:
        seed: the request's.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def falls(self, name: str, rate: float) -> bool:
        """Whether what happens at `rate`, 0 to 1, happens now."""
        return random.Random(f"{self._seed} {name}").random() < rate

    def pick(self, name: str, things: Sequence[T]) -> T:
        """One of `things`, each as likely as the others."""
        return random.Random(f"{self._seed} {name}").choice(things)
