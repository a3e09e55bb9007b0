"""`grid_map` on drawn levels: what is around, what is where, what is remembered."""

from __future__ import annotations

import copy
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nle import nethack

from automem.envs.base import Observation
from automem.envs.nethack.builtins import grid_map
from automem.envs.nethack.builtins.compass import COMPASS, bearing
from automem.envs.nethack.data import COLUMNS, ROWS
from envs.nethack.drawing import draw, info, values


def grid(*observations, **parameters):
    return values(grid_map, *observations, **parameters)[-1]


def steps(*observations, **parameters):
    return {name: cell["step"] for name, cell in grid(*observations, **parameters)["around"].items()}


def seen(value):
    return [(entry["kind"], entry["x"], entry["y"]) for entry in value["seen"]]


def test_what_is_two_rows_away_is_not_beside():
    value = grid(draw("@\n\n>", at=(10, 5)))
    assert value["around"]["south"]["kind"] == "rock"
    assert value["seen"] == [
        {"kind": "stairs_down", "name": "stairs down", "x": 10, "y": 7, "distance": 2, "bearing": "south"}
    ]


@pytest.mark.parametrize(
    ("at", "beyond"),
    [
        ((0, 0), {"north", "northeast", "northwest", "west", "southwest"}),
        ((COLUMNS - 1, ROWS - 1), {"south", "southeast", "southwest", "east", "northeast"}),
        ((30, 10), set()),
    ],
)
def test_nothing_is_beyond_the_map(at, beyond):
    around = grid(draw("@", at=at))["around"]
    assert {name for name, cell in around.items() if cell["kind"] == "edge"} == beyond
    assert list(around) == list(COMPASS)
    assert not any(cell["walkable"] for cell in around.values())


def test_dark_cells_inside_a_room_are_no_walls():
    value = grid(draw("-----\n|   |\n|@. |\n-----"))
    assert {name: cell["kind"] for name, cell in value["around"].items()} == {
        **dict.fromkeys(("north", "northeast"), "rock"),
        "east": "floor",
        **dict.fromkeys(("southeast", "south", "southwest", "west", "northwest"), "wall"),
    }
    assert grid(draw("-----\n|   |\n|@. |\n-----"), kinds=["dark"])["counts"]["dark"] > 1000


def test_doors_are_passed_straight_and_doorways_anyhow():
    beside = steps(draw("+#.\n.@'\n'+D"))
    assert beside == {
        **{"north": "walk", "northeast": "walk", "east": "walk", "southeast": "walk", "south": "open"},
        **{"southwest": "blocked", "west": "walk", "northwest": "open"},
    }
    assert steps(draw("o..\n.@.\n..."))["northwest"] == "attack"
    in_a_door = steps(draw("...\n.'.\n..."), draw("o..\n.@.\n..."))
    assert [in_a_door[way] for way in ("northwest", "northeast", "north")] == ["attack", "blocked", "walk"]
    assert steps(draw("D#D\n.@.\nD#D")) == dict.fromkeys(COMPASS, "walk")


def test_a_door_under_the_agent_is_remembered():
    room = "...\n.{}{}\n..."
    before, after = draw(room.format("@", "'")), draw(room.format(".", "@"))
    assert steps(after)["northwest"] == "walk"
    assert steps(before, after) == {**steps(after), "northwest": "blocked", "southwest": "blocked"}
    assert grid(before, after)["under"] == {"kind": "open_door", "name": "vertical open door"}
    assert grid(after)["under"]["kind"] == "dark"


@pytest.mark.parametrize(
    ("row", "step"),
    [
        *((f"@0{behind}", "push") for behind in ". ^}'%"),
        *((f"@0{behind}", "blocked") for behind in "|0+od"),
    ],
)
def test_boulders_roll_where_they_can(row, step):
    cell = grid(draw(row, at=(20, 5)))["around"]["east"]
    assert (cell["kind"], cell["step"], cell["walkable"]) == ("boulder", step, step == "push")


def test_boulders_roll_diagonally_but_not_through_doors_or_in_sokoban():
    assert steps(draw("@..\n.0.\n..."))["southeast"] == "push"
    assert steps(draw("@..\n.0.\n..'"))["southeast"] == "blocked"
    assert steps(draw("@..\n.0.\n...", dungeon=4))["southeast"] == "blocked"
    assert steps(draw("@0.", dungeon=4))["east"] == "push"
    assert steps(draw("@0", at=(COLUMNS - 2, 5)))["east"] == "blocked"


def test_what_a_step_does():
    assert steps(draw("o^}\nd@%\nY<.")) == {
        **{"north": "danger", "northeast": "danger", "east": "walk", "southeast": "walk", "south": "walk"},
        **{"southwest": "blocked", "west": "swap", "northwest": "attack"},
    }


def test_what_was_seen_beneath_things_stays_known():
    first, second, third = draw("@.>.^"), draw(".@d.^"), draw(". @.%", level=1)
    value = grid(first, second)
    assert seen(value) == [("pet", 2, 0), ("stairs_down", 2, 0), ("trap", 4, 0)]
    assert grid(first, third)["under"]["kind"] == "stairs_down"
    assert seen(grid(first, second, third)) == [("object", 4, 0), ("trap", 4, 0)]
    assert grid(first, third, kinds=["floor"])["counts"] == {"floor": 3}  # the cell now blank stays floor
    assert steps(draw("@^"), draw("@%"))["east"] == "danger"


def test_levels_are_remembered_apart():
    below = draw("@.", level=2)
    assert grid(draw("@>"), below)["around"]["east"]["kind"] == "floor"
    again = grid(draw(".@>"), below, draw("@"))
    assert again["under"]["kind"] == "floor"
    assert seen(again) == [("stairs_down", 2, 0)]
    assert grid(draw("@>"), draw("@.", dungeon=2))["level"] == "2:1"


def test_nothing_is_learnt_while_the_game_asks():
    asked, value = values(grid_map, draw("@.>", asks="space"), draw("@.."))
    assert seen(asked) == [("stairs_down", 2, 0)]
    assert seen(value) == []
    assert asked["memory"]["levels"] == {}


def test_the_blind_feel_no_rock():
    blind = draw("@", at=(5, 5), conditions=nethack.BL_MASK_BLIND)
    assert {cell["kind"] for cell in grid(blind)["around"].values()} == {"dark"}
    assert {cell["kind"] for cell in grid(draw("@", at=(5, 5)))["around"].values()} == {"rock"}


def test_the_nearest_come_first_and_ties_in_reading_order():
    picture = "%.%.o\n.....\n%.@.%\n.....\n<.%.%"
    value = grid(draw(picture, at=(3, 3)))
    objects = [("object", x, y) for x, y in ((3, 3), (5, 3), (3, 5), (7, 5), (5, 7), (7, 7))]
    assert seen(value) == sorted([*objects, ("monster", 7, 3), ("stairs_up", 3, 7)], key=lambda one: (one[2], one[1]))
    assert value["counts"] == {"monster": 1, "object": 6, "stairs_up": 1}
    short = grid(draw(picture, at=(3, 3)), limit=2, kinds=["object"])
    assert (seen(short), short["counts"]) == (objects[:2], {"object": 6})
    assert [entry["distance"] for entry in grid(draw("%...%@.%"))["seen"]] == [1, 2, 5]


@given(st.tuples(st.integers(-78, 78), st.integers(-20, 20)).filter(any))
def test_bearings_are_sectors_of_45_degrees(offset):
    sector = round(math.atan2(offset[0], -offset[1]) / math.radians(45)) % 8
    assert bearing(*offset) == list(COMPASS)[sector]


def test_values_are_plain_and_never_changed():
    run = [draw("@.>.'."), draw(".@>d'."), draw("..@.'.", asks="key"), draw("...@'%", level=2), draw("....@.")]
    extract, before = grid_map({"path": True, "frontier": 3}, info()), None
    for observation in run:
        kept, data = copy.deepcopy(before), copy.deepcopy(observation.data)
        value = extract(observation, {}, before)
        assert json.loads(json.dumps(value)) == value
        assert (before, observation.data) == (kept, data)
        before = value


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"kind": ["pet"]}, "grid_map: no parameter is called 'kind'; did you mean 'kinds'?"),
        ({"kinds": ["stairs-down"]}, "kinds has no word 'stairs-down'; did you mean 'stairs_down'?"),
        ({"kinds": ["edge"]}, "kinds has no word 'edge'; did you mean "),
        ({"kinds": "pet"}, "kinds must be a list of one or more words, not .pet."),
        ({"kinds": []}, "kinds must be a list of one or more words"),
        ({"kinds": [["pet"]]}, r"kinds has no word .+; did you mean 'pet'?"),
        ({"limit": 0}, "limit must be a whole number from 1, not 0"),
        ({"frontier": True}, "frontier must be a whole number from 0, not true"),
        ({"path": 1}, "path must be true or false, not 1"),
    ],
)
def test_wrong_parameters_are_named(parameters, message):
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        grid_map(parameters, info())


@pytest.mark.parametrize("data", [{}, {"glyphs": draw("@").data["glyphs"]}])
def test_other_worlds_are_told_what_is_missing(data):
    with pytest.raises(ValueError, match=r"reads what the NetHack family gives .* has no '(glyphs|stats)'"):
        grid_map({}, info())(Observation("health: 9/9", data=data), {}, None)
