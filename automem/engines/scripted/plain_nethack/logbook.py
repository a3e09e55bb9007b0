"""LOG of the plain player of NetHack: what the screen will not show again."""

from __future__ import annotations

import re

from automem.engines.scripted.crafter.logbook import LOOK
from automem.engines.scripted.nethack.screen import DIRECTIONS
from automem.engines.scripted.novice.chance import Chance
from automem.engines.scripted.plain.habits import Habits
from automem.engines.scripted.plain_nethack.recall import LOCKED, PEACEFUL, PRAYED, SEARCHED, STUCK, read_recall
from automem.engines.scripted.plain_nethack.sight import Sight, read_sight
from automem.engines.scripted.prompt import Page

_LOCKED = re.compile(r"door is locked", re.IGNORECASE)
_VAIN = re.compile(
    r"boulder,? but in vain|can't move past|cannot move past|no room for the boulder|There's a boulder in your way",
    re.IGNORECASE,
)
_IN_FRONT = ((_LOCKED, LOCKED), (_VAIN, STUCK))
_ATTACK = re.compile(r"Really attack (?:the )?(?:peaceful )?([\w ]+?)\?")
_PRAYING = re.compile(r"You begin praying|You feel that \w+ is")
_REACHED = re.compile(r"^now on Dlvl (\d{1,2})$")
_NAMES = {step: name for name, step in DIRECTIONS.items()}


def log(page: Page, habits: Habits, chance: Chance) -> str:
    """The answer to a LOG prompt: a look where one is due, else what is recorded."""
    sight = read_sight(page)
    looked = len(page.said) == 1 and page.said[0].startswith(LOOK)
    if page.said and not looked:
        return _end(page, [])
    place, fact = _place(page, sight), _fact(sight) if chance.falls("record", habits.records) else ""
    if not looked and chance.falls("look", habits.looks):
        looks = _looks(page, sight, place, fact)
        if looks:
            return "\n".join((LOOK, *looks))
    recall, writes = read_recall(page, sight.level), []
    repeats = chance.falls("repeat", habits.repeats)
    if place and (repeats or place[1] == SEARCHED or not recall.knows(place[0], _kinds(place[1]))):
        writes.append(_mark(page, sight, *place))
    if fact and (repeats or fact not in recall.lines):
        writes.append(page.write("append", "facts", text=fact))
    return _end(page, writes)


def _end(page: Page, writes: list[str]) -> str:
    end = page.command("end")
    return "\n".join(filter(None, (*writes, end.write() if end else ""))) or "Nothing more to record."


def _looks(page: Page, sight: Sight, place: tuple[str, str] | None, fact: str) -> list[str]:
    looks = []
    if place and page.filled("map"):
        word = place[0] if sight.traced else f"Dlvl {sight.level}"
        looks.append(page.write("search", "map", word=word))
    if fact and page.filled("facts"):
        looks.append(page.write("search", "facts", word=fact.split()[0]))
    return [look for look in looks if look]


def _place(page: Page, sight: Sight) -> tuple[str, str] | None:
    """A place, and what has turned out about it; None where nothing has."""
    if page.here is None:
        return None
    direction = sight.done().removeprefix("far ")
    in_front = next((word for pattern, word in _IN_FRONT if pattern.search(sight.message)), None)
    if in_front and direction in DIRECTIONS:
        dx, dy = DIRECTIONS[direction]
        return f"{page.here[0] + dx},{page.here[1] + dy}", in_front
    if sight.done() == "search" and sight.searched >= sight.patience:
        return f"{page.here[0]},{page.here[1]}", SEARCHED
    if sight.traced and direction in DIRECTIONS and sight.past and sight.past[-1][1] == "moved":
        dx, dy = DIRECTIONS[direction]
        return f"{page.here[0]},{page.here[1]}", _NAMES[-dx, -dy]
    return None


def _kinds(what: str) -> tuple[str, ...]:
    """What, noted of a place, makes another note of it needless: of the way back, the first counts."""
    return tuple(DIRECTIONS) if what in DIRECTIONS else (what,)


def _mark(page: Page, sight: Sight, place: str, what: str) -> str:
    """The op that notes something of a place, by the words for here and in front where the prompt offers them."""
    word = "front" if what in (LOCKED, STUCK) else "here"
    key = word if re.search(rf"\b{word}\b[^\n]*\bplace\b|\b{word} is\b", page.lore) else place
    text = f"Dlvl {sight.level} {what}" + (f" turn {sight.turn}" if what == SEARCHED and sight.turn else "")
    return page.write("upsert", "map", key=key, text=text) or page.write("append", "map", text=f"{place}|{text}")


def _fact(sight: Sight) -> str:
    """What of the last step matters for the whole game; empty for nothing."""
    attacked = _ATTACK.search(sight.message)
    if attacked:
        return f"{PEACEFUL} {attacked[1]}"
    if _PRAYING.search(sight.message):
        return f"{PRAYED} on Dlvl {sight.level}"
    reached = _REACHED.match(sight.past[-1][1]) if sight.past else None
    return f"reached Dlvl {reached[1]}" if reached else ""
