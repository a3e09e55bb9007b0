from __future__ import annotations

import _ctypes
import ctypes
import io
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from automem.envs import WORLDS
from automem.envs.base import Observation
from automem.envs.nethack.data import unpack
from automem.envs.nethack.episode import Episode
from automem.envs.nethack.game import Challenge, Game
from automem.envs.nethack.world import NetHackWorld
from automem.envs.pictures import picture
from automem.errors import AutoMemError

WORLD = WORLDS.load("nethack")
TASK = "NetHackChallenge"


def start(seed: int, **settings: Any) -> Episode:
    assert isinstance(WORLD, NetHackWorld)
    return WORLD.start(TASK, seed, settings)


def play(episode: Episode, *actions: str) -> Observation:
    return [episode.step(action) for action in actions][-1]


@pytest.fixture
def samurai() -> Iterator[Episode]:
    """Seed 5, looked at."""
    with closing(start(5)) as episode:
        assert "Samurai" in episode.reset().text
        yield episode


def message(seen: Observation) -> str:
    return seen.text.removeprefix("message:\n").partition("\n\nlanguage observation:")[0]


def test_facts() -> None:
    task = WORLD.describe(TASK, {})
    assert (task.max_steps, task.default_action, task.note) == (100_000, "esc", "")
    assert len(set(task.actions)) == len(task.actions) == 131
    assert set("abcxyzABCXYZ0123456789") < set(task.actions)
    assert list(task.facts["actions"]) == list(task.actions)
    assert task.facts["moves"]["northwest"] == [-1, -1]
    assert task.facts["progression"]["Dlvl:2"] == pytest.approx(0.0154, abs=1e-4)
    assert WORLD.describe(TASK, {"view": "language"}).sample.text.count("\nstatistics:\n") == 1
    assert task.sample.text.count("\nmap:\n") == 1
    assert task.sample.data["asks"] == ""


@pytest.mark.parametrize(
    ("task", "settings", "wrong"),
    [
        (TASK, {"max_step": 5}, "did you mean 'max_steps'"),
        (TASK, {"no_progress": 0}, "no_progress must be a whole number from 1, not 0"),
        (TASK, {"view": "map"}, "view must be hybrid or language, not .map."),
        (TASK, {"rule": "paper"}, "rule must be ours or balrog, not .paper."),
        ("NethackChallenge", {}, "did you mean 'NetHackChallenge'"),
    ],
)
def test_wrong_settings_are_named(task: str, settings: dict[str, Any], wrong: str) -> None:
    with pytest.raises(AutoMemError, match=wrong):
        WORLD.describe(task, settings)
    with pytest.raises(AutoMemError, match=wrong):
        WORLD.start(task, 1, settings)


def test_only_the_actions_told_are_accepted(samurai: Episode) -> None:
    for action, hint in (("nort", "did you mean 'north'"), ("42", "no action '42'"), ("North", "mean 'north'")):
        with pytest.raises(AutoMemError, match=hint):
            samurai.step(action)
    assert play(samurai, "search").data["stats"][20] == 2


def test_every_command_is_one_of_the_game() -> None:
    answers = {"minus", "space", "apos", "more"}
    for action in [name for name in WORLD.describe(TASK, {}).actions if len(name) > 1]:
        with closing(start(1)) as episode:
            episode.reset()
            assert ("Unknown command" in episode.step(action).text) == (action in answers), action


def test_seeds_decide_the_game() -> None:
    texts = []
    for seed in (1, 1, 2, 2**31 - 1):
        with closing(start(seed)) as episode:
            texts.append(episode.reset().text)
    assert texts[0] == texts[1]
    assert len(set(texts)) == 3


def test_the_second_of_the_start_does_not_matter() -> None:
    """Of it NetHack makes shopkeepers' names and more; nle leaves it to the clock."""

    def second(seed: int) -> int:
        with closing(Game(Challenge, seed)) as game:
            library = ctypes.CDLL(game._env.nethack.dlpath)
            value = ctypes.c_long.in_dll(library, "ubirthday").value
            _ctypes.dlclose(library._handle)
            return value

    assert second(3) == second(3) != second(4)
    assert abs(second(3) - time.time()) > 10_000


def test_when_nle_was_built_is_not_told(samurai: Episode) -> None:
    assert message(play(samurai, "v")) == "Unix NetHack Version 3.6.7."


def test_pages_are_turned_and_joined(samurai: Episode) -> None:
    asked = message(play(samurai, "wield"))
    seen = play(samurai, "Z")
    assert message(seen) == f"You don't have that object.\n{asked}"
    assert seen.data["asks"] == "key"


def test_what_the_game_asks_for(samurai: Episode) -> None:
    asked = {action: play(samurai, action).data["asks"] for action in ("inventory", "esc", "travel", "east")}
    assert asked == {"inventory": "space", "esc": "", "travel": "key", "east": "key"}
    play(samurai, "esc")
    assert play(samurai, "engrave", "minus").data["asks"] == "line"


def test_a_search_in_a_menu_is_a_line() -> None:
    with closing(start(44)) as episode:
        episode.reset()
        assert episode.step("droptype").data["asks"] == "space"
        assert [episode.step(key).data["asks"] for key in ("look", "a")] == ["line", "line"]


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_seeds_out_of_range_are_refused(seed: int) -> None:
    with pytest.raises(AutoMemError, match="seeds from 0"):
        start(seed).reset()


def test_150_keys_without_game_time_are_too_many(samurai: Episode) -> None:
    play(samurai, *["esc"] * 149)
    assert not play(samurai, "search").done
    assert not play(samurai, *["esc"] * 149).done
    last = samurai.step("esc")
    assert (last.done, last.end, last.data["asks"]) == (True, "no_progress", "")


def test_turned_pages_count_as_keys() -> None:
    with closing(start(5, no_progress=5)) as episode:
        episode.reset()
        assert not play(episode, "wield", "Z").done
        assert play(episode, "Z").end == "no_progress"


def test_death_is_seen_as_it_happened() -> None:
    with closing(start(2)) as episode:
        episode.reset()
        last = play(episode, *["pray", "y"] * 7)
        assert (last.done, last.end, last.data["asks"]) == (True, "died", "")
        assert message(last).endswith("Suddenly, a bolt of lightning strikes you!  You fry to a crisp!")
        assert "|..@$....f.|" in last.text
        assert "a +0 scalpel" in last.text
        assert len(last.data["stats"]) == 27
        assert unpack(last.data["glyphs"]).shape == (21, 79)
        with pytest.raises(AutoMemError, match="over or was never reset"):
            episode.step("esc")


def test_leaving_the_dungeon_is_an_end(samurai: Episode) -> None:
    last = play(samurai, "up", "y")
    assert (last.done, last.end, last.progression) == (True, "escaped", 0.0)
    assert "\nc: a +0 yumi\n" in last.text


def test_an_episode_is_cut_after_max_steps() -> None:
    with closing(start(5, max_steps=2)) as episode:
        episode.reset()
        assert episode.step("search").end == ""
        assert episode.step("search").end == "max_steps"
        with pytest.raises(AutoMemError, match="start a fresh one"):
            episode.step("search")


def test_an_episode_is_played_once() -> None:
    with closing(start(5)) as episode:
        with pytest.raises(AutoMemError, match="never reset"):
            episode.step("search")
        episode.reset()
        with pytest.raises(AutoMemError, match="start a fresh one"):
            episode.reset()


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    episode = start(5)
    episode.reset()
    play(episode, "search")
    assert len(list(tmp_path.iterdir())) == 1
    episode.close()
    episode.close()
    assert not list(tmp_path.iterdir())


def test_a_long_message_is_not_cut(samurai: Episode) -> None:
    play(samurai, "engrave", "minus", *"more" * 15, "more")
    looked = message(play(samurai, "look"))
    assert looked.startswith("There is a staircase up here.  Something is written here in the dust.\nYou read: ")
    assert len(looked.partition("You read: ")[2]) > 60  # by now some of it is worn


def test_pictures() -> None:
    def draw(actions: list[str], size: int) -> Image.Image:
        return Image.open(io.BytesIO(picture(WORLD, TASK, 5, {}, actions, size)))

    first, again, later = draw([], 632), draw([], 632), draw(["far north"], 632)
    assert first.size == (632, 168)
    assert first.tobytes() == again.tobytes() != later.tobytes()
    assert draw([], 79).size == (79, 21)
    with pytest.raises(AutoMemError, match="79 to 4096 pixels wide, not 78"):
        draw([], 78)
