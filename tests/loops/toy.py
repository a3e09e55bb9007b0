"""A world of lamps whose agent is as good as its prompt says: what a patch is worth can be chosen."""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from automem.engines import Answer, Request
from automem.envs.base import Environment, Observation, TaskInfo

ASKED = "AUTOMEM_TEST_ASKED"
"""Names the file in which every model call and every proposal leaves a line."""

SCAFFOLD = """\
kind: scaffold
name: toy
env: toy
memory:
  files:
    log.md: {schema: log}  # what was seen
ops:
  SEARCH: {verb: search, phases: [plan]}
  APPEND: {verb: append, phases: [log]}
  DONE:   {verb: end, phases: [log]}
  ACTION: {verb: commit, phases: [plan]}
tables:
  skill: 50  # percent of lamps the player gets right
phases:
  log:
    sections: {what: {text: PHASE LOG}, commands: {template: common/commands}, view: {text: "{{ obs_text }}"}}
  plan:
    sections:
      skill:  {text: "Skill: {{ tables.skill }}"}
      commands: {template: common/commands}
      unseen: {text: "{{ unseen }}"}
      view:   {text: "{{ obs_text }}"}
"""


def asked(line: str) -> None:
    if ASKED in os.environ:
        with Path(os.environ[ASKED]).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


class Lamps:
    """Each step a lamp is red or green, and wants `Left` or `Right`; progression is the share served well."""

    def __init__(self, seed: int, steps: int) -> None:
        self._chance, self._steps, self._step, self._right = random.Random(seed), steps, 0, 0

    def reset(self) -> Observation:
        return self._seen()

    def step(self, action: str) -> Observation:
        self._step += 1
        right = action == ("Left" if self._lamp == "red" else "Right")
        self._right += right
        return self._seen(reward=float(right))

    def _seen(self, reward: float = 0.0) -> Observation:
        self._lamp = self._chance.choice(["red", "green"])
        done = self._step == self._steps
        return Observation(
            f"The lamp is {self._lamp}.",
            reward=reward,
            done=done,
            progression=self._right / self._steps,
            end="max_steps" if done else "",
        )

    def close(self) -> None:
        """Nothing is held."""


class ToyWorld:
    name = "toy"

    def tasks(self) -> Sequence[str]:
        return ("lamps",)

    def describe(self, task: str, settings: Mapping[str, Any]) -> TaskInfo:
        steps = settings.get("max_steps", 4)
        return TaskInfo(task, ("Left", "Right"), "Left", steps, "1", Observation("The lamp is red."))

    def start(self, task: str, seed: int, settings: Mapping[str, Any]) -> Environment:
        return Lamps(seed, settings.get("max_steps", 4))


WORLD = ToyWorld()


class Player:
    """Serves as many lamps well as the prompt's skill says, by the call's seed."""

    async def check(self) -> None:
        """Always there."""

    async def ask(self, request: Request) -> Answer:
        await asyncio.sleep(0)
        text = request.messages[0].text
        asked(f"play {request.seed}")
        if "PHASE LOG" in text:
            return Answer("<|APPEND|>log.md|seen<|END|>\n<|DONE|>")
        skill = re.search(r"Skill: (\d+)", text)
        well = random.Random(request.seed).random() * 100 < int(skill[1] if skill else 0)
        return Answer(f"<|ACTION|>{'Left' if ('red' in text) == well else 'Right'}<|END|>")

    async def close(self) -> None:
        """Nothing is held."""


def create(model: str, settings: Mapping[str, Any]) -> Player:
    return Player()
