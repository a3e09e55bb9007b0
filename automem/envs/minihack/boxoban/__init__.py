"""Boxoban, MiniHack's box-pushing task, with levels out of the user's folder or made up.

`level` is one level and the text format of the published files, `folder` reads those, `generated` makes
levels up, `find` decides between them, and `game` plays a level in NetHack.
"""

from __future__ import annotations

from automem.envs.minihack.boxoban.find import Levels, find_levels
from automem.envs.minihack.boxoban.folder import FOLDERS
from automem.envs.minihack.boxoban.game import BoxobanGame
from automem.envs.minihack.boxoban.level import Level

__all__ = ["FOLDERS", "BoxobanGame", "Level", "Levels", "find_levels"]
