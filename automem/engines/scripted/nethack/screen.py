"""What an observation of the NetHack family says: the level's rows, the agent's place, message, status, names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from automem.engines.scripted.prompt import Point

DIRECTIONS: Mapping[str, Point] = {
    "north": (0, -1),
    "east": (1, 0),
    "south": (0, 1),
    "west": (-1, 0),
    "northeast": (1, -1),
    "southeast": (1, 1),
    "southwest": (-1, 1),
    "northwest": (-1, -1),
}
"""Direction → step; x grows to the east, y to the south."""

_SECTION = re.compile(r"^(message|language observation|cursor|map|inventory|statistics):[ \t]*$", re.MULTILINE)
_PLACE = re.compile(r"\(x=(\d{1,3}), ?y=(\d{1,3})\)")
_NAMED = re.compile(r"^[ \t]*(.+?) adjacent ([a-z, ]+)$", re.MULTILINE)
_LEVEL = re.compile(r"\bDlvl:(\d{1,2})")
_HEALTH = re.compile(r"\bHP:(-?\d{1,4})\((\d{1,4})\)")
_TURN = re.compile(r"\bT:(\d{1,7})")
LEVEL_ROWS, LAST_COLUMN = 21, 79


@dataclass(frozen=True)
class Screen:
    """One observation. Places are columns and rows of the level, both counted from 0.

    Arguments:
        rows: the level's rows; none where no map is shown.
        here: the agent's place, where it is known.
        asking: whether the cursor is in the top line, where the game asks things.
        message: the game's message, spaces and line ends run together.
        level: the dungeon level, 1 where it is not said.
        health: hit points as a share of the most there can be.
        hit_points: hit points, 99 where they are not said.
        turn: the game's turn, None where it is not said.
        status: the two last rows.
        carried: the inventory.
        beside: direction → names of what is in the next place that way.
    """

    rows: tuple[str, ...]
    here: Point | None
    asking: bool
    message: str
    level: int
    health: float
    hit_points: int
    turn: int | None
    status: str
    carried: str
    beside: Mapping[str, tuple[str, ...]]

    def at(self, place: Point) -> str:
        """The character shown at a place; a space outside the level."""
        return self.around(place)[4]

    def around(self, place: Point) -> str:
        """The nine characters of a place and its neighbours, row by row."""
        x, y = place
        if not (0 <= y < LEVEL_ROWS and 0 <= x <= LAST_COLUMN):
            return " " * 9
        above, row, below = self._padded[y : y + 3]
        return above[x : x + 3] + row[x : x + 3] + below[x : x + 3]

    @cached_property
    def _padded(self) -> list[str]:
        """The rows with a blank margin, so that every place has nine characters around."""
        width = LAST_COLUMN + 3
        rows = [f" {row}".ljust(width) for row in self.rows]
        return [" " * width, *rows, *[" " * width] * (LEVEL_ROWS + 1 - len(rows))]


def read_screen(text: str, here: Point | None) -> Screen:
    """Read the last observation in `text`; what it does not say is absent.

    Arguments:
        text: what the prompt says.
        here: the agent's place, where the prompt says it beside the observation.
    """
    sections = _sections(text)
    lines = sections.get("map", "").split("\n")[1:24]
    rows, status = tuple(lines[:LEVEL_ROWS]), "\n".join(lines[LEVEL_ROWS:])
    told = status or sections.get("statistics", "")
    cursor = _PLACE.search(sections.get("cursor", ""))
    # The cursor is given by the terminal's rows, of which the first is not the level's.
    place = (int(cursor[1]), int(cursor[2]) - 1) if cursor else None
    level, health, turn = _LEVEL.search(told), _HEALTH.search(told), _TURN.search(told)
    asking = place is not None and not 0 <= place[1] < LEVEL_ROWS
    return Screen(
        rows=rows,
        here=here or _only_agent(rows) if asking or place is None else place,
        asking=asking,
        message=" ".join(sections.get("message", "").split()),
        level=int(level[1]) if level else 1,
        health=int(health[1]) / max(1, int(health[2])) if health else 1.0,
        hit_points=int(health[1]) if health else 99,
        turn=int(turn[1]) if turn else None,
        status=told,
        carried=sections.get("inventory", ""),
        beside=_beside(sections.get("language observation", "")),
    )


def observation_of(text: str) -> str:
    """The last observation in `text`, without what the prompt says around it; all of it where none is found."""
    begin = text.rfind("message:\n")
    inventory = text.find("inventory:\n", max(begin, 0))
    end = text.find("\n\n", inventory) if inventory >= 0 else -1
    return text[max(begin, 0) : end if end >= 0 else len(text)]


def _sections(text: str) -> dict[str, str]:
    """Section name → what follows it up to the next, of the last observation in the text."""
    marks = list(_SECTION.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return {mark[1]: text[mark.end() : end] for mark, end in zip(marks, ends, strict=False)}


def _only_agent(rows: tuple[str, ...]) -> Point | None:
    """The place of the only @ on the level; None where there is none or several."""
    found = [(match.start(), y) for y, row in enumerate(rows) for match in re.finditer("@", row)]
    return found[0] if len(found) == 1 else None


def _beside(text: str) -> dict[str, tuple[str, ...]]:
    beside: dict[str, tuple[str, ...]] = {}
    for match in _NAMED.finditer(text):
        for word in re.split(r", | and |,", match[2]):
            direction = word.strip()
            if direction in DIRECTIONS:
                beside[direction] = (*beside.get(direction, ()), match[1])
    return beside
