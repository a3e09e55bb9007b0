from __future__ import annotations

import io
import os
import subprocess
import sys

import crafter
import numpy as np
import pytest
from opensimplex import OpenSimplex
from PIL import Image

from automem.envs import WORLDS
from automem.envs.crafter import WORLD
from automem.envs.crafter.game import Game
from automem.envs.crafter.noise import noise3
from automem.envs.pictures import picture
from automem.errors import AutoMemError
from envs import playing

# Of `playing.digest()`: more than 2,000 steps that every machine and interpreter must reproduce.
DIGEST = "b7b3116b121c665dd70c065be9d4815b1ceafa7bd4238d7804e908e9ae692d88"


def test_2000_steps_are_the_same_in_any_process_rendered_or_not() -> None:
    both = [
        subprocess.Popen(
            [sys.executable, playing.__file__, how],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for hash_seed, how in (("1", "bare"), ("2", "rendered"))
    ]
    assert [process.communicate()[0].strip() for process in both] == [DIGEST, DIGEST]


def test_the_comparison_notices_another_game(monkeypatch: pytest.MonkeyPatch) -> None:
    before = playing.digest(30)
    assert before == playing.digest(30)
    monkeypatch.setattr(playing, "_WEIGHTED", ("Noop",))
    assert playing.digest(30) != before


@pytest.mark.parametrize("seed", [0, 1, 42, 1000, 2**40])
def test_worlds_are_those_of_the_package(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = crafter.Env(seed=seed)
    theirs.reset()
    ours = Game(seed)
    monkeypatch.setattr(OpenSimplex, "noise3", None)  # all noise comes from the table
    ours.reset()
    assert np.array_equal(ours.world._mat_map, theirs._world._mat_map)
    assert np.array_equal(ours.world._obj_map, theirs._world._obj_map)
    assert [type(thing) for thing in ours.world.objects] == [type(thing) for thing in theirs._world.objects]
    for mine, other in zip(ours.world.random.get_state(), theirs._world.random.get_state(), strict=True):
        assert np.array_equal(mine, other)


def test_noise_is_bit_identical_between_the_grid_points_too() -> None:
    random = np.random.default_rng(7)
    generator = OpenSimplex(1234)
    x, y, z = random.uniform(-300, 300, (3, 6000))
    x[:2000], y[1000:3000], z[2000:4000] = np.round(x[:2000]), np.round(y[1000:3000]), np.round(z[2000:4000])
    expected = [generator.noise3(*map(float, point)) for point in zip(x, y, z, strict=True)]
    assert noise3(generator, x, y, z).tolist() == expected


def test_events_progression_and_the_end_by_max_steps() -> None:
    episode = WORLD.start("crafter", 42, {"max_steps": len(playing.WALK)})
    episode.reset()
    played = [episode.step(action) for action in playing.WALK]
    unlocked = [event for observation in played for event in observation.events]
    assert unlocked == ["collect_wood", "place_table", "make_wood_pickaxe", "collect_drink"]
    assert played[-1].progression == 4 / 22
    assert played[5].reward == 1.0
    assert [observation.done for observation in played] == [False] * (len(played) - 1) + [True]
    assert (played[-2].end, played[-1].end) == ("", "max_steps")
    with pytest.raises(AutoMemError, match="start a fresh one"):
        episode.step("Noop")


def test_death_ends_an_episode_even_at_its_last_step() -> None:
    episode = WORLD.start("crafter", 42, {"max_steps": 1})
    episode.reset()
    episode.game.world[32, 33] = "lava"
    last = episode.step("Move South")
    assert (last.done, last.end, last.reward) == (True, "died", -0.9)
    assert last.text.startswith("You died.")


def test_facts_are_the_data_file_of_the_package() -> None:
    task = WORLD.describe("crafter", {"max_steps": 7})
    assert task.max_steps == 7
    assert WORLD.describe("crafter", {}).max_steps == 2000
    assert len(task.actions) == 17
    assert task.default_action in task.actions
    assert task.actions[1:5] == ("Move West", "Move East", "Move North", "Move South")
    constants = crafter.constants
    assert task.facts["achievements"] == constants.achievements
    assert task.facts["place"]["table"]["uses"] == constants.place["table"]["uses"]
    assert task.facts["make"]["iron_pickaxe"]["nearby"] == constants.make["iron_pickaxe"]["nearby"]
    entries = [*task.facts["place"].values(), *task.facts["make"].values()]
    assert [entry["action"] for entry in entries] == list(task.actions[7:])
    task.facts["items"]["health"]["max"] = 1
    assert constants.items["health"]["max"] == 9


@pytest.mark.parametrize(
    ("task", "settings", "message"),
    [
        ("crafter", {"max_step": 5}, "did you mean 'max_steps'"),
        ("crafter", {"size": 5}, "no setting is called 'size'; it has max_steps"),
        ("crafter", {"max_steps": 0}, "whole number from 1, not 0"),
        ("crafter", {"max_steps": True}, "whole number from 1, not true"),
        ("crafter", {"max_steps": "many"}, "not .many."),
        ("boxoban", {}, "no task 'boxoban'"),
    ],
)
def test_wrong_settings_are_named(task: str, settings: dict[str, object], message: str) -> None:
    with pytest.raises(AutoMemError, match=message):
        WORLD.describe(task, settings)
    with pytest.raises(AutoMemError, match=message):
        WORLD.start(task, 1, settings)


def test_an_unknown_action_is_refused_and_changes_nothing() -> None:
    episode = WORLD.start("crafter", 1, {})
    before = episode.reset().text
    with pytest.raises(AutoMemError, match="no action 'noop'"):
        episode.step("noop")
    assert episode.step("Noop").text.split("You see:")[0] == before.split("You see:")[0]


def test_pictures_show_the_replayed_step_at_the_size_asked_for() -> None:
    def draw(actions: list[str], size: int) -> Image.Image:
        return Image.open(io.BytesIO(picture(WORLD, "crafter", 42, {}, actions, size)))

    first, again, later = draw([], 90), draw([], 90), draw(["Move East"], 90)
    assert first.size == (90, 90)
    assert first.tobytes() == again.tobytes() != later.tobytes()
    assert draw([], 18).size == (18, 18)
    with pytest.raises(AutoMemError, match="18 to 4096 pixels"):
        draw([], 17)


def test_a_picture_by_night_is_the_same_each_time_and_leaves_the_game_alone() -> None:
    game = Game(3)
    game.reset()
    game._step, game.world.daylight = 250, 0.1
    before = game.world.random.get_state()[1].copy(), game.world.random.get_state()[2]
    assert np.array_equal(game.render((64, 64)), game.render((64, 64)))
    assert np.array_equal(game.world.random.get_state()[1], before[0])
    assert game.world.random.get_state()[2] == before[1]


def test_the_world_is_found_by_name() -> None:
    assert WORLDS.load("crafter") is WORLD
    assert list(WORLD.tasks()) == ["crafter"]
