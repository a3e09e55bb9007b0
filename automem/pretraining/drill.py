"""Conversations made of nothing but looking things up: what a network must learn before play can teach it anything.

To say where the tree is, a network must compare the name it has just written with all names before, and copy what
stands beside the one that matches. A conversation of play holds one or two such lookups, a drill forty.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from automem.engines.base import Message
from automem.engines.scripted.crafter.rules import ACHIEVEMENTS
from automem.pretraining.talk import Talk
from automem.pretraining.wording import DIAGONAL, STRAIGHT

_KINDS = (
    *("water", "grass", "stone", "path", "sand", "tree", "lava", "coal", "iron", "diamond", "table", "furnace"),
    *("cow", "zombie", "skeleton", "arrow", "plant", "sapling", "wood"),
)
_BEARINGS = (*STRAIGHT, *DIAGONAL)
_ITEMS = (*_KINDS[:12], "wood_pickaxe", "stone_pickaxe", "iron_pickaxe", "wood_sword", "stone_sword", "iron_sword")
_OPENING = "Look things up."
_TIMES = 2  # each thing is asked for

Asked = tuple[str, str]
"""What is asked and the answer."""


def drills(count: int, seed: int) -> Iterator[Talk]:
    """So many drills, each with a prompt of its own.

    Arguments:
        count: how many.
        seed: decides them.
    """
    rng = random.Random(f"drills {seed}")
    for _ in range(count):
        parts = rng.sample(_PARTS, rng.randint(1, len(_PARTS)))
        shown, asked = zip(*(part(rng) for part in parts), strict=True)
        lines = [line for answers in asked for line in answers for _ in range(_TIMES)]
        rng.shuffle(lines)
        prompt = Message("user", "\n".join((_OPENING, *shown)), len(_OPENING))
        answer = Message("assistant", "\n".join(f"{topic}, {value}" for topic, value in lines))
        yield Talk((prompt, answer), "drill", quiz=True)


def _view(rng: random.Random) -> tuple[str, Sequence[Asked]]:
    lines, asked = ["You see:"], []
    for kind in rng.sample(_KINDS, rng.randint(2, 10)):
        steps = rng.randint(1, 8)
        bearing = rng.choice(_BEARINGS if steps > 1 else STRAIGHT)
        lines.append(f"- {kind} {steps} step{'s' if steps > 1 else ''} to your {bearing}")
        asked.append((f"{rng.choice(('Goal:', 'seen'))} {kind}", bearing))
    return "\n".join(lines), asked


def _inventory(rng: random.Random) -> tuple[str, Sequence[Asked]]:
    held = [(item, rng.randint(1, 9)) for item in rng.sample(_ITEMS, rng.randint(2, 10))]
    lines = (f"- {item}: {count}" for item, count in held)
    return "\n".join(("Your inventory:", *lines)), [(f"held {item}", str(count)) for item, count in held]


def _places(rng: random.Random) -> tuple[str, Sequence[Asked]]:
    lines, asked = ["map.md:"], []
    for kind in rng.sample(_KINDS, rng.randint(2, 6)):
        place = f"{rng.randint(-40, 40)},{rng.randint(-40, 40)}"
        way = f"{rng.randint(1, 50)} {rng.choice(_BEARINGS)}"
        lines.append(f"{place}|{kind}  [{way}]")
        asked += [(f"line {place}", kind), (f"way {place}", way), (f"Goal: {kind}", f"remembered {way}")]
    return "\n".join(lines), asked


def _facts(rng: random.Random) -> tuple[str, Sequence[Asked]]:
    every = sorted(ACHIEVEMENTS)
    done = rng.sample(every, rng.randint(1, 12))
    asked = [(f"done {fact}", "yes" if fact in done else "no") for fact in rng.sample(every, 6)]
    return "\n".join(("progress.md:", *done)), asked


_PARTS: tuple[Callable[[random.Random], tuple[str, Sequence[Asked]]], ...] = (_view, _inventory, _places, _facts)
