from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from automem.envs.minihack.boxoban import BoxobanGame, Level, find_levels
from automem.envs.minihack.boxoban.game import describe
from automem.envs.minihack.boxoban.level import parse
from automem.errors import EnvironmentFailure

MOVES = ("north", "east", "south", "west")
SMALL = Level(
    ("##########", "#@$.######", "#     ####", "# $ .  ###", "#      ###", *["##########"] * 5),
    "small",
)
REAL = Path(
    os.environ.get("AUTOMEM_BOXOBAN_LEVELS") or Path(__file__).parents[4] / "shared" / "data" / "boxoban-levels"
)
needs_levels = pytest.mark.skipif(not (REAL / "hard").is_dir(), reason="the published levels are not here")
GLYPHS = {"#": "#", " ": ".", "@": "@", "$": "`", ".": "{"}


@contextmanager
def playing(level: Level, **settings: Any) -> Iterator[BoxobanGame]:
    game = BoxobanGame(level, fix_moon_phase=True, savedir=None, **settings)
    game.seed(1, 1, reseed=False)
    try:
        yield game
    finally:
        game.close()


def drawn(observation: dict[str, Any]) -> list[str]:
    """The ten rows of ten that the level takes up on the screen, which is where iron bars are."""
    rows = [bytes(row).decode() for row in observation["chars"]]
    first = next(number for number, row in enumerate(rows) if row.strip())
    left = len(rows[first]) - len(rows[first].lstrip())
    assert all(not row.strip() for row in rows[:first] + rows[first + 10 :])
    return [row[left : left + 10] for row in rows[first : first + 10]]


@pytest.mark.parametrize("task", ["Boxoban-Hard", "Boxoban-Medium"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_generated_levels_are_solved_by_their_solution_in_the_game(task: str, seed: int) -> None:
    level = find_levels(task, "generated").level(seed)
    with playing(level, max_episode_steps=1000) as game:
        _, information = game.reset(seed=None, options=None)
        assert information["end_status"] == game.StepStatus.RUNNING
        steps = [game.step(MOVES.index(move)) for move in level.solution]
    assert [done for _, _, done, _, _ in steps] == [False] * (len(steps) - 1) + [True]
    assert [step[4]["end_status"] for step in steps[-2:]] == [game.StepStatus.RUNNING, game.StepStatus.TASK_SUCCESSFUL]
    assert steps[-1][1] == 1.0
    assert sum(step[1] for step in steps) == pytest.approx(1.3 - 0.001 * (len(steps) - 1))  # 4 boxes; the last gives 1


def test_rewards_follow_the_boulders_onto_the_goals() -> None:
    with playing(SMALL) as game:
        game.reset()
        moves = ["east", "west", "south", "south", "east", "east"]
        played = [game.step(MOVES.index(move)) for move in moves]
    rewards = [round(reward, 3) for _, reward, _, _, _ in played]
    # the upper box comes to its goal; the lower one is pushed onto its goal, which solves the level
    assert rewards == [0.099, -0.001, -0.001, -0.001, -0.001, 1.0]


def test_a_push_past_the_goal_takes_the_reward_back_and_solves_nothing() -> None:
    level = Level(("##########", "#@$.  .$ #", *["##########"] * 8), "corridor")
    with playing(level) as game:
        game.reset()
        played = [game.step(MOVES.index("east")) for _ in range(2)]
    assert [round(reward, 3) for _, reward, _, _, _ in played] == [0.099, -0.101]
    assert [information["end_status"] for *_, information in played] == [game.StepStatus.RUNNING] * 2


def test_a_level_on_which_the_player_stands_on_a_goal_is_not_taken_for_solved() -> None:
    level = Level(("##########", "#@.  $.$ #", "#        #", *["##########"] * 7), "corridor")
    with playing(level) as game:
        game.reset()
        _, reward, done, _, information = game.step(MOVES.index("east"))
    assert (round(reward, 3), done, information["end_status"]) == (-0.001, False, game.StepStatus.RUNNING)


def test_there_are_four_moves_and_the_arguments_reach_the_game() -> None:
    with playing(SMALL, character="sam-hum-law-fem", observation_keys=("glyphs", "tty_chars")) as game:
        observation, _ = game.reset()
    assert [action.name for action in game.actions] == ["N", "E", "S", "W"]
    assert set(observation) == {"glyphs", "tty_chars"}
    assert "Hatamoto" in bytes(observation["tty_chars"]).decode()


def test_a_game_that_shows_another_level_is_refused() -> None:
    with playing(SMALL) as game:
        game.update(describe(Level(("##########", "#@ $. ####", *["##########"] * 8), "other")))
        with pytest.raises(EnvironmentFailure, match="does not show the level small"):
            game.reset()


@needs_levels
@pytest.mark.parametrize("task", ["Boxoban-Hard", "Boxoban-Medium"])
@pytest.mark.parametrize("seed", [42, 43])
def test_a_published_level_is_drawn_as_its_file_has_it(task: str, seed: int) -> None:
    level = find_levels(task, str(REAL)).level(seed)
    with playing(level) as game:
        observation, information = game.reset()
    assert drawn(observation) == ["".join(GLYPHS[cell] for cell in row) for row in level.rows]
    assert information["end_status"] == game.StepStatus.RUNNING


@needs_levels
def test_the_last_published_level_is_not_lost() -> None:
    for file in sorted((REAL / "hard").glob("*.txt")):
        text = file.read_text()
        levels = parse(text.rstrip("\n"), file.name)
        assert len(levels) == text.count(";")
        assert "\n".join(levels[-1].rows) == text.rstrip("\n")[-109:]
