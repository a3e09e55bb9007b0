"""A player of keymaze by rules: it walks by the map it keeps in memory, and blindly where it has none."""

from __future__ import annotations

import random
import re

from keymaze import BACK

from automem.engines import Request

Map = dict[tuple[str, str], str]  # (room, way) → room, `red door` or `unknown`


def play(request: Request) -> str:
    """The answer to a prompt; a second message from the user holds what memory answered."""
    prompt, recalled = request.messages[0].text, request.messages[-1].text if len(request.messages) > 1 else None
    if "PHASE LOG" in prompt:
        return _ask(f"SEARCH|>{_room(prompt)}") if recalled is None else _notes(prompt, _map(recalled))
    if action := _at_hand(prompt):
        return _ask(f"ACTION|>{action}")
    if "<|READ|>" not in prompt:
        return _ask(f"ACTION|>{random.Random(request.seed).choice(_passages(prompt))}")
    if recalled is None:
        held = _key(prompt)
        return "<|READ|>" + (_ask(f"SEARCH|>{held} door") if held else "")
    return _ask(f"ACTION|>{_way(prompt, _map(recalled))}")


def _ask(op: str) -> str:
    return f"<|{op}<|END|>"


def _room(prompt: str) -> str:
    return str(re.findall(r"^You are in the (\w+)\.$", prompt, re.MULTILINE)[-1])


def _exits(prompt: str) -> dict[str, str]:
    """Way → what can be seen of it: `red door` where it is locked, else `unknown`."""
    line = re.findall(r"^Exits: (.*)\.$", prompt, re.MULTILINE)[-1]
    return {way: door or "unknown" for way, door in re.findall(r"(\w+)(?: \((\w+ door)\))?(?:, |$)", line)}


def _passages(prompt: str) -> list[str]:
    return [way for way, seen in _exits(prompt).items() if seen == "unknown"]


def _key(prompt: str) -> str:
    held = re.search(r"^You hold the (\w+) key\.$", prompt, re.MULTILINE)
    return held[1] if held else ""


def _at_hand(prompt: str) -> str:
    """What can be done on the spot, without knowing any other room."""
    if re.search(r"^The \w+ key lies here\.$", prompt, re.MULTILINE):
        return "take"
    return "open" if f"{_key(prompt)} door" in _exits(prompt).values() else ""


def _map(recalled: str) -> Map:
    return {(room, way): where for room, way, where in re.findall(r"^(\w+) (\w+)\|(.+)$", recalled, re.MULTILINE)}


def _notes(prompt: str, known: Map) -> str:
    """Ops that note what the map does not say yet of this room, and of the way that led here."""
    room, notes = _room(prompt), Map()
    for way, seen in _exits(prompt).items():
        before = known.get((room, way), "")
        if not before or before.endswith("door"):
            notes[room, way] = seen
    left, did = re.search(r"came from the (\w+)", prompt), re.search(r"You did: (\w+)", prompt)
    if left and did and did[1] in BACK and left[1] != room:
        notes |= {(left[1], did[1]): room, (room, BACK[did[1]]): left[1]}
    news = {place: where for place, where in notes.items() if known.get(place) != where}
    return "".join(_ask(f"NOTE|>{place[0]} {place[1]}|{where}") + "\n" for place, where in news.items()) + "<|DONE|>"


def _way(prompt: str, known: Map) -> str:
    """The first step to the door of the key in hand where one is noted, else to the nearest unknown way."""
    room, wanted = _room(prompt), f"{_key(prompt)} door"
    if not any(place == room for place, _ in known):
        return "look"  # nothing is noted yet: the first step has no LOG
    goal = wanted if wanted in known.values() else "unknown"
    paths: dict[str, str] = {room: ""}  # room → first step on the way to it, nearest rooms first
    for here in (queue := [room]):
        ways = [(way, where) for (place, way), where in known.items() if place == here]
        for way, where in ways:
            if where == goal:
                return paths[here] or way
        for way, where in ways:
            if " " not in where and where not in ("unknown", *paths):
                paths[where] = paths[here] or way
                queue.append(where)
    return "look"
