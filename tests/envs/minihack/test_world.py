from __future__ import annotations

import io
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from automem.envs import WORLDS
from automem.envs.base import Observation
from automem.envs.minihack import levels
from automem.envs.minihack.tasks import TASKS, maker
from automem.envs.nethack.keys import COMMANDS
from automem.envs.pictures import picture
from automem.errors import AutoMemError, EnvironmentFailure
from envs.wandering import actions, wander

WORLD = WORLDS.load("minihack")
SIZES = {
    "MazeWalk-9x9": 8,
    "MazeWalk-15x15": 8,
    "Corridor-R3": 11,
    "CorridorBattle-Dark": 8,
    "Quest-Easy": 32,
    "Quest-Medium": 32,
    "Boxoban-Hard": 4,
    "Boxoban-Medium": 4,
}
GENERATED = {"levels": "generated"}


def play(task: str, seed: int, settings: dict[str, Any], *played: str) -> list[Observation]:
    with closing(WORLD.start(task, seed, settings)) as episode:
        return [episode.reset(), *map(episode.step, played)]


def wandered(task: str, seed: int, settings: dict[str, Any]) -> Observation:
    """The last observation of `envs.wandering`'s episode under other settings."""
    with closing(WORLD.start(task, seed, settings)) as episode:
        last = episode.reset()
        for action in actions(TASKS[task].actions, seed):
            last = episode.step(action)
            if last.done:
                break
    return last


def test_the_eight_tasks() -> None:
    assert list(WORLD.tasks()) == list(SIZES)


@pytest.mark.parametrize("task", SIZES)
def test_facts(task: str) -> None:
    known = WORLD.describe(task, GENERATED)
    assert len(known.actions) == len(set(known.actions)) == SIZES[task]
    assert known.default_action == "north" == known.actions[0]
    assert known.max_steps == 100
    assert set(known.facts["actions"]) == set(known.actions)
    assert set(known.facts["moves"]) <= set(known.actions)
    assert known.facts["autopickup"] is True
    assert ("generated" in known.note) == task.startswith("Boxoban")
    assert "@" in known.sample.text


@pytest.mark.parametrize("task", [task for task in SIZES if not task.startswith("Boxoban")])
def test_actions_are_those_of_the_package_that_have_a_name(task: str) -> None:
    with closing(maker(task, True, None)()) as environment:
        has = {int(key) for key in environment.actions}
    names = {name for name, command in COMMANDS.items() if command.key in has and len(name) > 1}
    assert set(TASKS[task].actions) <= names
    if len(has) < 32:
        assert set(TASKS[task].actions) == names


def test_an_action_of_another_task_is_refused() -> None:
    with closing(WORLD.start("MazeWalk-9x9", 1, {})) as episode:
        episode.reset()
        with pytest.raises(AutoMemError, match="MiniHack's MazeWalk-9x9 has no action 'open'"):
            episode.step("open")
        with pytest.raises(AutoMemError, match="did you mean 'northeast'"):
            episode.step("northeas")


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"autopickup": 1}, "autopickup must be true or false, not 1"),
        ({"rule": "theirs"}, "rule must be ours or balrog"),
        ({"max_steps": "all"}, "max_steps must be a whole number"),
        ({"no_progress": 5}, "no setting is called 'no_progress'"),
    ],
)
def test_wrong_settings_are_named(settings: dict[str, Any], wrong: str) -> None:
    with pytest.raises(AutoMemError, match=wrong):
        WORLD.describe("Quest-Easy", settings)


def test_a_win_in_a_step_without_game_time_counts_by_our_rule_alone() -> None:
    ours, balrog = (wandered("MazeWalk-9x9", 50, {"rule": rule}) for rule in ("ours", "balrog"))
    assert ours.reward == balrog.reward == 0.99
    assert (ours.end, ours.progression, ours.events) == ("solved", 1.0, ("solved",))
    assert (balrog.end, balrog.progression, balrog.events) == ("solved", 0.0, ())


def test_a_usual_win_counts_by_both_and_its_last_screen_is_whole() -> None:
    for rule in ("ours", "balrog"):
        last = wandered("MazeWalk-9x9", 0, {"rule": rule})
        assert (last.reward, last.end, last.progression) == (1.0, "solved", 1.0)
        assert "\nYourself a" in last.text
        assert last.data["stats"][12] == 1


def test_the_limit_is_ours_and_not_the_packages() -> None:
    assert len(play("MazeWalk-9x9", 1, {"max_steps": 450}, *["north"] * 450)) == 451
    last = play("MazeWalk-9x9", 1, {}, *["north"] * 100)[-1]
    assert (last.end, last.progression) == ("max_steps", 0.0)


def test_death_ends_an_episode_with_what_killed() -> None:
    *_, last = wander("minihack", "Quest-Easy", 42)
    assert (last.done, last.end) == (True, "died")
    assert "\n\nlanguage observation:" in last.text
    assert "2026" not in last.text
    assert last.text.startswith("message:\nYou fall into the lava!  You burn to a crisp...")


def test_pages_that_the_package_skips_are_read() -> None:
    asked = play("Quest-Easy", 5, {}, "zap", "wait")[-1]
    assert asked.text.startswith("message:\nYou don't have that object.\nWhat do you want to zap?")
    assert asked.data["asks"] == "key"


def test_autopickup() -> None:
    for autopickup in (True, False):
        first = play("Quest-Easy", 5, {"autopickup": autopickup})[0]
        assert ("a horn" in first.text.split("inventory:")[1]) == autopickup


def test_boxoban_needs_levels_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOMEM_BOXOBAN_LEVELS", raising=False)
    with pytest.raises(AutoMemError, match="levels"):
        WORLD.describe("Boxoban-Hard", {})
    with pytest.raises(AutoMemError, match="levels"):
        WORLD.start("Boxoban-Hard", 1, {})
    assert WORLD.describe("Corridor-R3", GENERATED).note == ""


def test_a_level_that_could_not_be_compiled_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(levels, "LIB_DIR", str(tmp_path / "nowhere"))
    episode = WORLD.start("MazeWalk-9x9", 1, {})
    with pytest.raises(EnvironmentFailure, match=r"level cannot be put into .*nowhere"):
        episode.reset()
    episode.close()
    assert not list(tmp_path.iterdir())


def test_what_the_level_compiler_says_is_told(tmp_path: Path) -> None:
    (tmp_path / "nhdat").touch()
    with pytest.raises(EnvironmentFailure, match=r"(?s)lev_comp has failed in .*syntax error"):
        levels.install("MAZE: \"mylevel\", ' '\nNO_SUCH_WORD\n", tmp_path)
    with pytest.raises(EnvironmentFailure, match="is not called 'mylevel'"):
        levels.install("MAZE: \"other\", ' '\nGEOMETRY:center,center\nMAP\n...\nENDMAP\n", tmp_path / "two")


def test_folders_with_blanks_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    games, here = tmp_path / "my games", tmp_path / "here"
    games.mkdir()
    here.mkdir()
    (here / "mylevel.des").write_text("mine")
    monkeypatch.chdir(here)
    monkeypatch.setattr(tempfile, "tempdir", str(games))
    with closing(WORLD.start("MazeWalk-9x9", 1, {})) as episode:
        assert "@" in episode.reset().text
    assert [(path.name, path.read_text()) for path in here.iterdir()] == [("mylevel.des", "mine")]
    assert not list(games.iterdir())


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    episode = WORLD.start("Quest-Easy", 1, {})
    episode.reset()
    assert list(tmp_path.iterdir())
    episode.close()
    assert not list(tmp_path.iterdir())


def test_a_picture_shows_the_replayed_step() -> None:
    first, later = (
        Image.open(io.BytesIO(picture(WORLD, "Quest-Easy", 5, {}, played, 1264))) for played in ([], ["east"])
    )
    assert first.size == (1264, 336)
    assert first.tobytes() != later.tobytes()
