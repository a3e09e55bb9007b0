"""Actions as people say them, instead of as they are spelled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from automem.engines.scripted.novice.chance import Chance
from automem.engines.scripted.prompt import Page

CASUAL = 0.35
"""How often an action is not written as it is spelled. Whatever makes an action of such words spares the step."""
TOLD = 0.5
"""By what this rate is multiplied where the prompt says that an answer was no action, or to spell it exactly."""

_TOLD = re.compile(r"is not an action|not a valid action|invalid action|exactly as (?:listed|written|spelled)", re.I)
_EVERYDAY: Mapping[str, str] = {
    "move north": "go up",
    "move south": "go down",
    "move west": "go left",
    "move east": "go right",
    "do": "interact",
    "sleep": "go to sleep",
    "noop": "wait",
}


def everyday(action: str) -> str:
    """In other words: `go left`, `craft wood pickaxe`, `put stone`."""
    words = re.sub(r"^place ", "put ", re.sub(r"^make ", "craft ", action.lower()))
    return _EVERYDAY.get(action.lower(), words)


def with_article(action: str) -> str:
    """With small words in between: `Make a wood pickaxe`, `Move to the north`."""
    verb, _, thing = action.partition(" ")
    small = {"Make": "a", "Place": "the", "Move": "to the"}.get(verb)
    return f"{verb} {small} {thing.lower()}" if small and thing else f"{action} it"


def with_period(action: str) -> str:
    """As a sentence ends: `Move North.`"""
    return f"{action}."


def announced(action: str) -> str:
    """As an intention: `I will move north`."""
    return f"I will {action.lower()}"


MANNERS: tuple[Callable[[str], str], ...] = (everyday, with_article, with_period, announced)


def say(action: str, page: Page, chance: Chance) -> str:
    """The action as the player writes it."""
    rate = CASUAL * TOLD if _TOLD.search(page.text) or _TOLD.search(page.lore) else CASUAL
    return chance.pick("manner", MANNERS)(action) if chance.falls("casual", rate) else action


def meant(said: str, actions: Mapping[str, str]) -> str | None:
    """The action that `say` wrote so; none if there is none.

    Arguments:
        said: what was written.
        actions: case-folded → canonical spelling.
    """
    return _readings(tuple(actions.values())).get(said)


@lru_cache(maxsize=16)
def _readings(actions: tuple[str, ...]) -> Mapping[str, str]:
    spellings = {manner(action): action for manner in MANNERS for action in actions}
    return spellings | {action: action for action in actions}
