"""A player that does nearly everything wrong that a diagnostic finds."""

from __future__ import annotations

import re

from automem.engines.base import Request

LONG = "a line that says much less than one would think, " * 4
SIX = "\n".join(f"aim {number}: something to do at some time" for number in range(6))


def play(request: Request) -> str:
    """The answer that belongs to the phase and step that the prompt names."""
    clock = re.search(r"^(LOG|PLAN) (\d+)$", request.messages[0].text, re.MULTILINE)
    assert clock is not None
    turn = sum(message.speaker == "assistant" for message in request.messages)
    return _log(int(clock[2]), turn) if clock[1] == "LOG" else _plan(int(clock[2]), turn)


def _log(step: int, turn: int) -> str:
    if step % 5 == 0:
        return "There is nothing to say."
    if turn:
        return "<|READ|>log.md<|END|>"
    return "\n".join(
        (
            f"<|APPEND|>log.md|{step} {LONG}<|END|>",
            f"<|APPEND|>log.md|{step} {LONG}<|END|>",
            "<|APPEND|>notes.md|Trees give wood.<|END|>",
            f"<|WRITE|>plan.md|{'nothing' if step % 4 == 0 else SIX}<|END|>",
            "<|COUNT|>notes.md|wood<|END|>",
        )
    )


def _plan(step: int, turn: int) -> str:
    if not turn:
        return "<|TAIL|>log.md|3<|END|>\n<|READ|>log.md<|END|>"
    return f"<|ACTION|>{_action(step)}<|END|>"


def _action(step: int) -> str:
    if step <= 12:
        return ("'Noop'.", "Noop for now", "Mvoe West", "Move West")[step % 4]
    if step <= 24:
        return ("Move West", "Move East")[step % 2]
    return "Make Iron Sword"
