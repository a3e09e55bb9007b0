"""Engine `scripted`: rule-based players that read prompts and answer in the ops the prompts offer."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any, Protocol

from automem.engines.base import Answer, Request
from automem.errors import AutoMemError
from automem.registry import Registry

__all__ = ["PLAYERS", "Player", "ScriptedEngine", "create"]


class Player(Protocol):
    """Plays one game. A pure function: the same request always gets the same answer."""

    def __call__(self, request: Request) -> str:
        """The answer to the conversation in `request`; chance comes from its seed alone."""
        ...


PLAYERS: Registry[Player] = Registry(
    "scripted player",
    "automem.players",
    {
        "crafter": "automem.engines.scripted.crafter:play",
        "crafter-novice": "automem.engines.scripted.novice:play",
        "crafter-plain": "automem.engines.scripted.plain:play",
        "nethack": "automem.engines.scripted.nethack:play",
        "nethack-plain": "automem.engines.scripted.plain_nethack:play",
    },
)


class ScriptedEngine:
    """A player as an engine. It needs no server, counts no tokens, and knows nothing but its requests.

    Arguments:
        player: what answers.
    """

    def __init__(self, player: Player) -> None:
        self._player = player

    async def check(self) -> None:
        """There is nothing that could be missing."""

    async def ask(self, request: Request) -> Answer:
        """Answer one request; see `Engine.ask`."""
        begun = perf_counter()
        text = self._player(request)
        return Answer(text, seconds=perf_counter() - begun)

    async def close(self) -> None:
        """There is nothing to give back."""


def create(model: str, settings: Mapping[str, Any]) -> ScriptedEngine:
    """The engine of one player; see `EngineFactory`.

    Raises:
        AutoMemError: no player is called `model`, or settings are given, of which there are none.
    """
    if settings:
        raise AutoMemError(f"model {model!r} (engine scripted) takes no settings; remove {', '.join(settings)}")
    return ScriptedEngine(PLAYERS.load(model))
