"""A level as far as it is known: what is shown, what lies beneath, and what a step does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automem.envs.nethack.builtins.compass import COMPASS
from automem.envs.nethack.builtins.search import FREE, SHUT, STRAIGHT, WIDTH
from automem.envs.nethack.cells import DOORS, KINDS, NAMES, STEPS, Step, glyphs_of

Glyphs = NDArray[np.int16]

_IS_DOOR = glyphs_of(DOORS)
_IS_ENTERED = glyphs_of(kind for kind, step in STEPS.items() if step in ("walk", "swap"))
_IS_DANGER = glyphs_of(kind for kind, step in STEPS.items() if step == "danger")
_ROLLS_ONTO = frozenset({"walk", "danger", "unknown"})
_SOKOBAN = "4:"  # its number among the dungeons


@dataclass(frozen=True)
class Level:
    """Cells in rows of `WIDTH`, with a frame of `EDGE` around the map's: row `y` + 1 and column `x` + 1 of it.

    Arguments:
        name: `dungeon:level`, two numbers.
        place: column and row of the agent.
        shown: by cell, the glyph on top; where the game shows nothing now, what is remembered.
        ground: by cell, the glyph of what it is made of, beneath all that lies and stands there;
            `STONE` where that was never seen.
        memory: what is remembered of this and all other levels, for the next observation.
    """

    name: str
    place: tuple[int, int]
    shown: Glyphs
    ground: Glyphs
    memory: Mapping[str, Any]

    @property
    def cell(self) -> int:
        """The agent's own cell, counted along the rows."""
        return cell_of(self.place)

    def step(self, direction: str) -> Step:
        """What a step from the agent's cell in one of the eight directions does, as far as one sees."""
        dx, dy = COMPASS[direction]
        offset, diagonal = dy * WIDTH + dx, bool(dx and dy)
        aim = self.cell + offset
        step = STEPS[KINDS[self.shown.flat[aim]]]
        if step in ("open", "attack"):
            return step  # whether straight or not
        if diagonal and (self.is_door(aim) or self.is_door(self.cell)):
            return "blocked"
        if step == "push":
            return step if self._rolls(aim + offset, diagonal) else "blocked"
        return "danger" if step in ("walk", "swap") and _IS_DANGER[self.ground.flat[aim]] else step

    def _rolls(self, behind: int, diagonal: bool) -> bool:
        """Whether a boulder can be pushed onto the cell behind it."""
        if diagonal and (self.is_door(behind) or self.name.startswith(_SOKOBAN)):
            return False
        return STEPS[KINDS[self.shown.flat[behind]]] in _ROLLS_ONTO

    def is_door(self, cell: int) -> bool:
        """Whether a cell has a door, open or closed, so that it is entered and left straight only."""
        return bool(_IS_DOOR[self.ground.flat[cell]])


def passage(shown: Glyphs, ground: Glyphs, agent: int) -> bytes:
    """By cell of these maps, how ways pass it: round known traps, water, boulders and monsters, but not round pets.

    Arguments:
        shown, ground: as in a `Level`.
        agent: the agent's cell, which ways may pass although its own glyph hides it.
    """
    is_open = _IS_ENTERED[shown] & ~_IS_DANGER[ground]
    is_open.flat[agent] = True
    return np.where(is_open, np.where(_IS_DOOR[ground], STRAIGHT, FREE), SHUT).astype(np.uint8).tobytes()


def cell_of(place: tuple[int, int]) -> int:
    """The number of the cell in that column and row of the map."""
    return (place[1] + 1) * WIDTH + place[0] + 1


def what(glyph: int) -> dict[str, Any]:
    """Kind and name of what a glyph shows."""
    return {"kind": KINDS[glyph], "name": NAMES[glyph]}
