"""Questions at the end of conversations that are answered by looking up what stands there: `quizzed`.

What a player says holds one lookup or two: too few for a small network to learn soon how to find and copy. A quiz asks
for several at once, of a conversation whose prompt is read anyway.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace

from automem.engines.base import Message
from automem.engines.scripted.crafter.rules import ACHIEVEMENTS
from automem.engines.scripted.crafter.sight import read_sight
from automem.engines.scripted.plain.planner import recalled
from automem.engines.scripted.prompt import Page, read_page
from automem.envs.crafter.text import VITALS
from automem.pretraining.talk import Talk

_MOST = 6  # questions in one quiz
_ITEMS = ("sapling", "wood", "stone", "coal", "iron", "wood_pickaxe", "stone_pickaxe", "wood_sword", "stone_sword")
_LINE = re.compile(r"^(-?\d+,-?\d+)\|([a-z][a-z ]*?)(?:  \[([^\]]*)\])?$", re.MULTILINE)


def quizzed(talk: Talk, rng: random.Random) -> Talk:
    """The conversation with a quiz at its end; as it is, where there is nothing to ask."""
    found = list(_questions(read_page(talk.messages[:-1]), rng))
    if not found:
        return talk
    chosen = rng.sample(found, min(_MOST, len(found)))
    question = Message("user", "Quiz: " + "; ".join(topic for topic, _ in chosen))
    answer = Message("assistant", "\n".join(f"{topic}, {value}" for topic, value in chosen))
    return replace(talk, messages=(*talk.messages, question, answer), quiz=True)


def _questions(page: Page, rng: random.Random) -> Iterator[tuple[str, str]]:
    """What can be asked of a conversation, and the answers."""
    sight, recall = read_sight(page.text), recalled(page)
    for kind, seen in sight.seen.items():
        yield f"seen {kind}", "-".join(seen.words)
    if sight.items:
        for item in sorted({*rng.sample(_ITEMS, 2), *sight.items} - {*VITALS}):
            yield f"held {item}", str(sight.count(item))
    if recall.asked:
        for fact in rng.sample(sorted(ACHIEVEMENTS), 3):
            yield f"done {fact}", "yes" if fact in recall.facts else "no"
    for place, what, bearing in _LINE.findall("\n".join(page.results)):
        yield f"line {place}", what
        if bearing:
            yield f"way {place}", bearing
    if page.here is not None:
        yield "here", "{},{}".format(*page.here)
