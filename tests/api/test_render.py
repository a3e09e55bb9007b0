"""Prompts as a model will read them."""

from __future__ import annotations

import pytest

from automem.api.render import render
from automem.envs import Observation
from automem.errors import AutoMemError
from automem.library import shipped

V0 = shipped("specs") / "crafter/v0.yaml"


def test_sections_sizes_and_what_is_stable():
    data = render(V0).as_data()
    assert list(data["prompts"]) == ["log", "plan"]
    for prompt in data["prompts"].values():
        sections = prompt["sections"]
        stable = [section["chars"] for section in sections if section["stable"]]
        assert prompt["stable_prefix_chars"] == sum(stable) + 2 * (len(stable) - 1)
        shown = [section["chars"] for section in sections if section["chars"]]
        assert prompt["chars"] == len(prompt["text"]) == sum(shown) + 2 * (len(shown) - 1)


def test_the_observation_can_be_given():
    seen = Observation("You face lava at your front.")
    assert seen.text in render(V0, observation=seen).prompts["plan"].text


def test_an_unknown_task_is_told():
    with pytest.raises(AutoMemError, match="there is no task 'minecraft'"):
        render(V0, task="minecraft")
