"""LOG: what of the last action is recorded, and what is looked up before it is."""

from __future__ import annotations

from automem.engines.scripted.crafter.recall import Past, Recall, is_walkable, read_recall, write_line
from automem.engines.scripted.crafter.rules import ENEMIES, GIVES
from automem.engines.scripted.crafter.sight import Sight, read_sight
from automem.engines.scripted.prompt import Page, Point

_LANDMARKS = (
    ("diamond", 6),
    ("iron", 5),
    ("table", 2),
    ("water", 3),
    ("coal", 3),
    ("tree", 2),
    ("stone", 3),
    ("cow", 2),
)
"""Kinds worth a place on the map, with the distance in steps from which they are noted."""
_SPARSE = frozenset({"diamond", "iron", "table", "coal"})
LOOK = "Look before writing."
"""How an answer begins that looks something up before anything is written."""
_KEYED = "x,y|"  # how a prompt describes lines that are kept by place
_APART = 6  # of a common kind, another one this near is not worth a line
_SAMPLED = 4  # nor is looking it up worth a call everywhere: only on some squares, and where water is reached


def log(page: Page) -> str:
    """The answer to a LOG prompt: first what must be looked up, then what is recorded."""
    sight = read_sight(page.text)
    looked = len(page.said) == 1 and page.said[0].startswith(LOOK)
    if sight.asleep or (page.said and not looked):
        return _end(page, [])
    looks = [] if looked else _looks(page, sight)
    if looks:
        return f"{LOOK}\n" + "\n".join(looks)
    recall = read_recall(page)
    return _end(page, [*_facts(page, sight, recall), *_places(page, sight, recall), *_line(page, sight)])


def _end(page: Page, writes: list[str]) -> str:
    end = page.command("end")
    return "\n".join(filter(None, (*writes, end.write() if end else ""))) or "Nothing more to record."


def _line(page: Page, sight: Sight) -> list[str]:
    if not page.last:
        return []
    return [page.write("append", "actions", text=write_line(page, sight.faced, sight.count("food")))]


def _looks(page: Page, sight: Sight) -> list[str]:
    """What to look up first: what the action met, whether it is recorded, whether the place is."""
    looks = []
    achieved = page.last == "Do" and (is_walkable(sight.faced) or sight.faced == "water")
    woke = page.last == "Sleep" and not sight.asleep
    if achieved or woke or page.last == "Place Stone":
        if page.filled("actions"):
            looks.append(page.write("tail", "actions", n="1"))
        if page.filled("facts"):
            looks.append(page.write("read", "facts"))
    landmark = _landmark(page, sight)
    if landmark and page.filled("map"):
        looks.append(page.write("search", "map", word=landmark[0]))
    return [look for look in looks if look]


def _landmark(page: Page, sight: Sight) -> tuple[str, Point] | None:
    """The most valuable thing whose square is certain, with its offset; on new ground only."""
    if page.here is None or not (page.last or "").startswith(("Move", "Place Table")):
        return None
    for kind, reach in _LANDMARKS:
        seen = sight.seen.get(kind)
        if seen and seen.distance <= reach and len(seen.offsets) == 1:
            sampled = (page.here[0] + 2 * page.here[1]) % _SAMPLED == 0
            if kind in _SPARSE or sampled or sight.faced == kind == "water":
                return kind, seen.offsets[0]
    return None


def _places(page: Page, sight: Sight, recall: Recall) -> list[str]:
    landmark = _landmark(page, sight)
    if landmark is None or page.here is None:
        return []
    kind, offset = landmark
    radius = 1 if kind in _SPARSE else _APART
    for place in recall.places:
        apart = abs(place.offset[0] - offset[0]) + abs(place.offset[1] - offset[1])
        if kind in place.what.lower().split() and apart <= radius:
            return []
    where = f"{page.here[0] + offset[0]},{page.here[1] + offset[1]}"
    line = f"{where}|{kind}" if _KEYED in page.lore else f"{where} {kind}"
    return [page.write("upsert", "map", key=where, text=kind) or page.write("append", "map", text=line)]


def _facts(page: Page, sight: Sight, recall: Recall) -> list[str]:
    before = recall.trail[-1] if recall.trail else None
    fact = _achieved(page.last or "", sight, before)
    if not fact or fact in recall.facts:
        return []
    return [page.write("append", "facts", text=fact)]


def _achieved(action: str, sight: Sight, before: Past | None) -> str:
    """The achievement that the last action unlocked, as far as one can tell; empty for none."""
    seen = seen_achievement(action, sight)
    return seen if seen or action.lower() != "do" else _collected(sight, before)


def seen_achievement(action: str, sight: Sight) -> str:
    """The achievement that can be told from an action and what is seen after it alone; empty for none."""
    kind, _, thing = action.lower().partition(" ")
    if kind == "make" and sight.count(thing.replace(" ", "_")):
        return action.lower()
    if kind == "place" and sight.faced == thing:
        return action.lower()
    if kind == "sleep" and not sight.asleep and sight.count("energy") == 9:
        return "wake up"
    return "collect drink" if kind == "do" and sight.faced == "water" else ""


def _collected(sight: Sight, before: Past | None) -> str:
    met = before.faced if before else None
    if before is None or met is None or not is_walkable(sight.faced):
        return ""
    if met in ENEMIES and sight.distance(met) > 3:
        return f"defeat {met}"
    if met == "cow":
        return "eat cow" if sight.count("food") > (before.food or 0) or sight.count("food") == 9 else ""
    gained = GIVES.get(met, "")
    return f"collect {gained}" if gained and sight.count(gained) else ""
