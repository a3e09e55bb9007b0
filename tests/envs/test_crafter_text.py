from __future__ import annotations

from pathlib import Path

import pytest
from crafter import objects
from hypothesis import given, settings
from hypothesis import strategies as st

from automem.envs.crafter import WORLD
from automem.envs.crafter.facts import ACTIONS
from automem.envs.crafter.game import AREA, Game
from automem.envs.crafter.text import describe
from envs.playing import WALK

GOLDEN = Path(__file__).with_name("crafter_seed_42.txt")


@pytest.fixture(scope="module")
def played() -> Game:
    game = Game(5)
    game.reset()
    return game


@pytest.fixture
def meadow() -> Game:
    """A world of grass and nothing else."""
    game = Game(1)
    game.reset()
    for thing in game.world.objects:
        if thing is not game.player:
            game.world.remove(thing)
    game.world._mat_map[:] = game.world._mat_ids["grass"]
    return game


def put(game: Game, x: int, y: int, facing: tuple[int, int] = (0, 1)) -> str:
    if tuple(game.player.pos) != (x, y):
        game.world.move(game.player, (x, y))
    game.player.facing = facing
    return describe(game)


def sights(text: str) -> dict[str, str]:
    lines = text.split("You see:\n")[1].split("\n\n")[0].splitlines()
    return dict(line[2:].split(" ", 1) for line in lines)


@pytest.mark.parametrize(
    ("facing", "beyond"), [((-1, 0), "west"), ((1, 0), "east"), ((0, -1), "north"), ((0, 1), "south")]
)
def test_front_in_every_direction_and_at_every_edge(meadow: Game, facing: tuple[int, int], beyond: str) -> None:
    meadow.world[32 + facing[0], 32 + facing[1]] = "stone"
    text = put(meadow, 32, 32, facing)
    assert text.endswith("\n\nYou face stone at your front.")
    assert f"- stone 1 step to your {beyond}\n" in text
    edge = [{-1: 0, 0: 32, 1: 63}[direction] for direction in facing]
    assert put(meadow, *edge, facing).endswith("You face edge at your front.")


@pytest.mark.parametrize("corner", [(0, 0), (63, 0), (0, 63), (63, 63), (3, 2), (60, 61)])
def test_what_is_near_a_corner_is_seen_and_nothing_beyond_it(meadow: Game, corner: tuple[int, int]) -> None:
    x, y = corner
    inward_x, inward_y = (1 if x < 32 else -1), (1 if y < 32 else -1)
    meadow.world[x + 4 * inward_x, y + 3 * inward_y] = "iron"
    meadow.world[x + 5 * inward_x, y] = "coal"
    meadow.world[x, y + 4 * inward_y] = "diamond"
    direction = f"{'south' if inward_y > 0 else 'north'}-{'east' if inward_x > 0 else 'west'}"
    assert sights(put(meadow, x, y))["iron"] == f"7 steps to your {direction}"
    assert set(sights(describe(meadow))) == {"grass", "iron"}


@settings(max_examples=150, deadline=None)
@given(x=st.integers(0, AREA[0] - 1), y=st.integers(0, AREA[1] - 1))
def test_sights_are_the_nearest_of_each_kind(played: Game, x: int, y: int) -> None:
    if played.world[x, y][1] not in (None, played.player):
        return
    seen = sights(put(played, x, y))
    nearest: dict[str, int] = {}
    for other_x in range(max(0, x - 4), min(AREA[0], x + 5)):
        for other_y in range(max(0, y - 3), min(AREA[1], y + 4)):
            material, thing = played.world[other_x, other_y]
            if thing is not played.player:
                kind = type(thing).__name__.lower() if thing else material
                distance = abs(other_x - x) + abs(other_y - y)
                nearest[kind] = min(nearest.get(kind, distance), distance)
    assert {kind: int(where.split()[0]) for kind, where in seen.items()} == nearest


def test_order_and_ties(meadow: Game) -> None:
    for kind, cell in {"diamond": (33, 32), "water": (32, 35), "tree": (31, 30)}.items():
        meadow.world[cell] = kind
    meadow.world.add(objects.Plant(meadow.world, (32, 31)))
    meadow.world.add(objects.Zombie(meadow.world, (28, 29), meadow.player))
    meadow.world.add(objects.Cow(meadow.world, (32, 33)))
    meadow.world[30, 31] = meadow.world[30, 33] = meadow.world[34, 31] = "table"
    assert list(sights(put(meadow, 32, 32)).items()) == [
        ("water", "3 steps to your south"),
        ("grass", "1 step to your west"),
        ("tree", "3 steps to your north-west"),
        ("diamond", "1 step to your east"),
        ("table", "3 steps to your north-west"),
        ("cow", "1 step to your south"),
        ("zombie", "7 steps to your north-west"),
        ("plant", "1 step to your north"),
    ]


def test_status_inventory_sleep_and_death(meadow: Game) -> None:
    awake = describe(meadow)
    assert awake.startswith("Your status:\n- health: 9/9\n- food: 9/9\n- drink: 9/9\n- energy: 9/9\n\n")
    assert "\nYou have nothing in your inventory.\nYou see:\n" in awake
    meadow.player.inventory.update(energy=3, wood=2, iron_sword=1)
    meadow.step(ACTIONS["Sleep"])
    asleep = describe(meadow)
    assert asleep.startswith("You are sleeping, and will not be able to act until energy is full.\n\nYour status:\n")
    assert "- energy: 3/9\n\nYour inventory:\n- wood: 2\n- iron_sword: 1\nYou see:\n" in asleep
    meadow.player.health = 0
    assert describe(meadow).startswith("You died.\n\nYour status:\n- health: 0/9\n")


def test_a_recorded_walk_reads_as_ever() -> None:
    episode = WORLD.start("crafter", 42, {})
    parts = [episode.reset().text, *(f"> {action}\n\n{episode.step(action).text}" for action in WALK)]
    assert "\n\n".join(parts) + "\n" == GOLDEN.read_text(encoding="utf-8")


def test_the_sample_is_an_observation_of_real_play() -> None:
    sample = WORLD.describe("crafter", {}).sample.text
    assert sample in GOLDEN.read_text(encoding="utf-8")
    assert "\nYour inventory:\n- wood: 2\n" in sample
    assert len(sights(sample)) >= 3
