"""What loop 2 chooses among, and what it trains on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from automem.agent.record import Op, Said

Phase = Literal["log", "plan"]


@dataclass(frozen=True)
class Example:
    """One phase of one step of one finished episode, as it was played: a LOG conversation, or a consultation.

    Arguments:
        episode: the episode's id.
        task, seed: what was played.
        step: which step, from 1.
        phase: whose conversation it is.
        messages: verbatim, from the phase's opening prompt on; user and assistant alternate, and the last one is
            the assistant's. Of PLAN all turns are there, the one that commits too; but where a specialist consulted,
            its turns alone. Under `conversation: per_step` PLAN goes on with LOG's conversation, so that PLAN's
            messages begin with all of LOG's.
        ops: what the agent's ops of this phase did, in order, the committed action included.
        features: name → value, as `features.FEATURES` describes them; what a recipe's criteria may use.
        given: how many of the messages at the beginning are LOG's, which PLAN goes on with: read, never trained on.
            An even number, and 0 where the phase begins a conversation of its own.
    """

    episode: str
    task: str
    seed: int
    step: int
    phase: Phase
    messages: tuple[Said, ...]
    ops: tuple[Op, ...]
    features: Mapping[str, float | int | bool | str] = field(default_factory=dict)
    given: int = 0

    @property
    def id(self) -> str:
        """A name for people: `<episode>/<step>/<phase>`."""
        return f"{self.episode}/{self.step}/{self.phase}"


@dataclass(frozen=True)
class Lesson:
    """An example as it is trained on: every assistant message that is not given bears the loss, and nothing else does.

    Arguments:
        example: the id of what it was made from.
        phase: whose conversation it is.
        messages: user and assistant alternate, from the opening prompt to the last trained answer. User messages
            are verbatim; of an assistant message only what follows its last op may be gone, and a code fence around it
            with what leads to it.
        given: how many of the messages at the beginning are read and never trained on, as `Example.given`.
    """

    example: str
    phase: Phase
    messages: tuple[Said, ...]
    given: int = 0
