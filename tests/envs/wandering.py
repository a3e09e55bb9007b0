"""Whole episodes of every task of NetHack and MiniHack by a fixed rule, and a hash of all that was seen.

Run as a program it prints the table that `wandering.txt` holds: world, task, seed, steps, hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from automem.envs import WORLDS
from automem.envs.base import Observation

RECORDED = Path(__file__).with_suffix(".txt")

# Boxoban's published levels are not ours to ship; and NetHack episodes end too soon or too late.
SETTINGS: dict[str, dict[str, Any]] = {
    "minihack": {"levels": "generated"},
    "nethack": {"max_steps": 2000, "no_progress": 1000},
}
_SEEDS = {"minihack": (42, 43), "nethack": (42, 62, 63)}  # the last two go down stairs
_OFTEN = ("north", "south", "east", "west", "southeast", "far west", "far south", "far east", "far north")
_SOMETIMES = ("search", "down", "esc", "northwest")
_DESCENT = ("travel", "down", "wait", "down")  # to the stairs down that are known, and down


class Episode(NamedTuple):
    """One row of the table."""

    world: str
    task: str
    seed: int
    steps: int
    sha256: str

    def __str__(self) -> str:
        return " ".join(map(str, self))


def actions(names: Sequence[str], seed: int) -> Iterator[str]:
    """An endless run of actions by a generator of our own, so that no library's can change it."""
    usual = [name for name in (*_OFTEN * 4, *_SOMETIMES * 2) if name in names]
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        if (state >> 56) % 32 == 1 and "travel" in names:
            yield from _DESCENT
        elif (state >> 56) % 8 == 0:
            yield names[(state >> 33) % len(names)]
        else:
            yield from [usual[(state >> 33) % len(usual)]] * (1 + (state >> 62))  # walks get somewhere


def wander(world: str, task: str, seed: int) -> Iterator[Observation]:
    """Every observation of one episode, the first to the last."""
    there, settings = WORLDS.load(world), SETTINGS[world]
    with closing(there.start(task, seed, settings)) as episode:
        yield episode.reset()
        for action in actions(there.describe(task, settings).actions, seed):
            observation = episode.step(action)
            yield observation
            if observation.done:
                break


def digest(world: str, task: str, seed: int) -> Episode:
    """One episode as a row."""
    sha, count = hashlib.sha256(), 0
    for count, seen in enumerate(wander(world, task, seed)):  # noqa: B007  # the last one is the number of steps
        outcome = f"{seen.reward:.6f} {seen.progression} {seen.events} {seen.end}"
        sha.update("\0".join((seen.text, outcome, json.dumps(dict(seen.data), sort_keys=True), "")).encode())
    return Episode(world, task, seed, count, sha.hexdigest())


def table() -> Iterator[Episode]:
    """Every row that all machines and interpreters must reproduce."""
    for world, seeds in _SEEDS.items():
        for task in WORLDS.load(world).tasks():
            for seed in seeds:
                yield digest(world, task, seed)


if __name__ == "__main__":
    for row in table():
        print(row)
