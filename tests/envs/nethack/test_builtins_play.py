"""The built-ins against real play: what they foretell is what happens."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from automem.agent.extract import compile_extractor
from automem.agent.located import RuleError
from automem.envs.base import Observation
from automem.envs.nethack import WORLD
from automem.envs.nethack.builtins import game_prompt, grid_map, status, visits
from automem.envs.nethack.builtins.compass import COMPASS
from automem.spec.extract import BuiltinExtract
from automem.spec.language import compile_expression, compile_template

TASK = "NetHackChallenge"
INFO = WORLD.describe(TASK, {})
TESTS = Path(__file__).parents[2]


@contextlib.contextmanager
def playing(seed):
    with contextlib.closing(WORLD.start(TASK, seed, {})) as episode:
        yield episode, episode.reset()


def explore(seed, steps):
    """Value, step taken and the text after it, of play that half of the time goes to the frontier."""
    choose, grid, value = random.Random(seed), grid_map({"frontier": 1}, INFO), None
    with playing(seed) as (episode, seen):
        for _ in range(steps):
            value = grid(seen, {}, value)
            direction = choose.choice(list(COMPASS))
            if value["frontier"] and choose.random() < 0.6:
                direction = value["frontier"][0]["direction"]
            asked = bool(seen.data["asks"])
            seen = episode.step("esc" if asked else direction)
            if seen.done:
                return
            if not asked and not seen.data["asks"]:
                yield value, direction, seen


def outcome(value, direction, after):
    (x, y), (dx, dy) = value["here"], COMPASS[direction]
    here = status({}, INFO)(after, {}, None)["position"]
    return "there" if here == [x + dx, y + dy] else "here" if here == [x, y] else "elsewhere"


def test_steps_do_what_is_foretold():
    happened = Counter()
    for seed in (1, 2, 3):
        for value, direction, after in explore(seed, 500):
            if "pit" not in after.text:  # who fell into one stays there for some turns
                happened[value["around"][direction]["step"], outcome(value, direction, after)] += 1
    assert happened["blocked", "there"] == happened["open", "there"] == 0
    assert happened["blocked", "here"] > 100
    assert happened["walk", "there"] > 300
    assert happened["walk", "here"] <= happened["walk", "there"] // 100
    assert happened["swap", "there"] > happened["swap", "here"]


def test_a_menu_over_the_map_hides_nothing():
    with playing(7) as (episode, first):
        grid, count, asks = grid_map({"path": True, "frontier": 9}, INFO), visits({}, INFO), game_prompt({}, INFO)
        menu = episode.step("inventory")
        assert "(end)" in menu.text
        assert asks(menu, {}, None)["asks"] == "space"
        before = grid(first, {}, None)
        assert grid(menu, {}, before) == before
        assert before["around"]["west"]["kind"] == "pet"
        assert count(menu, {}, count(first, {}, None)) == count(first, {}, None)


@pytest.mark.parametrize(
    ("action", "asks", "choices"),
    [("open", "key", []), ("drop", "key", list("abcde")), ("travel", "key", []), ("search", "", [])],
)
def test_questions_of_the_game(action, asks, choices):
    with playing(7) as (episode, _):
        value = game_prompt({}, INFO)(episode.step(action), {}, None)
        assert (value["asks"], value["choices"]) == (asks, choices)


def test_the_status_is_what_the_screen_says():
    with playing(7) as (_, seen):
        value = status({}, INFO)(seen, {}, None)
    line = "Dlvl:{depth} $:{gold} HP:{hp}({max_hp}) Pw:{energy}({max_energy}) AC:{ac} Xp:{level}/{experience} T:{turn}"
    assert line.format(**value) in seen.text
    assert f"Dx:{value['dexterity']} Co:{value['constitution']} In:{value['intelligence']}" in seen.text
    assert (value["alignment"], value["hunger"], value["load"]) == ("Neutral", "Not Hungry", "Unencumbered")


def test_conditions_and_templates_read_the_values():
    rules = {
        "grid": BuiltinExtract.model_validate({"builtin": "grid_map", "with": {"path": True}}),
        "visits": BuiltinExtract(builtin="visits"),
        "prompt": BuiltinExtract(builtin="game_prompt"),
        "status": BuiltinExtract(builtin="status"),
    }
    with playing(7) as (_, seen):
        extracts = {name: compile_extractor(name, rule, INFO) for name, rule in rules.items()}
    values = {"obs": {name: extract(seen, {}, None) for name, extract in extracts.items()}}
    for condition in (
        "obs.grid.around.north.walkable and obs.grid.around.west.step == 'swap'",
        "obs.grid.counts.closed_door == 2 and obs.grid.counts.boulder is not defined",
        "obs.visits.new and obs.visits.counts['41,16'] == 1 and 'east' in obs.visits.least",
        "not obs.prompt.asks and obs.status.hp_share == 1 and obs.status.conditions | length == 0",
    ):
        assert compile_expression(condition).holds(values), condition
    doors = """{% for it in obs.grid.seen if it.kind == "closed_door" %}
{{- it.name }}: {{ it.distance }} {{ it.bearing }}, go {{ it.path.direction }} for {{ it.path.steps }}
{% endfor %}"""
    assert compile_template(doors).render(values).strip().split("\n") == [
        "horizontal closed door: 4 northeast, go east for 5",
        "vertical closed door: 6 east, go east for 6",
    ]
    with pytest.raises(RuleError, match="reads what the NetHack family gives"):
        extracts["grid"](Observation("typed by hand"), {}, None)


def digest():
    """One hash of all that the built-ins give over a stretch of play."""
    sha = hashlib.sha256()
    extracts = [grid_map({"path": True}, INFO), visits({}, INFO), game_prompt({}, INFO), status({}, INFO)]
    values = [None] * len(extracts)
    for _, _, seen in explore(5, 80):
        values = [extract(seen, {}, value) for extract, value in zip(extracts, values, strict=True)]
        sha.update(json.dumps(values).encode())
    return sha.hexdigest()


def test_values_are_the_same_in_every_process():
    code = "from envs.nethack.test_builtins_play import digest; print(digest())"
    other = subprocess.run(
        [sys.executable, "-c", code],
        cwd=TESTS,
        env={**os.environ, "PYTHONHASHSEED": "12345", "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == digest()
