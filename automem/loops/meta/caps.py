"""How far one proposal may go: answers, tokens, money, and what a conversation can hold."""

from __future__ import annotations

from automem.loops.meta.goal import Goal
from automem.runs.costs import Cost
from automem.spec.experiment import Proposing

FEW = 5
"""From this many answers left on, the model is told how many."""
CHARS_PER_TOKEN = 3
"""Fewer than text has: what is added to a conversation is mostly JSON, and must fit for certain."""


class Caps:
    """What one conversation has used and may still use.

    Arguments:
        limits: of the experiment.
        goal: what the conversation is to end with.
        context_tokens: the longest conversation that the model takes, its answer included.
    """

    def __init__(self, limits: Proposing, goal: Goal, context_tokens: int) -> None:
        self._limits, self._goal, self._context = limits, goal, context_tokens
        self._spent, self._last, self._added = Cost(), Cost(), 0

    def answered(self, cost: Cost) -> None:
        """Count an answer."""
        self._spent, self._last, self._added = self._spent + cost, cost, 0

    def add(self, text: str) -> None:
        """Count what the next request holds besides."""
        self._added += len(text)

    def fits(self, text: str) -> bool:
        """Whether the conversation has room for `text` and one more exchange besides."""
        return self._room - len(text) // CHARS_PER_TOKEN > self._limits.max_tokens

    @property
    def reached(self) -> str:
        """Which cap the next answer would pass; empty while none."""
        spent, last, limits, place = self._spent, self._last, self._limits, self._goal.limited
        if spent.calls >= limits.turns:
            return f"cap reached: {limits.turns} answers without a {self._goal.noun} in order ({place}.turns)"
        if spent.tokens + last.tokens > limits.tokens:
            return f"cap reached: {spent.tokens} of {limits.tokens} tokens are used ({place}.tokens)"
        if limits.usd is not None and spent.usd + last.usd > limits.usd:
            return f"cap reached: {spent.usd:.4g} of {limits.usd:g} US dollars are used ({place}.usd)"
        if self._room < 0:
            return f"cap reached: the conversation is as long as the model takes ({self._context} context_tokens)"
        return ""

    @property
    def notice(self) -> str:
        """What the model is told when little is left; empty before."""
        left = self._left
        if left > FEW or not self._spent.calls:
            return ""
        if left <= 1:
            return f"This is your last answer: call {self._goal.propose} in it."
        return f"You have {left} answers left, the one with {self._goal.propose} included."

    @property
    def _room(self) -> int:
        return self._context - self._limits.max_tokens - self._last.tokens - self._added // CHARS_PER_TOKEN

    @property
    def _left(self) -> int:
        """Answers left, each taken to be as large as the last."""
        spent, last, limits = self._spent, self._last, self._limits
        left = [limits.turns - spent.calls, (limits.tokens - spent.tokens) // max(last.tokens, 1)]
        if limits.usd is not None and last.usd:
            left.append(int((limits.usd - spent.usd) / last.usd))
        left.append(self._room // max(self._limits.max_tokens, 1) + 1)
        return max(0, min(left))
