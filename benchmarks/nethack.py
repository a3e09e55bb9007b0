"""NetHack and MiniHack as this project plays them against the packages bare: steps a second, and seconds a reset."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from automem.envs import WORLDS
from automem.envs.nethack.game import Challenge, Game
from automem.envs.nethack.keys import COMMANDS, MOVES

STEPS = 2000
RESETS = 5
ACTIONS = tuple(MOVES)

Step = Callable[[str], bool]
"""Plays one action; whether the episode is over."""


class Way(NamedTuple):
    """One way to play a task.

    Arguments:
        name: for the table.
        begin: makes and resets an episode of a seed; gives its step and its close.
    """

    name: str
    begin: Callable[[int], tuple[Step, Callable[[], None]]]


def ways(world: str, task: str) -> Iterator[Way]:
    """The package bare, our game without text, and an episode with text and data."""
    if world == "nethack":
        from nle.env.tasks import NetHackChallenge

        yield Way("package, bare", lambda seed: _bare(NetHackChallenge))
        yield Way("ours, pages turned and arrays copied", _ours_bare)
    else:
        from automem.envs.minihack.tasks import TASKS

        if not _is_boxoban(task):  # the package's own Boxoban does not start with nle 1.3.0
            yield Way("package, bare", lambda seed: _bare(TASKS[task].kind.__bases__[-1]))
    yield Way("ours, with text", lambda seed: _ours(world, task, seed))


def _bare(kind: Callable[..., Any]) -> tuple[Step, Callable[[], None]]:
    env = kind(savedir=None, character="@")
    env.reset()
    wanted = {name: env.actions.index(COMMANDS[name].key) for name in ACTIONS}
    return lambda action: bool(env.step(wanted[action])[2]), env.close


def _ours_bare(seed: int) -> tuple[Step, Callable[[], None]]:
    game = Game(Challenge, seed)
    game.look()
    return lambda action: bool(game.press(COMMANDS[action].key).end), game.close


def _ours(world: str, task: str, seed: int) -> tuple[Step, Callable[[], None]]:
    levels = {"levels": "generated"} if _is_boxoban(task) else {}
    episode = WORLDS.load(world).start(task, seed, {"max_steps": STEPS, **levels})
    episode.reset()
    return lambda action: episode.step(action).done, episode.close


def _is_boxoban(task: str) -> bool:
    return task.startswith("Boxoban")


def measure(way: Way, actions: tuple[str, ...]) -> tuple[float, float]:
    """Steps a second over random actions, and the mean seconds of making and resetting an episode."""
    chance, taken, played, made, seed = random.Random(0), 0, 0.0, [], 0
    while taken < STEPS or seed < RESETS:
        started = time.perf_counter()
        step, close = way.begin(seed)
        made.append(time.perf_counter() - started)
        started, over = time.perf_counter(), taken >= STEPS
        while not over:
            over = step(chance.choice(actions))
            taken += 1
            over = over or taken >= STEPS
        played += time.perf_counter() - started
        close()
        seed += 1
    return taken / played, sum(made) / len(made)


def main() -> None:
    """Measure every task in one run, each with its ratio to the package's."""
    print("NetHack and MiniHack, one core, random moves")
    for world in ("nethack", "minihack"):
        for task in WORLDS.load(world).tasks():
            usual = None
            for way in ways(world, task):
                speed, reset = measure(way, ACTIONS[:4] if _is_boxoban(task) else ACTIONS)
                usual = usual or speed
                ratio = f"{speed / usual:5.2f} x the bare package" if usual != speed else ""
                print(
                    f"  {task:<20}{way.name:<37}{speed:7.0f} steps/s  {reset * 1000:4.0f} ms a reset  {ratio}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
