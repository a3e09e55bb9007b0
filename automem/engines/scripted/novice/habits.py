"""Faults of judgement: what the player does at some sights although it is no use, and how it lets go of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import NamedTuple

from automem.engines.scripted.crafter.choice import Choice
from automem.engines.scripted.crafter.rules import ENEMIES, TOOL_FOR
from automem.engines.scripted.crafter.situation import MOVES, Situation
from automem.engines.scripted.novice.chance import Chance
from automem.engines.scripted.novice.notice import Tone, tone

LET_GO: Mapping[Tone, float] = {"silent": 0.05, "mild": 0.15, "loud": 0.8, "by name": 0.97}
"""How often the player gives a habit up, by how plainly the prompt says that what was done came to nothing."""
_NEEDS: Mapping[str, Mapping[str, int]] = {
    "Make Wood Pickaxe": {"wood": 1},
    "Make Wood Sword": {"wood": 1},
    "Make Stone Pickaxe": {"wood": 1, "stone": 1},
    "Make Stone Sword": {"wood": 1, "stone": 1},
    "Make Iron Pickaxe": {"wood": 1, "coal": 1, "iron": 1},
    "Make Iron Sword": {"wood": 1, "coal": 1, "iron": 1},
    "Place Stone": {"stone": 1},
    "Place Plant": {"sapling": 1},
}
_NEAR = 5  # steps to an enemy that a sleeper should have minded
_TIRED = 7  # energy from which sleep tempts


class Habit(NamedTuple):
    """One fault.

    Arguments:
        name: what it is called.
        rate: the share of sights, 0 to 1, at which it comes up. The same sight always brings it up again, and so it
            goes on for as long as nothing changes.
        wish: the action it leads to, and none where it does not apply.
    """

    name: str
    rate: float
    wish: Callable[[Situation], str | None]


def overreach(s: Situation) -> str | None:
    """Craft or place something for which materials are missing. A guard that refuses it spares the step."""
    prices = {"Place Table": {"wood": s.price("table")}, "Place Furnace": {"stone": s.price("furnace")}}
    missing = [
        action
        for action, needs in {**_NEEDS, **prices}.items()
        if any(s.count(item) < count for item, count in needs.items()) and not s.count(_thing(action))
    ]
    return _by_sight(s, "overreach").choice(missing) if missing else None


def push(s: Situation) -> str | None:
    """Walk on into what is in the way."""
    tool = TOOL_FOR.get(s.faced)
    solid = s.faced in ("water", "table", "furnace", "tree", "plant") or (tool is not None and not s.count(tool))
    return MOVES[s.facing] if solid else None


def doze(s: Situation) -> str | None:
    """Sleep when tired although an enemy is near. A guard that refuses it spares the blow."""
    near = min(s.sight.distance(enemy) for enemy in ENEMIES)
    return "Sleep" if near <= _NEAR and s.count("energy") <= _TIRED else None


HABITS = (
    Habit("doze", 0.5, doze),
    Habit("overreach", 0.15, overreach),
    Habit("push", 0.2, push),
)


def give_in(s: Situation, sound: Choice, chance: Chance) -> Choice:
    """The sound choice, or that of a habit which this sight brings up and which the player does not let go of."""
    for habit in HABITS:
        wish = habit.wish(s)
        if wish is None or wish == sound.action or not s.can(wish) or s.sight.asleep:
            continue
        held = _by_sight(s, habit.name).random() < habit.rate
        if held and not chance.falls(f"let go of {habit.name}", LET_GO[tone(s.page.text, wish)]):
            return Choice(wish, f"{wish.lower()}, surely", sure=True)
    return sound


def _by_sight(s: Situation, name: str) -> random.Random:
    """Chance that is the same whenever the same is seen from the same place."""
    sight = s.sight
    return random.Random(
        f"{name} {s.page.here} {sorted(sight.items.items())} {sorted(sight.seen.items())} {sight.faced}"
    )


def _thing(action: str) -> str:
    return action.partition(" ")[2].lower().replace(" ", "_")
