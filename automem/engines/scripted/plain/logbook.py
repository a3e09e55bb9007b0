"""LOG of a plain player: achievements as the prompt tells them, and what can be seen from here."""

from __future__ import annotations

import re

from automem.engines.scripted.crafter.logbook import LOOK, seen_achievement
from automem.engines.scripted.crafter.recall import Recall, read_recall
from automem.engines.scripted.crafter.rules import ACHIEVEMENTS, ENEMIES
from automem.engines.scripted.crafter.sight import Sight, read_sight
from automem.engines.scripted.novice.chance import Chance
from automem.engines.scripted.plain.habits import Habits
from automem.engines.scripted.prompt import Page, Point

_NOTED = (
    ("diamond", 8),
    ("iron", 8),
    ("table", 4),
    ("water", 6),
    ("coal", 6),
    ("tree", 4),
    ("stone", 4),
)
"""Kinds worth a line on the map, the rarest first, with the distance in steps from which they are noted."""
_MOST = 3  # kinds on one line
_HERE = re.compile(r"\bhere\b[^.\n]*\bwhere you are\b")
_RARE = frozenset({"diamond", "iron", "table"})
_APART = 7  # another place this near that shows the same is not worth a line
_EFFECT = re.compile(r"^\W*step \d+: ([A-Z][A-Za-z ]*?) -> ([^\n]+)$", re.MULTILINE)


def log(page: Page, habits: Habits, chance: Chance) -> str:
    """The answer to a LOG prompt: a look where one is due, else what is recorded."""
    sight = read_sight(page.text)
    looked = len(page.said) == 1 and page.said[0].startswith(LOOK)
    if sight.asleep or (page.said and not looked):
        return _end(page, [])
    if looked:
        return _end(page, _after_look(page, sight, habits, chance))
    fact = _fact(page, sight) if chance.falls("record", habits.records) else ""
    kinds = _landmarks(page, sight, habits, chance)
    careful = chance.falls("look", habits.looks)
    fact_look = page.write("read", "facts") if careful and fact and page.filled("facts") else ""
    place_look = page.write("search", "map", word=kinds[0]) if careful and kinds and page.filled("map") else ""
    writes = [
        *(_record(page, fact) if fact and not fact_look else ()),
        *(_place(page, kinds) if kinds and not place_look else ()),
    ]
    if fact_look or place_look:
        return "\n".join(filter(None, (LOOK, *writes, fact_look, place_look)))
    return _end(page, writes)


def _end(page: Page, writes: list[str]) -> str:
    end = page.command("end")
    return "\n".join(filter(None, (*writes, end.write() if end else ""))) or "Nothing more to record."


def _after_look(page: Page, sight: Sight, habits: Habits, chance: Chance) -> list[str]:
    """What is recorded once the look has been answered."""
    recall, repeats = read_recall(page), chance.falls("repeat", habits.repeats)
    writes: list[str] = []
    fact = _fact(page, sight)
    if _looked_at(page, "facts") is not None and fact and (repeats or fact not in recall.facts):
        writes += _record(page, fact)
    kind = _looked_at(page, "map")
    if kind and (repeats or not _near(recall, kind)):
        writes += _place(page, [kind, *(other for other in _in_view(sight) if other != kind)])
    return writes


def _looked_at(page: Page, purpose: str) -> str | None:
    """What the look asked of a file: the word of a search, an empty text for all of it, none where it asked nothing."""
    file = page.files.get(purpose)
    asked = re.search(rf"\|>{re.escape(file)}(?:\|([\w-]+))?<\|", page.said[0]) if file else None
    return None if asked is None else asked[1] or ""


def _near(recall: Recall, kind: str) -> bool:
    apart = 2 if kind in _RARE else _APART
    return any(kind in place.what.split() and _steps(place.offset) <= apart for place in recall.places)


def _steps(offset: Point) -> int:
    return abs(offset[0]) + abs(offset[1])


def _landmarks(page: Page, sight: Sight, habits: Habits, chance: Chance) -> list[str]:
    """What of all that is in view is worth a line on the map now, the most valuable first; on new ground only."""
    moved = _last(page)[0].startswith(("Move", "Place Table"))
    if page.here is None or "map" not in page.files or not moved:
        return []
    kinds = _in_view(sight)
    rare = bool(kinds) and kinds[0] in _RARE
    return kinds if kinds and chance.falls("note", min(1.0, habits.notes * (2 if rare else 1))) else []


def _in_view(sight: Sight) -> list[str]:
    return [kind for kind, reach in _NOTED if sight.distance(kind) <= reach][:_MOST]


def _place(page: Page, kinds: list[str]) -> list[str]:
    """The op that records what can be seen from where the agent is."""
    if page.here is None:
        return []
    here, what = f"{page.here[0]},{page.here[1]}", " ".join(kinds[:_MOST])
    key = "here" if _HERE.search(page.lore) else here
    line = f"{here}|{what}" if "x,y|" in page.lore else f"{here} {what}"
    return [page.write("upsert", "map", key=key, text=what) or page.write("append", "map", text=line)]


def _record(page: Page, fact: str) -> list[str]:
    return [page.write("append", "facts", text=fact)]


def _fact(page: Page, sight: Sight) -> str:
    """The achievement that the last step unlocked, as far as the prompt tells; empty for none."""
    action, effect = _last(page)
    fact = _guessed(action, sight) if effect is None else _told(action, effect)
    return fact if fact in ACHIEVEMENTS else ""


def _last(page: Page) -> tuple[str, str | None]:
    """The action done last, and its effect where the prompt tells it."""
    effects = list(_EFFECT.finditer(page.text))
    if effects and page.last in (None, effects[-1][1]):
        return effects[-1][1], effects[-1][2]
    return page.last or "", None


def _told(action: str, effect: str) -> str:
    """What an effect that the prompt tells amounts to."""
    verb, _, rest = effect.partition(" ")
    if action.startswith(("Make ", "Place ")) and verb in ("used", "gained"):
        return action.lower()
    if verb == "gained":
        return f"collect {rest.split()[0]}"
    if verb == "met" and rest.split(",")[0] in ENEMIES:
        return f"defeat {rest.split(',')[0]}"
    return {"ate": "eat cow", "drank": "collect drink", "woke": "wake up"}.get(verb, "")


def _guessed(action: str, sight: Sight) -> str:
    """What was probably achieved, where the prompt tells no effect."""
    seen = seen_achievement(action, sight)
    if seen or action.lower() != "do" or sight.faced not in ("path", "grass", "tree"):
        return seen
    held = [item for item in ("diamond", "iron", "coal", "stone", "sapling", "wood") if sight.count(item)]
    fits = [item for item in held if sight.faced != "tree" or item == "wood"]
    return f"collect {fits[0]}" if fits else ""
