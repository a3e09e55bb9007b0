"""An agent whose every answer is written down here, so that every feature of its play is known."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from automem.engines import Answer, Request
from automem.loops.apply import apply
from automem.runs import RunFolder
from automem.runs.store import Store
from automem.spec.load import load_experiment

SCAFFOLD = """\
kind: scaffold
name: told
env: toy
conversation: CONVERSATION
memory:
  files:
    log.md: {schema: log}
    note.md: {schema: note}
ops:
  SEARCH: {verb: search, phases: [log, plan]}
  READ:   {verb: read, phases: [log, plan]}
  APPEND: {verb: append, phases: [log]}
  WRITE:  {verb: write, phases: [log]}
  DONE:   {verb: end, phases: [log]}
  ACTION: {verb: commit, phases: [plan]}
guards:
  shout: {on: APPEND, when: "op.text == 'shout'", reject: not so loud}
phases:
  log:
    turns: 2
    sections: {what: {text: "PHASE LOG of step {{ step }}"}, view: {text: "{{ obs_text }}"}}
  plan:
    turns: 3
    sections: {what: {text: "PHASE PLAN of step {{ step }} {{ unseen }}"}, view: {text: "{{ obs_text }}"}}
"""
RIGHT, WRONG = "<|ACTION|>RIGHT<|END|>", "<|ACTION|>WRONG<|END|>"
SCRIPT: dict[tuple[int, str], list[str]] = {
    (1, "PLAN"): [WRONG],
    (2, "LOG"): ["<|APPEND|>log.md|lamp one<|END|><|DONE|>"],
    (2, "PLAN"): [WRONG],
    (3, "LOG"): ["<|SEARCH|>log.md|lamp<|END|>", "<|APPEND|>log.md|lamp two<|END|><|DONE|>"],
    (3, "PLAN"): ["<|SEARCH|>log.md|two<|END|>", RIGHT],
    (4, "LOG"): ["<|SEARCH|>log.md|zebra<|END|><|APPEND|>log.md|lamp one<|END|><|DONE|>"],
    (4, "PLAN"): ["<|DANCE|>now<|END|>", "<|APPEND|>log.md|too late<|END|>", WRONG],
    (5, "LOG"): ["<|APPEND|>log.md|shout<|END|>", "<|WRITE|>note.md|never read\nnor this<|END|>"],
    (5, "PLAN"): ["<|READ|>log.md<|END|>" + WRONG],
    (6, "LOG"): ["<|DONE|>"],
    (6, "PLAN"): ["<|READ|>nothing.md<|END|>", RIGHT],
}
STEPS = 6


class Told:
    """Answers by step, phase and how often it has answered there; `asked` holds every request."""

    asked: ClassVar[list[Request]] = []

    async def check(self) -> None:
        """Always there."""

    async def ask(self, request: Request) -> Answer:
        await asyncio.sleep(0)
        self.asked.append(request)
        place = [re.search(r"PHASE (\w+) of step (\d+)", message.text) for message in request.messages]
        at = max(number for number, found in enumerate(place) if found)
        found = place[at]
        assert found is not None
        answers = SCRIPT[int(found[2]), found[1]]
        text = answers[min((len(request.messages) - at) // 2, len(answers) - 1)]
        red = "red" in request.messages[at].text
        text = text.replace("RIGHT", "Left" if red else "Right").replace("WRONG", "Right" if red else "Left")
        return Answer(text, input_tokens=50, output_tokens=len(text) // 4)

    async def close(self) -> None:
        """Nothing is held."""


def create(model: str, settings: Mapping[str, Any]) -> Told:
    return Told()


def play(folder: Path, conversation: str = "per_phase", specialist: bool = False) -> RunFolder:
    """One told episode, as one of the train seeds."""
    folder.mkdir(parents=True)
    (folder / "scaffold.yaml").write_text(SCAFFOLD.replace("CONVERSATION", conversation))
    models = {"base": {"engine": "loops.proficiency.told:create", "model": "base"}}
    if specialist:
        models["specialist"] = {**models["base"], "model": "other"}
    document = {
        "kind": "experiment",
        "name": "told",
        "scaffold": "scaffold.yaml",
        "env": {"name": "loops.toy:WORLD", "max_steps": STEPS},
        "seeds": {"select": 7},
        "models": models,
    }
    (folder / "experiment.yaml").write_text(json.dumps(document))
    Told.asked.clear()
    apply(load_experiment(folder / "experiment.yaml"), folder / "runs")
    return as_training(RunFolder(folder / "runs" / "told"))


def as_training(run: RunFolder) -> RunFolder:
    """The run with all its seeds in the stage that may be trained on."""
    with Store.open(run.database) as store:
        store.file_seeds({one.row.seed: "train" for one in store.episodes()})
    return run
