"""`visits` on drawn levels."""

from __future__ import annotations

import copy
import json

import pytest

from automem.envs.nethack.builtins import visits
from automem.envs.nethack.builtins.compass import COMPASS
from envs.nethack.drawing import draw, info, values

A, B, C = "@..", ".@.", "..@"


def run(*pictures, **parameters):
    return values(
        visits, *(draw(picture) if isinstance(picture, str) else picture for picture in pictures), **parameters
    )


def test_arrivals_count_and_standing_still_does_not():
    found = run(A, A, B, B, A, C)
    assert [(value["here"], value["new"]) for value in found] == [
        *[(1, True), (1, True), (1, True), (1, True), (2, False), (1, True)]
    ]
    assert found[-1]["counts"] == {"0,0": 2, "1,0": 1, "2,0": 1}
    assert found[2]["around"] == {**dict.fromkeys(COMPASS, 0), "west": 1}


def test_the_least_visited_ways_are_those_that_can_be_walked():
    assert run(A, B)[-1]["least"] == ["east"]
    assert run(A, B, C, B)[-1]["least"] == ["east", "west"]
    assert run("@|\n|+")[-1]["least"] == []
    assert run("0^o\n|@d\n-'}")[-1]["least"] == ["east", "south"]
    assert run("...\n.@.\n...", actions=("south", "west", "open"))[-1]["least"] == ["south", "west"]
    assert run("@|\n|.", draw("+|\n|@"))[-1]["least"] == []


def test_no_diagonal_step_out_of_a_door_is_advised():
    assert run("...\n@'.\n...", "...\n.@.\n...")[-1]["least"] == ["north", "east", "south"]


def test_questions_leave_the_value_as_it_was():
    before, asked, after = run(A, draw(B, asks="key"), A)
    assert asked is before
    assert after == {**before, "trail": [[0, 0], [0, 0]]}
    assert run(draw(A, asks="space"))[0]["here"] == 1


def test_the_trail_tells_going_round_in_place():
    found = run(A, B, A, B, A, B, recent=4)
    assert (found[-1]["trail"], found[-1]["recent"]) == ([[0, 0], [1, 0], [0, 0], [1, 0]], 2)
    assert [value["recent"] for value in run(A, A, B, C)] == [1, 1, 2, 3]


def test_levels_are_counted_apart():
    below = draw(B, level=2)
    found = run(B, below, below, B)
    assert [(value["here"], value["levels"], value["trail"]) for value in found] == [
        *[(1, 1, [[1, 0]]), (1, 2, [[1, 0]]), (1, 2, [[1, 0], [1, 0]]), (2, 2, [[1, 0]])]
    ]
    assert found[1]["counts"] == {"1,0": 1}


def test_values_are_plain_and_never_changed():
    extract, before = visits({}, info()), None
    for observation in (draw(A), draw(B), draw(B, level=2), draw(A), draw(C, asks="line")):
        kept = copy.deepcopy(before)
        value = extract(observation, {}, before)
        assert json.loads(json.dumps(value)) == value
        assert before == kept
        before = value


@pytest.mark.parametrize("recent", [0, "6", 2.0, True])
def test_a_wrong_parameter_is_named(recent):
    with pytest.raises(ValueError, match="visits: recent must be a whole number from 1"):
        visits({"recent": recent}, info())
