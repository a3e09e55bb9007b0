"""The built-in `game_prompt`: what the game waits for before anything else can be done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from automem.envs.base import Extract, Observation, TaskInfo
from automem.envs.nethack.builtins.moment import moment
from automem.envs.settings import builtin_parameters

_MESSAGE = re.compile(r"\Amessage:\n(.*?)(?:\n\nlanguage observation:\n|\Z)", re.DOTALL)
# `Really attack? [yn] (n)`, `What do you want to wield? [- a-dx or ?*]`
_OFFER = re.compile(r"\[([^\[\]\n]+)\](?: \(([^()\n])\))?\s*\Z")
_ALL = "or ?*"  # answers that list what could be chosen, no choice themselves
_RANGE = re.compile(r"([a-zA-Z])-([a-zA-Z])|(\S)")


def game_prompt(parameters: Mapping[str, Any], _info: TaskInfo) -> Extract:
    """Whether the game asks something, and what.

    It has no parameters. Its value:
        asks: `key` for a key (yes or no, a direction, an item, or a place to move the cursor to), `line` for a
            line of text, `space` for a menu or page to be dismissed; empty while the game waits for a command.
        text: the question or page, empty while nothing is asked.
        choices: the keys that the question names in brackets, ranges spelled out: `[a-cx or ?*]` is a, b, c, x.
        default: the key it names as usual, empty if none.

    Arguments:
        parameters: none.

    Raises:
        ValueError: a parameter is given.
    """
    builtin_parameters("game_prompt", parameters)

    def extract(observation: Observation, _variables: Mapping[str, Any], _before: Any) -> dict[str, Any]:
        asks = moment(observation).asks
        message = _MESSAGE.match(observation.text) if asks else None
        text = message[1].strip() if message else ""
        offer = _OFFER.search(text) if asks == "key" else None
        return {
            "asks": asks,
            "text": text,
            "choices": list(_choices(offer[1])) if offer else [],
            "default": (offer[2] or "") if offer else "",
        }

    return extract


def _choices(offered: str) -> Iterator[str]:
    for match in _RANGE.finditer(offered.removesuffix(_ALL)):
        first, last, single = match.groups()
        if single:
            yield single
        else:
            yield from map(chr, range(ord(first), ord(last) + 1))
