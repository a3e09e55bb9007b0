"""LOG: what of the last action is worth a note, and what is looked up before it is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from automem.engines.scripted.nethack.level import Level
from automem.engines.scripted.nethack.notes import (
    BLOCKED,
    COUNT,
    DEAD_END,
    LOCKED,
    PRAYED,
    is_counting,
    known_of,
    line_at,
    place_of,
)
from automem.engines.scripted.nethack.screen import DIRECTIONS
from automem.engines.scripted.prompt import Page, Point

_KICKED = re.compile(r"WHAMM|THUD|kick", re.IGNORECASE)
_FALLEN = re.compile(r"You fall through|trap ?door opens|fell through", re.IGNORECASE)
_LOOK = "Look before writing."
_SEEN = 2  # stairs are noted from this many steps away


def log(page: Page, level: Level) -> str:
    """The answer to a LOG prompt: first what must be looked up, then what is noted."""
    looked = len(page.said) == 1 and page.said[0].startswith(_LOOK)
    if page.said and not looked:
        return _end(page, [])
    looks = [] if looked else _looks(page, level)
    if looks:
        return "\n".join((_LOOK, *looks))
    noted = "\n".join(page.results)
    places = (line for line in _places(level) if line not in noted)
    lines = _write(page, [*_tried(page, level), *places])
    reached = _reached(page, level)
    if reached and reached not in noted:
        lines.append(_append(page, "facts", reached))
    return _end(page, [*lines, *_done(page, level)])


def _end(page: Page, writes: list[str]) -> str:
    end = page.command("end")
    return "\n".join(filter(None, (*writes, end.write() if end else ""))) or "Nothing more to record."


def _append(page: Page, purpose: str, line: str) -> str:
    return page.write("append", purpose, text=_dated(page, line))


def _dated(page: Page, text: str) -> str:
    return f"{text} (step {page.step})" if page.step is not None else text


def _is_keyed(page: Page) -> bool:
    """Whether the map has one line a place: it has an upsert of its own, or is described as `x,y|…`."""
    file = page.files.get("map", "")
    upsert = page.command("upsert", file)
    bound = upsert is not None and "file" not in upsert.roles
    described = rf"^[ \t*-]*{re.escape(file)}: [^\n]*x,y ?\|"
    return bound or re.search(described, page.lore, re.MULTILINE) is not None


def _write(page: Page, lines: list[str]) -> list[str]:
    """The ops that note lines about places; a new line for a place also says what its old one said."""
    if not _is_keyed(page):
        return [_append(page, "map", line) for line in lines]
    known: dict[str, list[str]] = {}
    for line in lines:
        place = place_of(line)
        known.setdefault(place, known_of(page, place)).append(line)
    return [_mark(page, place, _dated(page, _joined(said))) for place, said in known.items()]


def _joined(lines: list[str]) -> str:
    """Lines about one place in one text, the turns spent searching there added up."""
    searches = [line for line in lines if line.rpartition(" ")[2].isdigit()]
    turns: Counter[str] = Counter()
    for line in searches:
        searched, _, number = line.rpartition(" ")
        turns[searched] += int(number)
    others = [line for line in lines if line not in searches]
    return "; ".join((*others, *(f"{searched} {number}" for searched, number in turns.items())))


def _mark(page: Page, place: str, text: str) -> str:
    upsert = page.write("upsert", "map", key=place, text=text)
    return upsert or page.write("append", "map", text=f"{place}|{text}")


def _done(page: Page, level: Level) -> Iterator[str]:
    """Where a count stands, which the screen does not show before its second digit."""
    last = page.last or ""
    if last.isdigit() and "Count:" not in level.screen.message:
        yield _append(page, "actions", f"typed {last}")
    elif last == "search" and is_counting(page):
        yield _append(page, "actions", f"searched {COUNT}")


def _looks(page: Page, level: Level) -> list[str]:
    """What may be noted already, if the notes are not empty."""
    # Where a new line would take the place of the old one, that is looked up even for what is always noted.
    lines = (*_places(level), *(_tried(page, level) if _is_keyed(page) else ()))
    words = {f"at {place_of(line)}:" for line in lines}
    looks = [page.write("search", "map", word=word) for word in sorted(words)] if page.filled("map") else []
    reached = _reached(page, level)
    if reached and page.filled("facts"):
        looks.append(page.write("search", "facts", word=reached))
    if page.last == "search" and page.filled("actions"):
        looks.append(page.write("tail", "actions", n="1"))
    return list(filter(None, looks))


def _reached(page: Page, level: Level) -> str:
    """The level that the last action may have led to; empty where it cannot have."""
    went_down = page.last == "down" or _FALLEN.search(level.screen.message)
    return f"reached level {level.screen.level}" if went_down else ""


def _places(level: Level) -> Iterator[str]:
    screen = level.screen
    if screen.here is None or screen.asking:
        return
    for direction in DIRECTIONS:
        place, names = level.beside(direction)
        if names and place in level.dreaded:
            yield line_at(screen.level, place, f"keep away from the {names[0]}")
    for door in level.hidden_doors():
        yield line_at(screen.level, door, "open door")
    if screen.here in level.loose_ends:
        yield line_at(screen.level, screen.here, DEAD_END)
    for stairs in level.stairs:
        if max(abs(stairs[0] - screen.here[0]), abs(stairs[1] - screen.here[1])) <= _SEEN:
            yield line_at(screen.level, stairs, "stairs down")


def _tried(page: Page, level: Level) -> Iterator[str]:
    """What was tried with the last action, where trying it again would be the same or has to be counted."""
    screen, last = level.screen, (page.last or "").lower()
    if screen.here is None:
        return
    direction = last.removeprefix("far ")
    if last == "search":
        yield line_at(screen.level, screen.here, f"searched {COUNT if is_counting(page) else 1}")
    elif last == "pray":
        yield line_at(screen.level, screen.here, PRAYED)
    elif direction in DIRECTIONS:
        yield from _bumped(level, screen.here, direction)


def _bumped(level: Level, here: Point, direction: str) -> Iterator[str]:
    message, step = level.screen.message, DIRECTIONS[direction]
    ahead = (here[0] + step[0], here[1] + step[1])
    names = level.screen.beside.get(direction, ())
    if names and "Really attack" in message:
        yield line_at(level.screen.level, here, f"peaceful {names[0]}")
    elif LOCKED.search(message):
        yield line_at(level.screen.level, here, f"{direction} is locked")
    elif ahead in level.closed_doors and _KICKED.search(message):
        yield line_at(level.screen.level, here, f"{direction} is kicked")
    elif BLOCKED.search(message) and ahead in level.free | level.boulders | level.closed_doors:
        yield line_at(level.screen.level, here, f"{direction} is blocked")
