"""What the typed built-ins of the NetHack family cost for each observation."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from typing import Any

from automem.agent.extract import BUILTINS
from automem.envs import WORLDS, Observation
from automem.envs.nethack.keys import MOVES

STEPS = 2000
RULES: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("status", {}),
    ("game_prompt", {}),
    ("visits", {}),
    ("grid_map", {}),
    ("grid_map", {"path": True, "frontier": 5}),
)


def observations(seed: int) -> list[Observation]:
    """An episode of NetHack by random walks, at most `STEPS` long."""
    episode = WORLDS.load("nethack").start("NetHackChallenge", seed, {"max_steps": STEPS, "no_progress": STEPS})
    chance, ways = random.Random(seed), [*MOVES, *(f"far {way}" for way in MOVES)]
    seen = [episode.reset()]
    while not seen[-1].done:
        seen.append(episode.step(chance.choice(ways)))
    episode.close()
    return seen


def microseconds(name: str, parameters: Mapping[str, Any], episodes: Sequence[Sequence[Observation]]) -> float:
    """The mean over all observations, each built-in carried on from the one before."""
    info = WORLDS.load("nethack").describe("NetHackChallenge", {})
    extract, count, started = BUILTINS.load(name)(parameters, info), 0, time.perf_counter()
    for episode in episodes:
        value = None
        for seen in episode:
            value = extract(seen, {}, value)
        count += len(episode)
    return (time.perf_counter() - started) / count * 1e6


def main() -> None:
    """Measure all in one run."""
    episodes = [observations(seed) for seed in range(5)]
    print(f"Built-ins of the NetHack family, {sum(map(len, episodes)):,} observations, one core")
    for name, parameters in RULES:
        settings = ", ".join(f"{key}: {value}" for key, value in parameters.items())
        what = f"{name} {{{settings}}}" if settings else name
        print(f"  {what:<40} {microseconds(name, parameters, episodes):6.0f} µs")


if __name__ == "__main__":
    main()
