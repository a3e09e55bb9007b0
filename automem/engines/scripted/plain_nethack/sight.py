"""What one prompt of a compact scaffold of the NetHack family shows, line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from automem.engines.scripted.prompt import Page, Point

_LEVEL = re.compile(r"\b(?:Dlvl|Level|Depth):? (\d{1,2})\b")
_HEALTH = re.compile(r"\bHP:? ?(-?\d{1,4})(?: of |/|\()(\d{1,4})")
_TURN = re.compile(r"\bturn:? (\d{1,7})", re.IGNORECASE)
_PAST = re.compile(r"^\W*step \d+: ([\w ]+?) -> ([^\n]+)$", re.MULTILINE)
_MESSAGE = re.compile(r"^\W*(?:Message|The game says): ?([^\n]*)$", re.MULTILINE)
_WAITS = re.compile(r"\b(?:waits for|wants) an answer", re.IGNORECASE)
_BESIDE = re.compile(r"^\W*(?:Beside|Next to) you,? (\w+): (.+?) \((attack|open|push|danger)\)$", re.MULTILINE)
_FREE = re.compile(r"^\W*(?:Free|Open ways): ([\w, ]+)$", re.MULTILINE)
_WAY = re.compile(r"^\W*([A-Z][a-z]+(?: end)?) \[([\w -]+)\] at (\d{1,2}),(\d{1,2})(?:: ([a-z ]+))?$", re.MULTILINE)
_CURSOR = re.compile(r"^\W*Cursor(?: \[([\w -]+)\])?[^\n:]*: ([a-z ]+)$", re.MULTILINE)
_TRACED = re.compile(r"\bway back\b")
_SEARCHED = re.compile(r"[Ss]earched here for (\d{1,4}) turns")
_PATIENCE = re.compile(r"[Ss]earch(?:ed)? (?:\w+ )?for (\d{1,3}) turns at")
_STUCK = re.compile(r"^\W*WARNING: you have stayed", re.MULTILINE)

USUAL_PATIENCE = 8


@dataclass(frozen=True)
class Way:
    """A line that tells where something is and how the way there begins.

    Arguments:
        what: what lies there, such as `Stairs` or `Unexplored`.
        where: its distance and bearing as the prompt puts them, such as `3 north-east` or `here`.
        place: `x,y`.
        step: the action that begins the way; empty where the agent stands on it.
    """

    what: str
    where: str
    place: str
    step: str


@dataclass(frozen=True)
class Sight:
    """A prompt as the player sees it.

    Arguments:
        level: the dungeon level, as a word of the prompt.
        health: hit points as a share of the most there can be.
        hit_points: hit points.
        turn: the game's turn, 0 where the prompt does not say it.
        past: the last actions with what came of each, the latest last.
        message: what the game said last.
        waits: whether it waits for an answer.
        beside: direction, name and what a step there does, of what is in the way.
        free: directions that can be walked.
        ways: what lies where, in the order of the prompt.
        cursor: how far and which way the cursor of a journey has to go, and the action that moves it; empty for none.
        here: the agent's place.
        traced: whether it is for memory to tell where the agent has been, and the way back.
        searched: turns spent searching here.
        patience: turns after which a place has been searched enough.
        stuck: whether the prompt warns that the agent does not get away.
    """

    level: str
    health: float
    hit_points: int
    turn: int
    past: tuple[tuple[str, str], ...]
    message: str
    waits: bool
    beside: tuple[tuple[str, str, str], ...]
    free: tuple[str, ...]
    ways: tuple[Way, ...]
    cursor: tuple[str, str]
    here: Point
    traced: bool
    searched: int
    patience: int
    stuck: bool

    def done(self, back: int = 1) -> str:
        """The action that many steps ago; empty where the prompt does not tell."""
        return self.past[-back][0] if len(self.past) >= back else ""

    def of(self, *kinds: str) -> list[Way]:
        """The ways to things of some kinds, in the order of the prompt."""
        return [way for way in self.ways if way.what in kinds]

    def around(self, step: str) -> list[tuple[str, str]]:
        """Direction and name of what is beside the agent, by what a step there does."""
        return [(direction, name) for direction, name, does in self.beside if does == step]


def read_sight(page: Page) -> Sight:
    """Read a prompt; what it does not say is absent."""
    text = page.text
    level, health, turn = _LEVEL.search(text), _HEALTH.search(text), _TURN.search(text)
    message, free = _MESSAGE.search(text), _FREE.search(text)
    cursor = _CURSOR.search(text)
    searched, patience = _SEARCHED.search(text), _PATIENCE.search(page.lore)
    return Sight(
        level=level[1] if level else "1",
        health=int(health[1]) / max(1, int(health[2])) if health else 1.0,
        hit_points=int(health[1]) if health else 99,
        turn=int(turn[1]) if turn else 0,
        past=tuple(_PAST.findall(text)),
        message=message[1] if message else "",
        waits=_WAITS.search(text) is not None,
        beside=tuple(_BESIDE.findall(text)),
        free=tuple(free[1].split(", ")) if free else (),
        ways=tuple(Way(what, where, f"{x},{y}", step) for what, where, x, y, step in _WAY.findall(text)),
        cursor=(cursor[1] or "", cursor[2]) if cursor else ("", ""),
        here=page.here or (0, 0),
        traced=_TRACED.search(page.lore) is not None,
        searched=int(searched[1]) if searched else 0,
        patience=int(patience[1]) if patience else USUAL_PATIENCE,
        stuck=_STUCK.search(text) is not None,
    )
