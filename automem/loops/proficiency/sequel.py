"""What came of a step's phases later in the episode: progress, and use of what they wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from automem.agent.record import Op, Step
from automem.loops.proficiency.counting import changed
from automem.traces.ops import by_agent, reads, written_lines

NEVER = 1_000_000
"""Stands for a number of steps where the thing does not happen at all."""

Key = tuple[int, str]
"""Step and phase."""


@dataclass
class Use:
    """What became of the lines that one phase wrote.

    Arguments:
        lines: how many it stored.
        reused: how many of them were shown later.
        useful_in: fewest steps from such a showing to the next rise of progression.
    """

    lines: int = 0
    reused: int = 0
    useful_in: int = NEVER


@dataclass
class _Line:
    """A stored line: which phase stored it last (None for the scaffold's own writes), and whether it was shown."""

    owner: Key | None
    shown: bool = False


class Sequel:
    """Follows an episode step by step. What it keeps grows with the lines written, not with all that was said.

    A line belongs to the phase that stored it last. It counts as shown when a look of a later phase answers with it,
    alone on its line but for words before or behind it, as a scaffold's replies may put them.
    """

    def __init__(self) -> None:
        self.reached = 0.0
        """The highest progression so far."""
        self._waiting: list[int] = []
        self._progress: dict[int, int] = {}
        self._uses: defaultdict[Key, Use] = defaultdict(Use)
        self._files: defaultdict[str, dict[str, _Line]] = defaultdict(dict)
        self._shown: dict[Key, int] = {}

    def add(self, step: Step) -> None:
        """The next step."""
        for op in step.ops:
            key = step.number, op.phase
            if changed(op):
                self._stored(op, key if by_agent(op) else None)
            elif by_agent(op) and reads(op) and op.shown:
                self._showed(op, key)
        self._waiting.append(step.number)
        if step.progression > self.reached:
            self.reached = step.progression
            self._rose(step.number)

    def progress_in(self, step: int) -> int:
        """Steps from `step` until progression rose, its own action counted as 1."""
        return self._progress.get(step, NEVER)

    def use(self, key: Key) -> Use:
        """What became of what a phase wrote."""
        return self._uses.get(key, Use())

    def _stored(self, op: Op, owner: Key | None) -> None:
        for line in dict.fromkeys(written_lines(op)):
            self._files[op.file][line] = _Line(owner)
            if owner is not None:
                self._uses[owner].lines += 1

    def _showed(self, op: Op, by: Key) -> None:
        known = self._files[op.file]
        for text in op.reply.split("\n"):
            line = known.get(next((part for part in _within(text.strip()) if part in known), ""))
            if line is None or line.owner is None or line.owner == by:
                continue
            if not line.shown:
                line.shown = True
                self._uses[line.owner].reused += 1
            self._shown[line.owner] = by[0]

    def _rose(self, number: int) -> None:
        """Progression rose at step `number`: nothing before waits for it any longer."""
        self._progress.update((step, number - step + 1) for step in self._waiting)
        for key, step in self._shown.items():
            self._uses[key].useful_in = min(self._uses[key].useful_in, number - step + 1)
        self._waiting.clear()
        self._shown.clear()


def _within(text: str) -> Iterator[str]:
    """A line of a reply, then without words at its end or at its beginning, the longest first."""
    yield text
    blanks = [at for at, character in enumerate(text) if character == " "]
    cuts = [text[at + 1 :].lstrip() for at in blanks] + [text[:at].rstrip() for at in blanks]
    yield from sorted(cuts, key=len, reverse=True)
