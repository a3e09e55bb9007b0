"""MiniHack: the eight tasks of BALROG, small levels of NetHack with a goal, as text and reproducible.

`tasks` says which tasks there are and how each game is made; `boxoban` has the levels of two of them; `world`
puts them together as the engine asks for a world. Games, episodes and texts are those of
`automem.envs.nethack`.
"""

from __future__ import annotations

from automem.envs.nethack.packages import require

require("nle")
require("minihack")

from automem.envs.minihack.world import WORLD, MiniHackWorld  # noqa: E402  # only now is it known what is missing

__all__ = ["WORLD", "MiniHackWorld"]
