"""`game_prompt` and `status`, on what the game shows."""

from __future__ import annotations

import dataclasses
import json

import pytest
from nle import nethack

from automem.envs.base import Observation
from automem.envs.nethack.builtins import game_prompt, status
from envs.nethack.drawing import draw, info, values


def prompt(message, asks):
    text = f"message:\n{message}\n\nlanguage observation:\nnewt adjacent [yn] (y)\n\ncursor:\n"
    return values(game_prompt, dataclasses.replace(draw("@", asks=asks), text=text))[0]


@pytest.mark.parametrize(
    ("message", "choices", "default"),
    [
        ("Really attack the peaceful gnome? [yn] (n)", "yn", "n"),
        ("What do you want to drop? [$a-cx or ?*]", "$abcx", ""),
        ("What do you want to wield? [- or ?*]", "-", ""),
        ("What do you want to wield? [- a-cA-C or ?*]", "-abcABC", ""),
        ("What do you want to throw? [*]", "*", ""),
        ("There is a kobold corpse here; eat it? [ynq] (n) ", "ynq", "n"),
        ("In what direction?", "", ""),
        ("You see [a] sign. Which?", "", ""),
    ],
)
def test_a_key_is_asked_for(message, choices, default):
    assert prompt(message, "key") == {
        "asks": "key",
        "text": message.strip(),
        "choices": list(choices),
        "default": default,
    }


@pytest.mark.parametrize(
    ("message", "asks"),
    [
        ("You hit the newt. [yn] (n)", ""),
        ("What do you want to call the newt?", "line"),
        ("Weapons\na - a club [yn] (n)\n(end)", "space"),
    ],
)
def test_lines_and_pages_are_asked_for(message, asks):
    assert prompt(message, asks) == {"asks": asks, "text": message if asks else "", "choices": [], "default": ""}


def test_figures_and_words_of_the_status_lines():
    places = {
        nethack.NLE_BL_HP: 6,
        nethack.NLE_BL_HPMAX: 24,
        nethack.NLE_BL_AC: -3,
        nethack.NLE_BL_XP: 5,
        nethack.NLE_BL_EXP: 170,
        nethack.NLE_BL_DEPTH: 11,
        nethack.NLE_BL_DNUM: 2,
        nethack.NLE_BL_DLEVEL: 8,
        nethack.NLE_BL_HUNGER: 3,
        nethack.NLE_BL_CAP: 1,
        nethack.NLE_BL_ALIGN: -1,
        nethack.NLE_BL_CONDITION: nethack.BL_MASK_BLIND | nethack.BL_MASK_CONF,
        nethack.NLE_BL_X: 7,
        nethack.NLE_BL_Y: 4,
    }
    stats = [places.get(place, 0) for place in range(nethack.BLSTATS_SHAPE[0])]
    value = values(status, Observation("", data={**draw("@").data, "stats": stats}))[0]
    assert json.loads(json.dumps(value)) == value
    assert {name: part for name, part in value.items() if part} == {
        **{"hp": 6, "max_hp": 24, "hp_share": 0.25, "ac": -3, "level": 5, "experience": 170},
        **{"depth": 11, "dungeon": 2, "dungeon_level": 8, "position": [7, 4]},
        **{"hunger": "Weak", "load": "Burdened", "alignment": "Chaotic"},
        "conditions": ["Confused", "Blind"],
    }


def test_no_points_of_nothing_are_no_share():
    assert values(status, draw("@"))[0]["hp_share"] == 0


@pytest.mark.parametrize("builtin", [game_prompt, status])
def test_no_parameters_are_taken_and_no_other_world_read(builtin):
    with pytest.raises(ValueError, match="no parameter is called 'kinds'; it has none"):
        builtin({"kinds": []}, info())
    with pytest.raises(ValueError, match="reads what the NetHack family gives"):
        builtin({}, info())(Observation("message:\nHello"), {}, None)
