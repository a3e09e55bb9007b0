"""`grid_map`'s ways and frontier, on drawn levels and on any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automem.envs.nethack.builtins import grid_map
from automem.envs.nethack.builtins.compass import COMPASS
from envs.nethack.drawing import draw, values

STRAIGHT = ("north", "east", "south", "west")


def way(picture, kind="stairs_down", **parameters):
    value = values(grid_map, draw(picture, at=(5, 5)), path=True, kinds=[kind], **parameters)[-1]
    return value["seen"][0]["path"]


def frontier(*observations, limit=50):
    return [(cell["x"], cell["y"]) for cell in values(grid_map, *observations, frontier=limit)[-1]["frontier"]]


@pytest.mark.parametrize(
    ("picture", "direction", "steps"),
    [
        ("@...>", "east", 4),
        (".....\n@.|.>\n..|..", "east", 4),
        ("@...\n---.\n>...", "east", 6),
        ("@^>\n...", "southeast", 2),  # round the trap
        ("@}>\n.%.", "southeast", 2),
        ("@o>\n...", "southeast", 2),
        ("@d>", "east", 2),  # a pet changes places
        ("@0>\n...", "southeast", 2),  # boulders may get stuck: round them
        ("@|.\n.'.\n-->", "south", 4),  # straight through the open door
        ("@|.\n.D.\n-->", "southeast", 2),
        ("@+>\n...", "southeast", 2),
    ],
)
def test_shortest_ways(picture, direction, steps):
    assert way(picture) == {"direction": direction, "steps": steps}


@pytest.mark.parametrize("picture", ["@|>", "@ >", "@+>", "@0>", "@^>", "@}}>"])
def test_no_way_is_known(picture):
    assert way(picture) is None


@pytest.mark.parametrize(
    ("picture", "kind", "direction", "steps"),
    [
        ("@..o", "monster", "east", 3),
        ("@.^", "trap", "east", 2),
        ("@..\n..+", "closed_door", "southeast", 2),
        ("@+", "closed_door", "east", 1),
        ("@..\n-+-", "closed_door", "east", 2),
        ("'..\n.@.", "open_door", "north", 2),
    ],
)
def test_the_last_step_may_be_into_what_is_in_the_way(picture, kind, direction, steps):
    assert way(picture, kind) == {"direction": direction, "steps": steps}


def test_ways_are_made_of_the_actions_the_task_has():
    picture = "@..\n...\n..>"
    assert way(picture) == {"direction": "southeast", "steps": 2}
    assert way(picture, actions=("open", *STRAIGHT)) == {"direction": "east", "steps": 4}
    assert way(picture, actions=("Noop",)) == {"direction": "southeast", "steps": 2}


def test_the_frontier_is_where_something_never_seen_borders():
    room = "-------\n|.@...|\n|.....D\n-------"
    assert frontier(draw(room, at=(5, 5))) == [(11, 7)]
    assert frontier(draw("-----\n|@..'\n-----", at=(5, 5))) == [(9, 6)]
    assert frontier(draw("---\n@.'#\n---", at=(5, 5))) == [(8, 6)]
    assert frontier(draw("-----\n|@.0|\n-----", at=(5, 5))) == []
    assert frontier(draw("@....", at=(5, 5)), limit=2) == [(6, 5), (7, 5)]
    assert frontier(draw("@....", at=(5, 5)), limit=0) == []


@pytest.mark.parametrize("turns", [4, 1])
def test_what_stays_dark_beside_a_run_is_rock_but_not_beside_a_jump(turns):
    start = draw("@###\n    #", at=(5, 5))
    run = draw("####\n    @", at=(5, 5), turn=1 + turns)
    assert frontier(start) == [(6, 5), (7, 5), (8, 5), (9, 6)]
    assert frontier(start, run) == ([] if turns == 4 else [(8, 5), (7, 5), (6, 5)])


LEVELS = st.lists(st.text(" ..|'D+^0d", min_size=6, max_size=6), min_size=3, max_size=6)


def legal(rows, x, y, direction):
    """Whether a step is one that ways are made of, by the drawing alone."""
    dx, dy = COMPASS[direction]
    aim = rows[y + dy][x + dx] if 0 <= y + dy < len(rows) and 0 <= x + dx < len(rows[0]) else " "
    return aim in ".'Dd>@" and not (dx and dy and "'" in (aim, rows[y][x]))


def walk(rows, start):
    """By place, how many steps it is from `start`."""
    far, queue = {start: 0}, [start]
    for x, y in queue:
        for direction, (dx, dy) in COMPASS.items():
            if legal(rows, x, y, direction) and (x + dx, y + dy) not in far:
                far[x + dx, y + dy] = far[x, y] + 1
                queue.append((x + dx, y + dy))
    return far


@given(LEVELS, st.data())
def test_ways_are_as_short_as_can_be_and_their_first_step_goes_nearer(rows, data):
    places = [(x, y) for y in range(len(rows)) for x in range(6)]
    (ax, ay), (gx, gy) = data.draw(st.lists(st.sampled_from(places), min_size=2, max_size=2, unique=True))
    cells = [list(row) for row in rows]
    cells[ay][ax], cells[gy][gx] = "@", ">"
    rows = ["".join(row) for row in cells]
    found, far = way("\n".join(rows)), walk(rows, (ax, ay))
    assert (found and found["steps"]) == far.get((gx, gy))
    if found:
        dx, dy = COMPASS[found["direction"]]
        assert legal(rows, ax, ay, found["direction"])
        assert walk(rows, (ax + dx, ay + dy))[gx, gy] == found["steps"] - 1
