"""The notes the player keeps: what each line says of a place, and how lines are read back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from automem.engines.scripted.nethack.screen import DIRECTIONS
from automem.engines.scripted.prompt import Page, Point

_LINE = re.compile(r"\blevel (\d{1,2}) at (\d{1,2}),(\d{1,2}): ([^\n\[(;]+)")
_RECENT = re.compile(
    r"^[ \t]*step \d+: ([a-z ]+) -> (?:at (\d{1,2}),(\d{1,2})|nothing changed)(?:: ([^\n]*))?$", re.MULTILINE
)
_DONE = re.compile(r"^(typed|searched)\b", re.MULTILINE)
DEAD_END, PRAYED = "dead end", "prayed"
COUNT = "15"
"""Turns to search at once. Each finds what is hidden beside the agent one time in seven, so many nine in ten."""

BLOCKED = re.compile(
    r"in vain|cannot move past|solid stone|It's a wall|too much to get through|can't move diagonally|"
    r"cannot pass|can't get through|too narrow",
    re.IGNORECASE,
)
LOCKED = re.compile(r"door is locked|can't open anything", re.IGNORECASE)
"""What the game says of a way that does not lead on, and of a door that does not open."""


@dataclass
class Notes:
    """What was noted of the level the agent is on.

    Arguments:
        visited: loose ends that were stood on.
        searched: place → turns spent searching there.
        barred: (place, direction) that does not lead on.
        locked: (place, direction) of locked doors → how often they were kicked.
        doors: places of open doors that look like walls.
        shunned: places of monsters that are better left alone.
        stairs: places of stairs down.
        peaceful: names of monsters that the game asked about before they were attacked.
        typed: whether the first digit of a count was the last that was done.
        prayed: whether a god was prayed to, on any level.
    """

    visited: set[Point] = field(default_factory=set)
    searched: Counter[Point] = field(default_factory=Counter)
    barred: set[tuple[Point, str]] = field(default_factory=set)
    locked: Counter[tuple[Point, str]] = field(default_factory=Counter)
    doors: set[Point] = field(default_factory=set)
    shunned: set[Point] = field(default_factory=set)
    stairs: set[Point] = field(default_factory=set)
    peaceful: set[str] = field(default_factory=set)
    typed: bool = False
    prayed: bool = False


def line_at(level: int, place: Point, what: str) -> str:
    """The line that says something of a place; `read_notes` reads it back, also several joined by `; `."""
    return f"{key_of(level)} {place[0]},{place[1]}: {what}"


def place_of(line: str) -> str:
    """The place, as `x,y`, that a line of `line_at` says something of."""
    return line.partition(":")[0].rpartition(" ")[2]


def known_of(page: Page, place: str) -> list[str]:
    """Every line, of whichever level, that the answers of memory hold of a place, given as `x,y`."""
    found = [(level, what) for level, x, y, what in _facts(page.results) if f"{x},{y}" == place]
    return [f"{key_of(int(level))} {place}: {what.strip()}" for level, what in found]


def _facts(texts: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Level, x, y and what is said there, of every line about a place."""
    lines = "\n".join(texts).split("\n")
    # A log's line that is there twice was written twice; a keyed map's was only found by two searches.
    once = {line if "|" in line else number: line for number, line in enumerate(lines)}
    return _LINE.findall("\n".join(once.values()))


def key_of(level: int) -> str:
    """What every line about a level has in it, and no line about another."""
    return f"level {level} at"


def read_notes(page: Page, level: int) -> Notes:
    """What the answers of memory, and the prompt where it shows notes itself, say of a level."""
    notes = Notes()
    for number, x, y, what in _facts([*page.results, page.text]):
        notes.prayed = notes.prayed or what.startswith(PRAYED)
        if int(number) == level:
            _add(notes, (int(x), int(y)), what.split())
    for action, x, y, said in _RECENT.findall(page.text):
        place = (int(x), int(y)) if x else page.here
        if place is not None:
            _add_recent(notes, place, action, said)
    notes.typed = is_counting(page) or (page.last or "").isdigit()
    return notes


def _add_recent(notes: Notes, place: Point, action: str, said: str) -> None:
    """What a step of the history that a prompt shows itself says of the place where it ended."""
    notes.visited.add(place)
    if action == "search":
        notes.searched[place] += 1
    elif action in DIRECTIONS and LOCKED.search(said):
        notes.locked[place, action] += 1
    elif action in DIRECTIONS and BLOCKED.search(said):
        notes.barred.add((place, action))


def is_counting(page: Page) -> bool:
    """Whether the answers of memory say that a digit of a count was typed, and nothing after it."""
    done = _DONE.findall("\n".join(page.results))
    return bool(done) and done[-1] == "typed"


def _add(notes: Notes, place: Point, words: list[str]) -> None:
    match words:
        case ["dead", "end", *_]:
            notes.visited.add(place)
        case ["searched", *_]:
            notes.searched[place] += int(words[1]) if words[1:] and words[1].isdigit() else 1
        case ["peaceful", *name]:
            notes.peaceful.add(" ".join(name))
        case ["open", "door", *_]:
            notes.doors.add(place)
        case ["keep", "away", *_]:
            notes.shunned.add(place)
        case ["stairs", "down", *_]:
            notes.stairs.add(place)
        case [direction, "is", "blocked", *_] if direction in DIRECTIONS:
            notes.barred.add((place, direction))
        case [direction, "is", ("locked" | "kicked"), *_] if direction in DIRECTIONS:
            notes.locked[place, direction] += 1
        case _:
            pass
