"""What one step of play leaves behind. The trace stores these, and metrics and replay read nothing else."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["base", "specialist", "engine"]


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message of a conversation, verbatim; `stable` as in `engines.Message`."""

    speaker: Literal["user", "assistant"]
    text: str
    stable: int = 0


class Turn(msgspec.Struct, frozen=True, omit_defaults=True):
    """One model call.

    `conversation` numbers the step's conversations from 0; `new` holds the messages added to that
    conversation since its last call (the answer before them included), so that all `new` of one
    conversation, in order, are the request of its last call. `answer` is what came back, verbatim.
    `turn` counts the phase's calls from 0. `prompt_chars` counts the whole request, `stable_chars` the part of its
    beginning that is the same at every step. Token counts are None where the engine does not count.
    """

    phase: str
    turn: int
    role: Role
    conversation: int
    new: tuple[Said, ...]
    answer: str
    prompt_chars: int
    stable_chars: int = 0
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    finish: str = "stop"
    seconds: float = 0.0
    retries: int = 0


class Op(msgspec.Struct, frozen=True, omit_defaults=True):
    """One memory operation, run or refused.

    `args` are resolved (coordinates instead of `here`), so that running the records again in order
    rebuilds the directory. `status` is the memory layer's, or `malformed` / `unknown` (the parser's),
    `denied` (not of this phase) or `rejected` (a guard's). `before` and `after` are the file's size in
    characters, `shown` of `total` the lines or matches given back. `role` is `engine` for updates the
    scaffold declares. `reply` is what the agent was told.
    """

    phase: str
    turn: int
    role: Role
    op: str
    verb: str
    status: str
    file: str = ""
    args: dict[str, str] = msgspec.field(default_factory=dict)
    before: int = 0
    after: int = 0
    shown: int = 0
    total: int = 0
    redundant: bool = False
    reply: str = ""


class Firing(msgspec.Struct, frozen=True, omit_defaults=True):
    """A notice that spoke, a guard that acted, or an update that wrote: its kind, name and effect."""

    kind: Literal["notice", "guard", "update"]
    name: str
    effect: str = ""
    phase: str = ""


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step: what was observed, said, done to memory and done in the world.

    `number` counts from 1. `observation` is the text the step began with, `data` the plain data the world
    gave with it. `raw` is the action as the model
    wrote it (empty when it gave none), `action` what ran; `valid` says whether `raw` is one of the world's
    actions after normalisation (a guard may have refused it all the same), `fallback` that the default ran
    instead. `intention` is the action that was written while consulting, and withdrawn: the world's where
    it is one, else as written. `reward`,
    `progression`, `events`, `done` and `end` are what the world answered to `action`; `outcome` is its last
    text, kept when the episode is over.
    """

    number: int
    observation: str
    turns: tuple[Turn, ...]
    ops: tuple[Op, ...]
    firings: tuple[Firing, ...]
    raw: str
    action: str
    valid: bool
    fallback: bool = False
    intention: str | None = None
    reward: float = 0.0
    progression: float = 0.0
    events: tuple[str, ...] = ()
    done: bool = False
    end: str = ""
    outcome: str = ""
    data: dict[str, object] = msgspec.field(default_factory=dict)


class Header(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a trace begins with: everything needed to read it alone.

    `memory` is the plain data of the memory the episode began with: `files` (name → resolved file
    schema), `create`, `max_files`, `limits` and `initial` (name → text). `note` is the task's.
    """

    format: int
    key: str
    stage: str
    scaffold: str
    scaffold_hash: str
    env: str
    task: str
    seed: int
    env_version: str
    settings: dict[str, object]
    models: dict[str, str]
    sampling: dict[str, object]
    memory: dict[str, object]
    note: str = ""
