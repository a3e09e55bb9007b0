"""Pictures of episodes that are over, drawn by playing their actions again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from automem.envs.base import Drawable, Environment, World
from automem.errors import AutoMemError


def picture(
    world: World, task: str, seed: int, settings: Mapping[str, Any], actions: Sequence[str], size: int
) -> bytes:
    """A PNG of what is seen after `actions`; its longer side has `size` pixels.

    Raises:
        AutoMemError: the world has no pictures, none of that size, or the actions are no episode of it.
    """
    with closing(world.start(task, seed, settings)) as episode:
        episode.reset()
        for action in actions:
            episode.step(action)
        return draw(episode, size)


def draw(episode: Environment, size: int) -> bytes:
    """A PNG of what is seen now.

    Raises:
        AutoMemError: the episode's world has no pictures, or none of that size.
    """
    if not isinstance(episode, Drawable):
        raise AutoMemError("this world has no pictures; its text is all there is to see")
    return episode.draw(size)
