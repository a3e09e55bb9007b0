"""What the prompt and the answers of memory tell of the past: the trail, achievements, remembered places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from automem.engines.scripted.crafter.rules import ACHIEVEMENTS, WALKABLE
from automem.engines.scripted.prompt import COMPASS, Page, Point

_LINE = re.compile(
    r"^(?:(\d+) )?((?:Move|Do|Noop|Sleep|Place|Make)[A-Za-z ]*): (?:at (-?\d+),(-?\d+), )?"
    r"faced ([\w-]+), food (\d)",
    re.MULTILINE,
)
_RECENT = re.compile(r"^\W*step (\d+): ([A-Z][A-Za-z ]*?) -> ([^\n]+)$", re.MULTILINE)
_PLACE = re.compile(r"^\(?(-?\d{1,6}), ?(-?\d{1,6})\)?[ |:]+([^\n\[]*?)(?: *\[(?:(\d+) )?([a-z-]+)\])?$", re.MULTILINE)
_OPEN = re.compile(r"^[ \t*-]*\[ \]")
_TICKS = re.compile(r"^[ \t*-]*\[[ x]\]", re.IGNORECASE | re.MULTILINE)
_DONE_LIST = re.compile(r"^[^\n:]*\b(?:achieved|unlocked|already|done so far)\b[^\n:]*:", re.IGNORECASE)


class Past(NamedTuple):
    """One past action, and how things stood after it; None for what was not kept."""

    action: str
    at: Point | None
    faced: str | None
    food: int | None
    step: int | None = None


class Place(NamedTuple):
    """A remembered place: what lies there, and where as seen from the agent, in steps east and south."""

    what: str
    offset: Point


@dataclass(frozen=True)
class Recall:
    """The past as far as it is known.

    Arguments:
        asked: whether memory has been asked, or the prompt shows achievements by itself; before that, nothing is
            known of them.
        trail: past actions, oldest first.
        facts: achievements known to be unlocked.
        places: remembered places.
    """

    asked: bool = False
    trail: tuple[Past, ...] = ()
    facts: frozenset[str] = frozenset()
    places: tuple[Place, ...] = field(default=())


def write_line(page: Page, faced: str, food: int) -> str:
    """The line of the action log about the last action; `read_recall` reads it back."""
    step = f"{page.step} " if page.step is not None else ""
    at = f"at {page.here[0]},{page.here[1]}, " if page.here else ""
    return f"{step}{page.last}: {at}faced {faced or 'nothing'}, food {food}"


def read_recall(page: Page) -> Recall:
    """What the results in a conversation and the history in its prompt tell."""
    answers = "\n".join(page.results)
    told = f"{page.text}\n{answers}"
    shown = _shown_facts(page)
    trail = [
        Past(match[2], _point(match[3], match[4]), match[5], int(match[6]), int(match[1]) if match[1] else None)
        for match in _LINE.finditer(told)
    ]
    return Recall(
        # a message that answers no command, such as the hand-off after an action that was withdrawn, tells nothing
        asked=shown is not None or (bool(page.results) and any("<|" in said for said in page.said)),
        trail=_in_order(trail) or tuple(_recent(page)),
        facts=frozenset(_facts(f"{shown or ''}\n{answers}")),
        places=tuple(_places(told, page.here)),
    )


def _in_order(trail: list[Past]) -> tuple[Past, ...]:
    """The trail without what was both shown and answered; a line shown twice counts once, where it stood last."""
    return (
        tuple(reversed(dict.fromkeys(reversed(trail))))
        if any(past.step is not None for past in trail)
        else tuple(trail)
    )


def _shown_facts(page: Page) -> str | None:
    """What the prompt shows of achievements by itself: ticked items, or what stands under a line that ends in a
    colon and names their file or says that they are achieved. None where it shows nothing of the kind.
    """
    blocks = []
    for block in re.split(r"\n[ \t]*\n", page.text):
        lines = block.split("\n")
        names = [n for n, line in enumerate(lines) if _DONE_LIST.match(line) or _is_heading(line, page)]
        if names:
            blocks.append("\n".join(lines[names[0] :]))
        elif _TICKS.search(block):
            blocks.append(block)
    return "\n".join(blocks) if blocks else None


def _is_heading(line: str, page: Page) -> bool:
    file = page.files.get("facts")
    return file is not None and file in line and line.rstrip().endswith(":")


def _point(x: str | None, y: str | None) -> Point | None:
    return (int(x), int(y)) if x is not None and y is not None else None


def _recent(page: Page) -> list[Past]:
    """The history a prompt shows, with places reckoned backwards from where the agent is."""
    here = page.here or (0, 0)
    pasts: list[Past] = []
    for match in reversed(list(_RECENT.finditer(page.text))):
        blocker = re.match(r"blocked by ([\w-]+)", match[3])
        pasts.append(Past(match[2], here, blocker[1] if blocker else None, None, int(match[1])))
        step = COMPASS.get(match[2].removeprefix("Move ").lower(), (0, 0))
        if match[3].startswith("moved"):
            here = (here[0] - step[0], here[1] - step[1])
    return pasts[::-1]


def _facts(told: str) -> set[str]:
    lines = (line for line in told.lower().replace("_", " ").split("\n") if not _OPEN.match(line))
    text = "\n".join(lines)
    return {name for name in ACHIEVEMENTS if name in text}


def _places(told: str, here: Point | None) -> list[Place]:
    places = []
    for match in _PLACE.finditer(told):
        x, y, what, distance, bearing = match.groups()
        if here is not None:
            places.append(Place(what, (int(x) - here[0], int(y) - here[1])))
        elif bearing is not None:
            places.append(Place(what, _along(bearing, int(distance or 0))))
    return places


def _along(bearing: str, distance: int) -> Point:
    """An offset of that distance and bearing, a diagonal one split evenly."""
    words = [word for word in bearing.split("-") if word in COMPASS]
    share = distance // len(words) if words else 0
    return sum(COMPASS[word][0] * share for word in words), sum(COMPASS[word][1] * share for word in words)


def is_walkable(faced: str | None) -> bool:
    """Whether one can walk onto what was faced."""
    return faced in WALKABLE
