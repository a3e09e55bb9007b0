"""A small world and a played model: what a test of the agent needs around it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from automem.agent.agent import Agent
from automem.agent.record import Role, Step
from automem.engines.base import Answer, Request
from automem.envs.base import Observation, TaskInfo
from automem.spec.experiment import Sampling
from automem.spec.load import examine_scaffold
from automem.spec.overlay import lay_over
from automem.spec.source import parse_document

ACTIONS = ("North", "South", "East", "West", "Wait", "Far East")
WAIT = "<|ACTION|>Wait<|END|>"
DONE = "<|DONE|>"

SCAFFOLD: dict[str, Any] = {
    "kind": "scaffold",
    "name": "stage",
    "env": "film",
    "memory": {"files": {"log.md": {"schema": "log"}, "map.md": {"schema": "keyed-map"}}},
    "ops": {
        "READ": {"verb": "read", "phases": ["log", "plan"]},
        "SEARCH": {"verb": "search", "phases": ["log", "plan"]},
        "APPEND": {"verb": "append", "phases": ["log"]},
        "WRITE": {"verb": "write", "phases": ["log"]},
        "MARK": {"verb": "upsert", "file": "map.md", "phases": ["log"]},
        "DONE": {"verb": "end", "phases": ["log"]},
        "ACTION": {"verb": "commit", "phases": ["plan"]},
    },
    "schemas": {"log": {"type": "log", "verbs": ["read", "search", "append", "write"]}},
    "phases": {
        "log": {"turns": 3, "sections": {"task": {"text": "LOG {{ env.task }}"}, "view": {"text": "{{ obs_text }}"}}},
        "plan": {
            "turns": 3,
            "sections": {
                "task": {"text": "PLAN {{ env.task }}"},
                "view": {"text": "{{ obs_text }}"},
                "unseen": {"text": "{{ unseen }}"},
            },
        },
    },
}


@dataclass
class Film:
    """An environment that shows given texts in turn, whatever is done, and ends after the last action."""

    texts: Sequence[str]
    played: list[str] = field(default_factory=list)

    async def reset(self) -> Observation:
        return Observation(self.texts[0])

    async def step(self, action: str) -> Observation:
        assert action in ACTIONS
        self.played.append(action)
        over = len(self.played) == len(self.texts)
        text = "The end." if over else self.texts[len(self.played)]
        return Observation(text, done=over, end="shown" if over else "", progression=len(self.played) / 10)


Say = Callable[[Role, Request], str]


@dataclass
class Model:
    """Answers from a list (when it is used up: `DONE` in LOG, then `Wait`), or from a function."""

    answers: Iterable[str] | Say = ()
    requests: list[tuple[Role, Request]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = None if callable(self.answers) else iter(self.answers)

    async def __call__(self, role: Role, request: Request) -> Answer:
        self.requests.append((role, request))
        if callable(self.answers):
            return Answer(self.answers(role, request))
        usual = DONE if "LOG" in request.messages[-1].text else WAIT
        return Answer(next(self._left or iter(()), usual))


@dataclass
class Episode:
    """What an episode left: its steps, what was asked, the actions played, the memory directory."""

    steps: list[Step]
    requests: list[tuple[Role, Request]]
    played: list[str]
    folder: Path
    agent: Agent

    @property
    def prompts(self) -> list[str]:
        """The last message of every request."""
        return [request.messages[-1].text for _, request in self.requests]

    @property
    def files(self) -> dict[str, str]:
        return {file.name: file.read_text() for file in self.folder.iterdir()}

    def statuses(self, step: int) -> list[tuple[str, str]]:
        """(op, status) of one step, counted from 1."""
        return [(op.op, op.status) for op in self.steps[step - 1].ops]

    def firings(self) -> list[tuple[int, str, str, str]]:
        """(step, kind, name, effect) of all."""
        return [(step.number, one.kind, one.name, one.effect) for step in self.steps for one in step.firings]


def make(overlay: dict[str, Any] | None = None, task: str = "film") -> Agent:
    """An agent with the scaffold above, changed by `overlay`."""
    text = json.dumps(lay_over(SCAFFOLD, overlay or {}))  # JSON is YAML
    resolved, issues = examine_scaffold(parse_document(text, "stage"))
    assert resolved is not None, "\n".join(map(str, issues))
    return Agent(resolved, TaskInfo(task, ACTIONS, "Wait", 100, "film 1", Observation("a sample")))


def play(
    answers: Iterable[str] | Say = (),
    overlay: dict[str, Any] | None = None,
    texts: Sequence[str] = ("one", "two", "three"),
    split: bool = False,
    task: str = "film",
    agent: Agent | None = None,
) -> Episode:
    """Play an episode of as many steps as there are texts."""
    agent = agent or make(overlay, task)
    model, world, steps = Model(answers), Film(texts), list[Step]()
    folder = Path(mkdtemp()) / "memory"
    asyncio.run(agent.play(world, model, folder, Sampling(), split, steps.append))
    return Episode(steps, model.requests, world.played, folder, agent)


def values(
    expression: str, texts: Sequence[str], overlay: dict[str, Any] | None = None, actions: Sequence[str] = ()
) -> list[Any]:
    """What an expression is in PLAN's prompt at every step; `actions` are committed one after the other."""
    shown = {"view": {"text": f"{{{{ ({expression}) | tojson }}}}"}}
    bare = {
        "ops": dict.fromkeys(SCAFFOLD["ops"].keys() - {"ACTION"}),
        "phases": {"log": None, "plan": {"sections": shown}},
    }
    laid = lay_over(bare, overlay or {})
    answers = [f"<|ACTION|>{action}<|END|>" for action in actions]
    return [json.loads(prompt.split("\n\n")[1]) for prompt in play(answers, laid, texts).prompts]
