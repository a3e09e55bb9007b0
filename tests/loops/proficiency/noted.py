"""A player who serves a lamp well where its memory says so, and a way to learn what to write there."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from automem.engines import Answer, Request
from automem.loops.proficiency.job import Job, Point, Trained

from ..toy import asked

SCAFFOLD = """\
kind: scaffold
name: noted
env: toy
memory:
  files:
    log.md: {schema: log}
ops:
  APPEND: {verb: append, phases: [log]}
  DONE:   {verb: end, phases: [log]}
  READY:  {verb: end, phases: [plan]}
  ACTION: {verb: commit, phases: [plan]}
autoload:
  last: {file: log.md, tail: 1}
phases:
  log:
    sections: {what: {text: Note}, commands: {template: common/commands}}
  plan:
    sections:
      commands: {template: common/commands}
      note: {text: "Note: {{ loaded.last }}"}
      view: {text: "{{ obs_text }}"}
"""
HABIT = "habit.json"
READY = "<|READY|>"


def note(word: str) -> str:
    return f"<|APPEND|>log.md|{word}<|END|><|DONE|>"


def serve(prompt: str) -> str:
    """The action that a prompt asks for: the right one under a good note, else the wrong one."""
    well = "Note: good" in prompt
    return f"<|ACTION|>{'Left' if ('red' in prompt) == well else 'Right'}<|END|>"


class Player:
    """Writes a good note as often as its habit says, by the call's seed, and obeys the note it reads."""

    def __init__(self, habit: float = 0.5) -> None:
        self._habit = habit

    async def check(self) -> None:
        """Always there."""

    async def ask(self, request: Request) -> Answer:
        await asyncio.sleep(0)
        asked(f"play {request.seed}")
        first, *more = (message.text for message in request.messages)
        if first.startswith("Note\n"):
            word = "good" if random.Random(request.seed).random() < self._habit else "bad"
            return Answer(note(word), input_tokens=40, output_tokens=8)
        return Answer(serve(first) if more else READY, input_tokens=50, output_tokens=4)

    def adapted(self, adapter: Path) -> Player:
        return Player(json.loads((adapter / HABIT).read_text()))

    async def close(self) -> None:
        """Nothing is held."""


def create(model: str, settings: Mapping[str, Any]) -> Player:
    return Player()


async def teach(job: Job, progress: Callable[[Point], None] = lambda point: None) -> Trained:
    """Stands for a training: the habit becomes what the lessons say; half-way there is a checkpoint."""
    job.write()
    if (found := job.trained()) is not None:
        return found
    half = job.checkpoints / "half"
    for at in (half, job.folder / "adapter.partial"):
        if at.exists():
            continue
        asked(f"train {job.folder.name} {at.name}")
        await asyncio.sleep(0)
        at.mkdir(parents=True)
    words = [said.text for lesson in job.lessons for said in lesson.messages if said.speaker == "assistant"]
    habit = sum("good" in word for word in words) / len(words)
    (job.folder / "adapter.partial" / HABIT).write_text(json.dumps(habit))
    progress(Point(step=1, of=1, epoch=1.0, seconds=0.0, tokens=len(words), loss=0.5))
    losses = {"loss": 0.5, "held_out_loss": 0.6, "held_out_before": 0.7}
    counts = {
        "examples": len(job.lessons),
        "held_out": len(job.held_out),
        "dropped": {},
        "tokens": len(words),
        "steps": 1,
    }
    (job.folder / "trained.json").write_text(json.dumps({**losses, **counts, "seconds": 0.0}))
    (job.folder / "adapter.partial").rename(job.adapter)
    found = job.trained()
    assert found is not None
    return found
