"""Whether the coordinates that a model writes are those of where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from automem.agent.record import Step
from automem.engines.base import Message
from automem.engines.scripted.prompt import read_page
from automem.traces.store import iter_steps

_WRITTEN = re.compile(r"<\|[^|<>]+\|>(?:[\w.-]+\|)?\(?(-?\d+), ?(-?\d+)\b")
"""The first argument that is not a file's name, where it begins with coordinates."""


@dataclass(frozen=True)
class Coordinates:
    """How many coordinates were written in LOG, and how many of them are those that the prompt gives the agent."""

    written: int
    right: int


def count_coordinates(traces: Path) -> Coordinates:
    """Count them in all traces of a folder.

    Raises:
        RunError: a trace cannot be read.
    """
    found = [right for path in sorted(traces.glob("*.jsonl.zst")) for step in iter_steps(path) for right in _of(step)]
    return Coordinates(len(found), sum(found))


def _of(step: Step) -> Iterator[bool]:
    said: list[Message] = []
    for turn in step.turns:
        if turn.phase == "log":
            said += [Message(message.speaker, message.text, message.stable) for message in turn.new]
            here = read_page(tuple(said)).here
            for x, y in _WRITTEN.findall(turn.answer):
                yield (int(x), int(y)) == here
