"""NetHack: the Challenge task of the `nle` package, as text and reproducible.

`keys` says which actions there are and which keys they press; `game` plays one game of any nle environment,
reproducibly; `episode` makes an episode of it, for MiniHack too; `progress` measures success; `picture` draws
the map; `world` puts them together as the engine asks for a world. What is read comes from `text`, which
stands on `screen`, `language` and `glyphs`; `data` is the map as plain data.

The world is imported when it is first asked for, so that `data` can be used where nle is not installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from automem.envs.nethack.packages import require

if TYPE_CHECKING:
    from automem.envs.nethack.world import NetHackWorld

__all__ = ["WORLD"]  # given by __getattr__


def __getattr__(name: str) -> NetHackWorld:
    if name != "WORLD":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    require("nle")
    from automem.envs.nethack import world

    return world.WORLD
