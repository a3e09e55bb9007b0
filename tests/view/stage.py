"""A world, a scaffold and players whose every text tries to be more than text, with a reward, guards and notices."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from automem.engines import Answer, Request
from automem.envs.base import Environment, Observation, TaskInfo
from automem.loops.apply import apply
from automem.runs import Result, RunFolder
from automem.spec.load import load_experiment

EVIL = "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>\x1b[31m\x07\u202e"
ALLOWED = "AUTOMEM_TEST_ALLOWED"
"""Names the file that says how many calls are answered; the others wait until it says more."""

SCAFFOLD = """\
kind: scaffold
name: stage
env: stage
memory:
  files:
    map.md: {schema: log}
    goal.md: {schema: note}
    rules.md: {schema: reference, text: "one\\ntwo"}
ops:
  SEARCH: {verb: search, phases: [plan]}
  APPEND: {verb: append, phases: [log]}
  WRITE:  {verb: write, file: goal.md, phases: [log]}
  DONE:   {verb: end, phases: [log]}
  ACTION: {verb: commit, phases: [plan]}
observe:
  number: {regex: 'Scene (\\d+)', type: int, default: 0}
notices:
  seventh: {rules: {now: {when: obs.number % 7 == 0, say: "The seventh <b>scene</b>."}}}
guards:
  ninth: {on: action, when: obs.number % 9 == 0 and proposed == 'wait', reject: "not <i>now</i>", at_most: 1}
phases:
  log:
    sections: {what: {text: PHASE LOG}, commands: {template: common/commands}, view: {text: "{{ obs_text }}"}}
  plan:
    sections:
      what: {text: PHASE PLAN}
      commands: {template: common/commands}
      now: {text: "{{ notices.seventh }}"}
      unseen: {text: "{{ unseen }}"}
      view: {text: "{{ obs_text }}"}
"""


class Scenes:
    """A scene after the other, every fifth with a reward; digging is rewarded twice."""

    def __init__(self, seed: int, scenes: int) -> None:
        self._seed, self._scenes, self._number = seed, scenes, 0

    def reset(self) -> Observation:
        return self._seen("")

    def step(self, action: str) -> Observation:
        return self._seen(action)

    def _seen(self, action: str) -> Observation:
        self._number += 1
        done = self._number > self._scenes
        reward = 0.0 if self._number % 5 else 2.0 if action == "dig" else 1.0
        events = (f"scene_{self._number}<u>",) if reward else ()
        text = f"Scene {self._number} of seed {self._seed}\n{EVIL}\nBefore: {action}"
        end = "max_steps" if done else ""
        return Observation(text, reward, done, min(1.0, self._number / 200), events, end)

    def close(self) -> None:
        """Nothing is held."""


class Stage:
    name = "stage"

    def tasks(self) -> Sequence[str]:
        return ("scenes",)

    def describe(self, task: str, settings: Mapping[str, Any]) -> TaskInfo:
        return TaskInfo(task, ("wait", "dig"), "wait", settings.get("max_steps", 60), "1", Observation("Scene 1"))

    def start(self, task: str, seed: int, settings: Mapping[str, Any]) -> Environment:
        return Scenes(seed, settings.get("max_steps", 60))


WORLD = Stage()


class Player:
    """Notes every third scene, looks something up at every fourth, and from some scene on digs.

    Arguments:
        digs: from which scene on.
    """

    def __init__(self, digs: int) -> None:
        self._digs = digs
        self._asked = 0

    async def check(self) -> None:
        """Always there."""

    async def ask(self, request: Request) -> Answer:
        self._asked += 1
        while (allowed := os.environ.get(ALLOWED)) and int(Path(allowed).read_text() or 0) < self._asked:
            await asyncio.sleep(0.01)
        text = request.messages[0].text
        number = int(text.rpartition("Scene ")[2].split()[0])
        if "PHASE LOG" in text:
            noted = f"<|APPEND|>map.md|scene {number} {EVIL}<|END|>\n<|WRITE|>after {number}<|END|>\n"
            return Answer(f"{noted if number % 3 == 0 else ''}<|DONE|>")
        if number % 4 == 0 and len(request.messages) == 1:
            return Answer("<|SEARCH|>map.md|scene<|END|>")
        action = "dig" if number >= self._digs else "wait"
        return Answer(f"<|ACTION|>{action}<|END|>")

    async def close(self) -> None:
        """Nothing is held."""


def create(model: str, settings: Mapping[str, Any]) -> Player:
    return Player(int(model or 10**6))


def perform(folder: Path, *, steps: int = 60, **sections: Any) -> Result:
    """Apply an experiment on the stage in `folder`, in a thread of its own: a browser may be at work in this one."""
    folder.mkdir(exist_ok=True)
    scaffold = folder / "scaffold.yaml"
    if not scaffold.exists():
        scaffold.write_text(SCAFFOLD)
    document: dict[str, Any] = {
        "kind": "experiment",
        "name": "stage",
        "scaffold": "scaffold.yaml",
        "env": {"name": "view.stage:WORLD", "max_steps": steps},
        "seeds": {"select": "42..43"},
        "models": {"base": {"engine": "view.stage:create"}},
        "parallel": {"episodes": 2},
        **sections,
    }
    file = folder / "experiment.yaml"
    file.write_text(json.dumps(document))  # JSON is YAML
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: apply(load_experiment(file), folder / "runs")).result()


def perform_stages(folder: Path) -> RunFolder:
    """The same two seeds with the first scaffold, with a changed one, and with a specialist besides."""
    perform(folder)
    scaffold = folder / "scaffold.yaml"
    scaffold.write_text(scaffold.read_text().replace("PHASE PLAN", "PHASE PLAN."))
    perform(folder, models={"base": {"engine": "view.stage:create", "model": "8"}})
    models = {"base": {"engine": "view.stage:create"}, "specialist": {"engine": "view.stage:create", "model": "8"}}
    perform(folder, models=models)
    return RunFolder(folder / "runs" / "stage")
