"""What the models read and wrote: characters and tokens, per step and in all, per role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from automem.agent.record import Step, Turn
from automem.traces.metrics.ratio import Ratio


class _Account:
    """The calls of one role, or of all."""

    def __init__(self) -> None:
        self.calls = 0
        self.seconds = 0.0
        self.chars, self.longest_chars = Ratio(), Ratio()
        self.tokens, self.longest_tokens = Ratio(), Ratio()
        self.cached = Ratio()
        self.output: float | None = 0.0
        self.counted = True

    def add(self, turns: list[Turn]) -> None:
        """Count a step's calls, at least one."""
        self.calls += len(turns)
        self.seconds += sum(turn.seconds for turn in turns)
        chars = [turn.prompt_chars for turn in turns]
        self.chars.add(sum(chars))
        self.longest_chars.add(max(chars))
        tokens = [turn.input_tokens for turn in turns if turn.input_tokens is not None]
        self.counted = self.counted and len(tokens) == len(turns)
        if tokens:
            self.tokens.add(sum(tokens))
            self.longest_tokens.add(max(tokens))
        for turn in turns:
            self._answer(turn)

    def _answer(self, turn: Turn) -> None:
        if turn.cached_tokens is not None and turn.input_tokens is not None:
            self.cached.add(turn.cached_tokens, of=turn.input_tokens)
        if self.output is not None:
            self.output = None if turn.output_tokens is None else self.output + turn.output_tokens

    def result(self) -> Iterable[tuple[str, float | None]]:
        """Name and value of each metric; token counts are None once a call was not counted."""
        yield "calls", float(self.calls)
        yield "model_seconds", self.seconds
        yield "call_seconds", self.seconds / self.calls if self.calls else None
        yield "input_chars", self.chars.value
        yield "longest_input_chars", self.longest_chars.value
        yield "input_tokens", self.tokens.value if self.counted else None
        yield "longest_input_tokens", self.longest_tokens.value if self.counted else None
        yield "total_input_tokens", self.tokens.hits if self.counted else None
        yield "total_cached_tokens", self.cached.hits if self.cached.total else None
        yield "total_output_tokens", self.output
        yield "cached_share", self.cached.value


class Prompts:
    """Input context, tokens and calls, of all roles together and of each."""

    def __init__(self) -> None:
        self._all = _Account()
        self._roles: defaultdict[str, _Account] = defaultdict(_Account)

    def add(self, step: Step) -> None:
        """Count one step."""
        if step.turns:
            self._all.add(list(step.turns))
        for role in {turn.role for turn in step.turns}:
            self._roles[role].add([turn for turn in step.turns if turn.role == role])

    def result(self) -> dict[str, float | None]:
        """The metrics so far."""
        found = dict(self._all.result())
        for role, account in sorted(self._roles.items()):
            found |= {f"{name}.{role}": value for name, value in account.result()}
        return found
