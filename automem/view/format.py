"""The data that the page reads, as JSON; the same from the server and in an export.

An episode is told in files of a fixed number of steps each, so that none is ever loaded whole: `chunk-K` has what a
panel shows, `marks-K` what can be jumped to, `turns-K` prompts and answers word for word. `K` counts from 0.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from automem.agent.record import Firing, Op, Role
from automem.view.hunks import Hunk

CHUNK_STEPS = 50
MARKS_STEPS = 500
TURNS_STEPS = 10


class TurnLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One model call without its texts; fields as in `agent.record.Turn`."""

    phase: str
    turn: int
    role: Role
    prompt_chars: int
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    finish: str = "stop"
    seconds: float = 0.0
    retries: int = 0


class StepView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step; fields as in `agent.record.Step`.

    `memory` holds the files whose text the step changed, and how; `events` what was newly achieved in it.
    """

    number: int
    observation: str
    action: str
    raw: str
    valid: bool
    ops: tuple[Op, ...]
    firings: tuple[Firing, ...]
    turns: tuple[TurnLine, ...]
    fallback: bool = False
    intention: str | None = None
    reward: float = 0.0
    progression: float = 0.0
    events: tuple[str, ...] = ()
    done: bool = False
    end: str = ""
    outcome: str = ""
    memory: dict[str, list[Hunk]] = msgspec.field(default_factory=dict)


class Chunk(msgspec.Struct, frozen=True):
    """Steps `first` and following.

    `files` is the memory directory before the first of them (name → lines). `complete` says that the chunk will
    never have more. `trouble` is why memory cannot be told for some of its steps; empty where it can.
    """

    first: int
    complete: bool
    files: dict[str, list[str]]
    steps: list[msgspec.Raw]
    trouble: str = ""


class Marks(msgspec.Struct, frozen=True):
    """Of steps `first` and following: what was done and seen (as a short hash), progression after each, and the
    numbers of the steps with a reward (and how much), with a write to memory by the agent, a guard, or a notice.
    """

    first: int
    complete: bool
    actions: list[str]
    seen: list[str]
    progression: list[float]
    rewards: list[tuple[int, float]]
    writes: list[int]
    guards: list[int]
    notices: list[int]


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message verbatim: `Turns.beginnings[beginning]`, where it has one, and `text` behind it."""

    speaker: Literal["user", "assistant"]
    text: str
    beginning: int | None = None


class TurnText(msgspec.Struct, frozen=True, omit_defaults=True):
    """One model call in words. The whole prompt is every `new` of its conversation so far, in order."""

    phase: str
    turn: int
    role: Role
    conversation: int
    new: tuple[Message, ...]
    answer: str


class Turns(msgspec.Struct, frozen=True):
    """The calls of steps `first` and following. `beginnings` are texts that many messages share."""

    first: int
    beginnings: list[str]
    steps: list[list[TurnText]]


class EpisodeLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """An episode that can be listed.

    Arguments:
        id: what links and people call it; with its run's name before it where several runs are shown.
        path: run and episode, as the names of its data begin.
        run, stage, scaffold, env, task, seed, replay: as in `traces.summary.EpisodeRow`; the task with its note.
        variant: what it was played under, where the run has more than one; such as `with t1`.
        status: `done`, `playing` while an apply works on it, `stopped` when that was cut short, or `owed`.
        progression, steps: of a finished episode; so far, of one that is open in a panel.
        error: why it is owed.
        edition: grows when it is played anew and what was loaded of it no longer holds.
        drawn: its pictures may be drawn unasked: its world is installed, and not code that the trace names.
    """

    id: str
    path: str
    run: str
    stage: str
    scaffold: str
    env: str
    task: str
    seed: int
    status: Literal["done", "playing", "stopped", "owed"]
    variant: str = ""
    replay: int = 0
    progression: float | None = None
    steps: int | None = None
    error: str = ""
    edition: int = 0
    drawn: bool = False


class RunLine(msgspec.Struct, frozen=True):
    """A run, and whether an apply works on it now."""

    name: str
    going: bool


class Index(msgspec.Struct, frozen=True):
    """What can be shown.

    Arguments:
        panels: ids of the episodes that are opened where a link names none.
        pictures: whether there are any.
        chunk, marks, turns: how many steps are in one file of each sort.
    """

    runs: list[RunLine]
    episodes: list[EpisodeLine]
    panels: list[str]
    pictures: bool
    chunk: int = CHUNK_STEPS
    marks: int = MARKS_STEPS
    turns: int = TURNS_STEPS
