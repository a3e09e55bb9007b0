"""Plays NetHack and MiniHack at random and by script, and records the arrays that nle gives.

First of three steps, see README.md: `python record.py ARRAYS.npz`, in the project's environment.
"""

from __future__ import annotations

import argparse
import random
from itertools import count
from pathlib import Path

import gymnasium
import minihack  # noqa: F401 (registers its tasks)
import numpy as np
from nle import nethack
from numpy.typing import NDArray

KEYS = ("glyphs", "blstats", "tty_chars", "tty_cursor", "inv_letters", "inv_strs")
ROLES = ("mon-hum-neu-mal", "sam", "wiz-elf", "val-dwa", "arc", "tou", "pri-fem", "cav-gno", "kni", "hea")
TASKS = ("MazeWalk-9x9", "MazeWalk-15x15", "Corridor-R3", "CorridorBattle-Dark", "Quest-Easy", "Quest-Medium")
OBSERVATIONS, PER_GAME = 10_000, 350  # of each kind of play

MOVES = [*map(ord, "hjklyubnHJKLYUBNs><.")]
# All commands but saving, which ends the game at once, and suspending.
COMMANDS = [int(action) for action in nethack.ACTIONS if int(action) not in (ord("S"), 0x1A)]
MENUS = [*map(ord, "i+\\*$V/^:;?EOdezqrT"), 0x18, 0x0F, 0xE3, 0xE5, 0xEF]
ANSWERS = [*map(ord, "abcdefghijyn\r ?*.,<>hjkl")]
ESCAPE = 0x1B
QUIT = "\xf1y" + 10 * "y " + 4 * "\r"

MONSTERS = (
    *("lurker above", "trapper", "purple worm", "ochre jelly", "lich", "floating eye", "cobra", "stalker", "ghost"),
    *("leprechaun", "mumak", "gas spore", "yellow light", "horse", "nurse", "soldier", "giant mimic", "tame kitten"),
)
# What is drunk or put on in a game of the debug mode, each in its turn, and what else is wished for.
POTIONS = ("hallucination", "blindness", "confusion", "levitation", "see invisible", "object detection", "sickness")
WISHES = (
    *("7 cursed potions of monster detection", "blessed ring of warning", "wand of create monster", "wand of fire"),
    *("blessed wand of digging", "2 cursed scrolls of amnesia", "wand of cold", "7 rocks"),
    *("scroll of stinking cloud", "statue of a newt", "amulet of strangulation", "worthless gem", "saddle"),
    *("scroll of fire", "ring of polymorph", "3 corpses of a cockatrice", "spellbook of light"),
)


class Recorder:
    """Keeps each distinct observation once, in order."""

    def __init__(self) -> None:
        self.columns: dict[str, list[NDArray[np.generic]]] = {key: [] for key in KEYS}
        self._known: set[int] = set()

    def __len__(self) -> int:
        return len(self._known)

    def keep(self, *arrays: NDArray[np.generic]) -> None:
        identity = hash(tuple(array.tobytes() for array in arrays))
        if identity not in self._known:
            self._known.add(identity)
            for key, array in zip(KEYS, arrays, strict=True):
                self.columns[key].append(array.copy())

    def save(self, path: Path) -> None:
        np.savez_compressed(path, **{key: np.stack(column) for key, column in self.columns.items()})


def random_keys(rng: random.Random) -> list[int]:
    """A move, or a command with answers to what it may ask."""
    if rng.random() < 0.8:
        return [rng.choice(MOVES)]
    return [rng.choice(rng.choice((COMMANDS, MENUS))), *rng.choices(ANSWERS, k=rng.randint(0, 3)), ESCAPE]


class Game:
    """A game of NetHack by single keys, death screens included."""

    def __init__(self, recorder: Recorder, role: str, seed: int, *, is_wizard: bool = False) -> None:
        self._recorder = recorder
        self._game = nethack.Nethack(KEYS, f"Agent-{role}", ttyrec=None, wizard=is_wizard, fix_moon_phase=True)
        self._game.set_initial_seeds(seed, seed)
        self._seen, self.is_over = self._game.reset(), False
        recorder.keep(*self._seen)

    def press(self, keys: str | list[int], *, only_last: bool = False) -> None:
        """Press keys one by one and keep what is seen after each, or only after the last."""
        codes = [*map(ord, keys)] if isinstance(keys, str) else keys
        for number, code in enumerate(codes, 1):
            if not self.is_over:
                self._seen, self.is_over = self._game.step(code)
                if number == len(codes) or not only_last:
                    self._recorder.keep(*self._seen)

    def enter(self, words: str) -> None:
        self.press(words, only_last=True)
        self.press("\r")

    def wish(self, words: str) -> str:
        """The inventory letter of what was wished for; escape if it was not granted."""
        self.press("\x17")
        self.enter(words)
        said = bytes(self._seen[KEYS.index("tty_chars")][0]).decode("latin-1")
        self.press("\r\r" if "--More--" in said else "")
        return said[0] if said[1:4] == " - " else chr(ESCAPE)

    def close(self) -> None:
        self._game.close()


def at_random(recorder: Recorder) -> None:
    goal = len(recorder) + OBSERVATIONS
    for seed in count(1000):
        game, rng, end = Game(recorder, ROLES[seed % len(ROLES)], seed), random.Random(seed), len(recorder) + PER_GAME
        while not game.is_over and len(recorder) < end:
            game.press(random_keys(rng))
        game.press(QUIT)
        game.close()
        if len(recorder) >= goal:
            return


def wizardry(recorder: Recorder) -> None:
    """Rare sights, by the debug mode: levels of all branches, wishes, monsters, hallucination, blindness, riding."""
    goal = len(recorder) + OBSERVATIONS
    for seed in count(1):
        # The debug mode asks for the role again.
        game, rng, end = Game(recorder, "", seed, is_wizard=True), random.Random(seed), len(recorder) + PER_GAME
        game.press("yy\r\r")
        letters = [game.wish(words) for words in WISHES]
        drink = game.wish(f"7 cursed potions of {POTIONS[seed % len(POTIONS)]}")
        game.press(f"P{letters[1]}r")
        while not game.is_over and len(recorder) < end:
            rng.choices(DEEDS, WEIGHTS)[0](game, rng, [drink, *letters])
            game.press(rng.choice(("n", "\r", "\r\r", "\x1b", "")))
        game.close()
        if len(recorder) >= goal:
            return


def to_level(game: Game, rng: random.Random, _letters: list[str]) -> None:
    game.press("\x16")
    game.enter(rng.choice(("?", str(rng.randint(1, 50)))))
    game.press(rng.choice(("", ">", ">>")) + rng.choice("abcdefghijklmnopqrstuvwxyz") + "\r\x1b\x06")


def create(game: Game, rng: random.Random, _letters: list[str]) -> None:
    game.press("\x07")
    game.enter(rng.choice(MONSTERS))


def use(game: Game, rng: random.Random, letters: list[str]) -> None:
    letter, direction = rng.choice(letters), rng.choice("hjklyubn.")
    game.press({0: f"q{letter}", 1: f"z{letter}{direction}", 2: f"r{letter}", 3: f"P{letter}r"}[rng.randrange(4)])
    game.press(rng.choice(("", f"d{letter}", f"t{letter}{direction}", f"a{letter}{direction}")))


def drink(game: Game, _rng: random.Random, letters: list[str]) -> None:
    game.press(f"q{letters[0]}")


def extended(game: Game, rng: random.Random, _letters: list[str]) -> None:
    game.press("#")
    game.enter(rng.choice(("ride", "polyself", "pray", "sit", "terrain", "overview", "monster", "untrap", "vision")))
    game.press(rng.choice(("hjkl", "vampire lord\r", "xorn\r", "y\r\r\r", "hl.")))


def detect(game: Game, rng: random.Random, _letters: list[str]) -> None:
    game.press(rng.choice(("\x06", "\x05", "\x14", "\x09", "\x0f")))


def wander(game: Game, rng: random.Random, _letters: list[str]) -> None:
    for _ in range(6):
        game.press(random_keys(rng))


DEEDS = (to_level, create, use, drink, extended, detect, wander)
WEIGHTS = (5, 5, 4, 1, 2, 4, 8)


def minihack_tasks(recorder: Recorder) -> None:
    actions = tuple(nethack.ACTIONS)
    places = {int(action): place for place, action in enumerate(actions)}
    for task in TASKS:
        env = gymnasium.make(f"MiniHack-{task}-v0", observation_keys=KEYS, actions=actions, disable_env_checker=True)
        rng, goal = random.Random(task), len(recorder) + OBSERVATIONS // len(TASKS)
        for seed in count(1):
            env.unwrapped.seed(seed, seed, reseed=False)
            seen, is_over = env.reset()[0], False
            recorder.keep(*(seen[key] for key in KEYS))
            while not is_over:
                for key in random_keys(rng):
                    seen, _, terminated, truncated, _ = env.step(places.get(key, 0))
                    recorder.keep(*(seen[name] for name in KEYS))
                    is_over = terminated or truncated
                    if is_over:
                        break
            if len(recorder) >= goal:
                break
        env.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("arrays", type=Path, help="the .npz file to write")
    path, recorder = parser.parse_args().arrays, Recorder()
    for play in (at_random, wizardry, minihack_tasks):
        before = len(recorder)
        play(recorder)
        print(f"{play.__name__}: {len(recorder) - before} observations")
    recorder.save(path)


if __name__ == "__main__":
    main()
