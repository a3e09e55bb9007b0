from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from PIL import Image

from automem.envs import WORLDS
from automem.envs.base import Observation
from automem.envs.gymnasium import GymnasiumWorld
from automem.envs.pictures import picture
from automem.envs.worker import start_remote
from automem.errors import AutoMemError

Given = tuple[Any, ...]


class Ladder:
    """A text environment with gymnasium's interface. It ends by itself at rung 3, and is cut after 6 steps."""

    def __init__(self, task: str) -> None:
        self.task, self.rung, self.steps = task, 0, 0
        self.open = True

    def reset(self, *, seed: int | None = None) -> Given:
        self.rung = (seed or 0) % 2
        return f"{self.task}: rung {self.rung}", {"rung": self.rung}

    def step(self, by: int) -> Given:
        self.rung += by
        self.steps += 1
        return f"rung {self.rung}", 0.25 * by, self.rung == 3, self.steps == 6, {"rung": self.rung}

    def render(self) -> Any:
        frame = np.zeros((4, 2, 3), np.uint8)
        frame[3 - self.rung] = 255
        return frame

    def close(self) -> None:
        self.open = False


class Numbers(Ladder):
    def reset(self, *, seed: int | None = None) -> Given:
        return super().reset(seed=seed)[1]["rung"], {}


class OldStep(Ladder):
    def step(self, by: int) -> Given:
        return super().step(by)[1:]


class OldReset(Ladder):
    def reset(self, *, seed: int | None = None) -> Any:
        return super().reset(seed=seed)[0]


class Blind(Ladder):
    def render(self) -> Any:
        return "a drawing in letters"


class Broken(Ladder):
    def render(self) -> Any:
        raise RuntimeError("pygame is not installed")


def share(total: float, terminated: bool, info: Mapping[str, Any]) -> float:
    return 1.0 if terminated else float(info["rung"]) / 4


def world(make: Callable[[str], Any] = Ladder, **given: Any) -> GymnasiumWorld:
    return GymnasiumWorld("ladder", make, {"wait": 0, "up": 1, "down": -1}, **{"version": "ladder 1", **given})


LADDER = world(tasks=["oak", "ash"], progression=share, max_steps=5)


def test_what_it_says_of_a_task() -> None:
    assert list(LADDER.tasks()) == ["oak", "ash"]
    info = LADDER.describe("ash", {})
    assert (info.task, info.actions, info.default_action) == ("ash", ("wait", "up", "down"), "wait")
    assert (info.max_steps, info.version, info.sample) == (5, "ladder 1", Observation("ash: rung 0"))
    assert LADDER.describe("oak", {"max_steps": 2}).max_steps == 2
    assert world(default_action="up").describe("ladder", {}).default_action == "up"


@pytest.mark.parametrize(
    ("actions", "max_steps", "end"),
    [("up up", 5, "terminated"), ("wait wait", 2, "max_steps"), ("wait down up up wait wait", 9, "truncated")],
)
def test_an_episode_ends_and_says_why(actions: str, max_steps: int, end: str) -> None:
    episode = LADDER.start("oak", 1, {"max_steps": max_steps})
    seen = episode.reset()
    assert seen == Observation("oak: rung 1", progression=0.25)
    for action in actions.split():
        assert not seen.done
        seen = episode.step(action)
    assert (seen.done, seen.end) == (True, end)
    with pytest.raises(AutoMemError, match="env ladder: this episode is over"):
        episode.step("up")


def test_success_is_the_total_reward_unless_said_otherwise() -> None:
    usual = world().start("ladder", 0, {})
    usual.reset()
    seen = [usual.step(action) for action in ("down", "up", "up", "up")]
    assert [(one.reward, one.progression) for one in seen] == [(-0.25, 0), (0.25, 0), (0.25, 0.25), (0.25, 0.5)]


async def test_it_is_played_in_another_process_as_here() -> None:
    here = LADDER.start("ash", 4, {})
    there = await start_remote("envs.test_gymnasium:LADDER", "ash", 4, {}, 60)
    assert await there.reset() == here.reset()
    for action in ("up", "wait", "up"):
        assert await there.step(action) == here.step(action)
    await there.close()


async def test_a_function_that_cannot_be_sent_is_refused() -> None:
    WORLDS.add("local", world(text=lambda seen, info: "x"))
    with pytest.raises(AutoMemError, match="cannot be sent to another process"):
        await start_remote("local", "ladder", 0, {}, 60)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"make": Numbers}, r"no text but int; give the world `text=`, a function \(observation, info\) -> str"),
        ({"text": lambda seen, info: 7}, "its `text` gives int, not str"),
        ({"make": OldReset}, "`reset` of its environment gives str, not the 2 values"),
        ({"make": OldStep}, "`step` of its environment gives 4 values, not the 5 values"),
        ({"progression": lambda total, terminated, info: 2}, "`progression` gives 2; it must lie between 0 and 1"),
    ],
)
def test_an_environment_of_another_kind_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(AutoMemError, match=f"^env ladder: .*{message}"):
        begin(world(**given))


def begin(begun: GymnasiumWorld) -> None:
    episode = begun.start("ladder", 0, {})
    episode.reset()
    episode.step("up")


def test_wrong_names_and_settings_are_refused() -> None:
    with pytest.raises(AutoMemError, match="'jump' is none of its actions: wait, up, down"):
        world(default_action="jump")
    with pytest.raises(AutoMemError, match=r"no task 'elm'; it has oak, ash"):
        LADDER.start("elm", 0, {})
    with pytest.raises(AutoMemError, match=r"no setting is called 'max_step'; did you mean 'max_steps'\?"):
        LADDER.describe("oak", {"max_step": 3})
    episode = LADDER.start("oak", 0, {})
    with pytest.raises(AutoMemError, match="never reset"):
        episode.step("up")
    episode.reset()
    with pytest.raises(AutoMemError, match="no action 'jump'; it has wait, up, down"):
        episode.step("jump")


def test_a_picture_is_what_the_environment_draws() -> None:
    png = Image.open(io.BytesIO(picture(LADDER, "oak", 0, {}, ["up", "wait"], 40)))
    assert png.size == (20, 40)
    assert [png.getpixel((0, y)) for y in (5, 15, 25, 35)] == [(0, 0, 0), (0, 0, 0), (255, 255, 255), (0, 0, 0)]


@pytest.mark.parametrize(
    ("make", "size", "message"),
    [
        (Blind, 40, "`render` gives str; make its environments with render_mode='rgb_array'"),
        (Broken, 40, "cannot draw a picture: pygame is not installed"),
        (Ladder, 15, "16 to 4096 pixels, not 15"),
    ],
)
def test_without_a_picture_it_says_why(make: Callable[[str], Any], size: int, message: str) -> None:
    with pytest.raises(AutoMemError, match=f"^env ladder: .*{message}"):
        picture(world(make), "ladder", 0, {}, [], size)


def test_environments_are_closed() -> None:
    made: list[Ladder] = []

    def make(task: str) -> Ladder:
        made.append(Ladder(task))
        return made[-1]

    kept = world(make)
    kept.describe("ladder", {})
    picture(kept, "ladder", 0, {}, ["up"], 40)
    assert [env.open for env in made] == [False, False]
