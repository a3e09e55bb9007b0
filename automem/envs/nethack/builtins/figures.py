"""The built-in `status`: the status lines as numbers and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nle import nethack

from automem.envs.base import Extract, Observation, TaskInfo
from automem.envs.nethack.builtins.moment import moment
from automem.envs.nethack.screen import ALIGNMENTS, CONDITIONS, ENCUMBRANCE, HUNGER
from automem.envs.settings import builtin_parameters

_FIGURES = {
    "hp": nethack.NLE_BL_HP,
    "max_hp": nethack.NLE_BL_HPMAX,
    "energy": nethack.NLE_BL_ENE,
    "max_energy": nethack.NLE_BL_ENEMAX,
    "ac": nethack.NLE_BL_AC,
    "level": nethack.NLE_BL_XP,
    "experience": nethack.NLE_BL_EXP,
    "depth": nethack.NLE_BL_DEPTH,
    "dungeon": nethack.NLE_BL_DNUM,
    "dungeon_level": nethack.NLE_BL_DLEVEL,
    "gold": nethack.NLE_BL_GOLD,
    "turn": nethack.NLE_BL_TIME,
    "score": nethack.NLE_BL_SCORE,
    "strength": nethack.NLE_BL_STR25,
    "dexterity": nethack.NLE_BL_DEX,
    "constitution": nethack.NLE_BL_CON,
    "intelligence": nethack.NLE_BL_INT,
    "wisdom": nethack.NLE_BL_WIS,
    "charisma": nethack.NLE_BL_CHA,
}


def status(parameters: Mapping[str, Any], _info: TaskInfo) -> Extract:
    """The status lines, read from the game's own numbers and not from the screen.

    It has no parameters. Its value:
        hp, max_hp, energy, max_energy, ac, level (of experience), experience (points), depth, dungeon (its
            number), dungeon_level (counted within the dungeon), gold, turn, score, strength (3 to 25, where 19
            to 21 stand for what the game writes as 18/01 to 18/**), dexterity, constitution, intelligence,
            wisdom, charisma: whole numbers.
        hp_share: `hp` as a share of `max_hp`, 0 to 1.
        hunger: `Not Hungry`, `Hungry`, `Weak`, ….
        load: `Unencumbered`, `Burdened`, ….
        alignment: `Lawful`, `Neutral`, `Chaotic` or `None`.
        conditions: the words of those that hold, such as `["Blind", "Confused"]`.
        position: `[x, y]`.

    Arguments:
        parameters: none.

    Raises:
        ValueError: a parameter is given.
    """
    builtin_parameters("status", parameters)

    def extract(observation: Observation, _variables: Mapping[str, Any], _before: Any) -> dict[str, Any]:
        now = moment(observation)
        value: dict[str, Any] = {name: now.stats[place] for name, place in _FIGURES.items()}
        held = now.stats[nethack.NLE_BL_CONDITION]
        value["hp_share"] = value["hp"] / max(value["max_hp"], 1)
        value["hunger"] = HUNGER.get(now.stats[nethack.NLE_BL_HUNGER], "")
        value["load"] = ENCUMBRANCE.get(now.stats[nethack.NLE_BL_CAP], "")
        value["alignment"] = ALIGNMENTS.get(now.stats[nethack.NLE_BL_ALIGN], "")
        value["conditions"] = [word for bit, word in CONDITIONS if held & bit]
        value["position"] = list(now.place)
        return value

    return extract
