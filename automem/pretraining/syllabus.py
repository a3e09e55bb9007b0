"""Which episodes the model in the box is taught on: scaffolds and their variants, teachers, tasks, seeds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from automem.engines.scripted import plain, plain_nethack
from automem.engines.scripted.plain.habits import CAREFUL, FORGETFUL, HASTY, Habits
from automem.envs import WORLDS
from automem.errors import AutoMemError
from automem.library import shipped_spec
from automem.pretraining import variants, variants_nethack
from automem.pretraining.collect import Lesson
from automem.pretraining.variants import Changes, Data, scaffold_of, vary
from automem.spec.resolve import ResolvedScaffold
from automem.spec.source import read_document

FIRST_SEED = 20_000
"""Seeds from here on are for teaching; evaluations and experiments stay below."""
STUMBLES = 0.06
"""How often a teacher's action is not played but another: the situations it leads to must be known too."""
_HABITS: tuple[tuple[Habits, float], ...] = ((CAREFUL, 0.5), (HASTY, 0.25), (FORGETFUL, 0.25))
_SPLIT = 0.2  # of the episodes are played as specialist and base play
_PER_VARIANT = 2  # episodes, so that enough conversations share a prefix
_CHANGES: dict[str, Changes] = {
    "crafter/compact.yaml": variants.CHANGES,
    "minihack/compact.yaml": variants_nethack.CHANGES,
    "nethack/compact.yaml": variants_nethack.CHANGES,
    "minihack/traced.yaml": variants_nethack.TRACED_CHANGES,
}
_WALKS = ("MazeWalk-9x9", "MazeWalk-15x15")
MAZES = (*_WALKS, "Corridor-R3")
"""The tasks of MiniHack that are taught."""


@dataclass(frozen=True)
class Part:
    """A share of the syllabus.

    Arguments:
        scaffold: a shipped one.
        episodes: how many are played.
        varied: whether each few of them have a variant of their own.
        tasks: played in turn; the world's only one where none is named.
        steps: the longest that an episode may be; some end half-way.
    """

    scaffold: str
    episodes: int
    varied: bool = False
    tasks: tuple[str, ...] = ()
    steps: int = 300


SYLLABUS = (
    Part("crafter/compact.yaml", 80),
    Part("crafter/compact.yaml", 140, varied=True),
    Part("crafter/v0.yaml", 40),
    Part("minihack/compact.yaml", 36, tasks=MAZES, steps=100),
    Part("minihack/compact.yaml", 36, varied=True, tasks=MAZES, steps=100),
    Part("minihack/traced.yaml", 36, tasks=_WALKS, steps=100),
    Part("nethack/compact.yaml", 9, steps=400),
    Part("nethack/compact.yaml", 9, varied=True, steps=400),
)


@dataclass(frozen=True)
class Offer:
    """A shipped scaffold, or one variant of it; called, it gives it.

    Arguments:
        scaffold: its name among the shipped ones.
        draw: decides the variant; empty for the scaffold as it is.
    """

    scaffold: str
    draw: str = ""

    def __call__(self) -> ResolvedScaffold:
        """The scaffold."""
        return _made(self)


def lessons(parts: tuple[Part, ...] = SYLLABUS, share: float = 1.0, seed: int = 0) -> Iterator[Lesson]:
    """Every lesson of some parts, in a fixed order.

    Arguments:
        share: the share of the episodes that is taken, above 0 and up to 1.
        seed: of all that is drawn.
    """
    at = FIRST_SEED
    for number, part in enumerate(parts):
        for episode in range(round(part.episodes * share)):
            at += 1
            rng = random.Random(f"{seed} {number} {episode}")
            draw = f"{seed} {number} {episode // _PER_VARIANT}" if part.varied else ""
            yield _lesson(part, Offer(part.scaffold, draw), episode, at, rng)


def _lesson(part: Part, offer: Offer, episode: int, seed: int, rng: random.Random) -> Lesson:
    world = _data(part.scaffold)["env"]
    habits = rng.choices([habits for habits, _ in _HABITS], [rate for _, rate in _HABITS])[0]
    teacher = plain.play if world == "crafter" else plain_nethack.play
    return Lesson(
        scaffold=offer,
        world=world,
        task=part.tasks[episode % len(part.tasks)] if part.tasks else _only_task(world),
        seed=seed,
        steps=rng.choice((part.steps // 2, part.steps)),
        player=replace(teacher, habits=habits),
        split=rng.random() < _SPLIT,
        stumbles=STUMBLES,
    )


def _only_task(world: str) -> str:
    return WORLDS.load(world).tasks()[0]


@lru_cache(maxsize=8)
def _made(offer: Offer) -> ResolvedScaffold:
    base = _data(offer.scaffold)
    return vary(base, random.Random(offer.draw), _CHANGES[offer.scaffold]) if offer.draw else scaffold_of(base)


@cache
def _data(name: str) -> Data:
    path = shipped_spec(name)
    if path is None:
        raise AutoMemError(f"no scaffold {name} is shipped")
    return read_document(path).plain()
