"""The evolved scaffold of NetHack: the patches that make it, and what each mechanism says, writes or leaves alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from engines_scripted.test_nethack_play import play
from envs.nethack.drawing import draw
from nle import nethack

from automem.agent.agent import Agent
from automem.agent.episode import Episode
from automem.agent.execute import Executor
from automem.agent.rehearsal import openings
from automem.api.validate import validate
from automem.envs.base import Observation
from automem.envs.nethack import WORLD
from automem.library import shipped
from automem.patches.check import check_patch
from automem.spec.load import load_scaffold
from automem.spec.source import parse_document, read_document

TASK = "NetHackChallenge"
SPECS = shipped("specs") / "nethack"
PATCHES = sorted((SPECS / "patches").glob("*.yaml"))
# What the scripted player did in the dungeon of seed 46, down to the third level.
WALK = (Path(__file__).parent / "nethack" / "walk.txt").read_text(encoding="utf-8").split("\n")[:-1]
Step = tuple[str, Observation]


@dataclass(frozen=True)
class Moment:
    """What one observation led to: what of the prompts changes, the files, the names of updates and notices."""

    log: str
    plan: str
    files: dict[str, list[str]]
    spoke: dict[str, str]


@cache
def agent() -> Agent:
    return Agent(load_scaffold(SPECS / "evolved.yaml"), WORLD.describe(TASK, {}))


@contextmanager
def begun() -> Iterator[Episode]:
    with TemporaryDirectory() as folder, closing(agent()._memory(Path(folder) / "memory")) as memory:
        yield Episode(agent().program, memory)


def see(episode: Episode, action: str, seen: Observation) -> Moment:
    if action:
        episode.acted(action, action, valid=True)
    episode.observe(seen)
    shown = {phase: prompt.text[prompt.stable :] for phase, prompt in openings(episode)}
    files = {name: list(view.lines) for name, view in episode.memory.views().items()}
    return Moment(shown["log"], shown["plan"], files, {one.name: one.effect for one in episode.firings})


def live(steps: Iterable[Step]) -> list[Moment]:
    with begun() as episode:
        return [see(episode, action, seen) for action, seen in steps]


def played(seed: int, actions: Sequence[str]) -> Iterator[Step]:
    with closing(WORLD.start(TASK, seed, {})) as game:
        yield "", game.reset()
        yield from ((action, game.step(action)) for action in actions)


@cache
def walked() -> list[Moment]:
    return live(played(46, WALK))


def level(picture: str = "@", depth: int = 1, health: int = 30, dungeon: int = 0, asks: str = "") -> Observation:
    """A level drawn in text, as deep and with as many of 30 hit points as said."""
    seen = draw(picture, dungeon=dungeon, level=depth, asks=asks)
    stats = list(seen.data["stats"])
    stats[nethack.NLE_BL_DEPTH], stats[nethack.NLE_BL_HP], stats[nethack.NLE_BL_HPMAX] = depth, health, 30
    return replace(seen, data={**seen.data, "stats": stats})


def test_the_scaffold_is_in_order() -> None:
    assert validate(SPECS / "evolved.yaml") == []


def test_the_patches_make_it_of_v0() -> None:
    document = read_document(SPECS / "v0.yaml")
    for path in PATCHES:
        checked = check_patch(path.read_text(encoding="utf-8"), path.name, document)
        assert checked.issues == (), path.name
        assert checked.patch is not None
        assert checked.patch.expects
        document = parse_document(checked.text, path.name)
    made, meant = document.plain(), read_document(SPECS / "evolved.yaml").plain()
    assert json.dumps({**made, "name": meant["name"]}) == json.dumps(meant)


async def test_the_player_plays_it_soundly() -> None:
    steps = await play(TASK, 46, 210, SPECS / "evolved.yaml")
    assert [step.action for step in steps[: len(WALK)]] == WALK
    assert all(step.valid for step in steps)
    assert {op.status for step in steps for op in step.ops} <= {"ok", "no_match"}


# Status, and the files that the engine keeps.


def test_the_status_is_told_in_both_phases_and_behind_a_menu() -> None:
    first, menu = live(played(42, ["inventory"]))
    assert "(end)" in menu.plan
    for moment, step in ((first, 1), (menu, 2)):
        line = f"Step {step}. Level (Dlvl) 1, the deepest so far 1; turn 1. HP 16 of 16, AC 7,"
        assert line in moment.log
        assert line in moment.plan
        assert moment.files["status.md"][0] == "Level 1 at 68,8, the deepest so far 1"
        assert "(low)" not in moment.plan


def test_low_health_is_told() -> None:
    fine, low = live([("", level(health=11)), ("west", level(health=10))])
    assert "HP 11 of 30, AC" in fine.plan
    assert "HP 10 of 30 (low), AC" in low.plan


def test_the_deepest_level_is_kept_on_the_way_up() -> None:
    down, up = live([("", level(depth=4)), ("up", level(depth=3))])
    assert down.files["status.md"][0].endswith("the deepest so far 4")
    assert up.files["status.md"][0] == "Level 3 at 0,0, the deepest so far 4"


def test_the_inventory_is_written_when_it_changes() -> None:
    begin, same, asked, dropped = live(played(42, ["search", "drop", "d"]))
    assert begin.files["inventory.md"][-1] == "d: an uncursed food ration"
    assert [moment.spoke.get("inventory") for moment in (begin, same, asked, dropped)] == ["ok", None, None, "ok"]
    assert dropped.files["inventory.md"] == begin.files["inventory.md"][:-1]


def test_one_who_carries_nothing_has_an_inventory_too() -> None:
    assert live([("", level())])[0].files["inventory.md"] == ["nothing"]


# Memory: the map, the logs, the strategy.


def write(episode: Episode, *ops: str) -> list[str]:
    Executor(episode, "log").run("\n".join(ops), 0, "base")
    return [op.status for op in episode.ops if op.role == "base"]


def mark(place: str, what: str) -> str:
    return f"<|MARK|>{place}|{what}<|END|>"


PLACE = "     \n" * 6 + "     @"  # at 5,6


def test_a_place_has_one_line_with_a_part_for_each_level() -> None:
    with begun() as episode:

        def known() -> list[str]:
            return list(episode.memory.views()["map.md"].lines)

        see(episode, "", level(PLACE))
        write(episode, mark("here", "fountain"), mark("( 8, 2)", "door"), mark("5,6", "fountain, dry"))
        assert known() == ["8,2|level 1: door", "5,6|level 1: fountain, dry"]
        see(episode, "down", level(PLACE, depth=12))
        write(episode, mark("5,6", "stairs up / down"))
        assert known()[-1] == "5,6|level 1: fountain, dry / level 12: stairs up, down"
        write(episode, mark("5,6", "level 12 at 5,6: dead end"))
        assert known()[-1] == "5,6|level 1: fountain, dry / level 12 at 5,6: dead end"
        write(episode, mark("5,6", "level 1: altar"))
        assert known()[-1] == "5,6|level 12 at 5,6: dead end / level 1: altar"


def test_a_branch_has_levels_of_its_own() -> None:
    with begun() as episode:
        see(episode, "", level(depth=3))
        write(episode, mark("here", "fountain"))
        see(episode, "up", level(dungeon=2, depth=3))
        write(episode, mark("here", "rock"))
        assert episode.memory.views()["map.md"].text.strip() == "0,0|level 3: fountain / level 3 of branch 2: rock"


def test_the_map_is_written_by_place_alone() -> None:
    with begun() as episode:
        see(episode, "", level())
        append, search = "<|APPEND|>map.md|1,1|door<|END|>", "<|SEARCH|>map.md|door<|END|>"
        assert write(episode, append, mark("there", "door"), mark("1,1", "door"), search) == [
            *("denied", "malformed", "ok", "ok")
        ]


@pytest.mark.parametrize(("file", "most"), [("progress.md", 60), ("survival.md", 60), ("actions.md", 80)])
def test_logs_keep_their_end(file: str, most: int) -> None:
    with begun() as episode:
        see(episode, "", level())
        write(episode, *(f"<|APPEND|>{file}|line {n}<|END|>" for n in range(most)))
        assert episode.memory.views()[file].lines[0] == "line 0"
        write(episode, f"<|APPEND|>{file}|the last<|END|>")
        lines = episode.memory.views()[file].lines
        assert (len(lines), lines[:2], lines[-1]) == (most, ("(older lines are gone)", "line 2"), "the last")


def test_the_strategy_is_given_and_rewritten_by_a_command_of_its_own() -> None:
    prompts = agent().preview()
    assert "<|STRATEGY|>text<|END|>" in prompts["log"].text
    assert "WRITE" not in prompts["log"].text + prompts["plan"].text
    with begun() as episode:
        first = see(episode, "", level())
        assert first.files["strategy.md"][0].startswith("Go down")
        ops = (
            "<|STRATEGY|>Find the stairs.<|END|>",
            "<|WRITE|>actions.md|gone<|END|>",
            "<|WRITE|>strategy.md|Up.<|END|>",
        )
        assert write(episode, ops[0]) == ["ok"]
        assert episode.memory.views()["strategy.md"].lines == ("Find the stairs.",)
        assert write(episode, *ops[1:]) == ["ok", "denied", "ok"]


# Stairs.


def stairs(text: str) -> list[str]:
    return [line for line in text.split("\n") if "way down" in line or "where to travel" in line]


def test_known_stairs_are_told_first_and_last() -> None:
    moment = live([("", level("-------\n|.....|\n|@...>|\n-------"))])[0]
    said = "The way down is at 5,2, 4 steps to walk. Go there now; the first step is east."
    assert stairs(moment.plan) == [said, said]
    assert moment.plan.strip().startswith(said)
    assert moment.plan.strip().endswith(said)
    assert stairs(moment.log) == []


@pytest.mark.parametrize(
    ("picture", "rule", "said"),
    [
        ("|.@...|", None, ""),
        ("|<@...|", None, ""),
        ("|@>....|", "near", "at 2,0, 1 step to walk. Go there now; the first step is east."),
        ("|@.......>|", "far", "8 steps to walk. Go there now; the first step is east, or the actions travel, down"),
        ("|@. .>|", "cut_off", "at 5,0, 4 steps east, but no way there is known yet."),
    ],
)
def test_stairs_are_told_as_far_as_they_are_known(picture: str, rule: str | None, said: str) -> None:
    moment = live([("", level(picture))])[0]
    assert moment.spoke.get("stairs") == rule
    assert len(stairs(moment.plan)) == 2 * bool(rule)
    assert said in moment.plan


def test_stairs_underfoot_are_told_until_the_game_asks_something() -> None:
    beside, on, asked = live(
        [("", level("|@>|", 2)), ("east", level("|.@|", 2)), ("kick", level("|.@|", 2, asks="key"))]
    )
    assert beside.spoke["stairs"] == "near"
    assert (
        "You stand on the way down. Unless something keeps you here, the action is down; it leads to level 3."
        in on.plan
    )
    assert "stairs" not in asked.spoke


def test_stairs_are_told_in_real_play_and_lead_down() -> None:
    told = {number: moment.spoke["stairs"] for number, moment in enumerate(walked()) if "stairs" in moment.spoke}
    on = [number for number, rule in told.items() if rule == "on"]
    assert len(on) == 2
    assert [WALK[number] for number in on] == ["down", "down"]
    assert [walked()[number + 1].files["status.md"][0].partition(" at ")[0] for number in on] == ["Level 2", "Level 3"]
    assert all(told.get(number - 1) == "near" for number in on)
    assert not [number for number in told if number > on[-1]]


def test_travelling_to_stairs_goes_as_told() -> None:
    near = next(number for number, moment in enumerate(walked()) if moment.spoke.get("stairs") == "near")
    asked, _, arrived = live(played(46, [*WALK[:near], "travel", "down", "wait"]))[-3:]
    assert asked.spoke["stairs"] == "travelling"
    assert arrived.spoke["stairs"] == "on"


# The past: recent actions, circles, visits.


def test_recent_actions_are_told_with_what_came_of_them() -> None:
    moments = live(played(42, ["west", "kick", "esc", "search", "inventory"]))
    assert "What you did last" not in moments[0].plan
    assert "What you did last" not in moments[-1].log
    told = moments[-1].plan.partition("What you did last, and what came of it:\n")[2].split("\n")[:5]
    assert told[:2] == ["1 west: now at 67,8", "2 kick: the game asks"]
    assert [line.partition(":")[0] for line in told[2:]] == ["3 esc", "4 search", "5 inventory"]
    assert told[4].endswith(": the game asks")


def test_new_levels_wounds_and_standing_still_are_told() -> None:
    steps = [("", level(health=9)), ("search", level(health=9)), ("down", level(depth=2, health=5))]
    assert live(steps)[-1].plan.count("1 search: nothing changed\n2 down: now on level 2, HP -4\n") == 1


def test_an_action_that_was_none_is_told_with_what_ran() -> None:
    with begun() as episode:
        see(episode, "", level())
        episode.acted("esc", "dance with the dog", valid=False)
        assert "1 esc (yours was no action: dance with the dog): nothing" in see(episode, "", level()).plan


def test_the_last_twenty_actions_are_told() -> None:
    plan = walked()[100].plan
    assert [plan.count(f"\n{step} {WALK[step - 1]}: ") for step in (80, 81, 100)] == [0, 1, 1]


PACING = ["west", "east", "west", "east", "west"]


def test_three_turns_back_are_a_circle() -> None:
    moments = live(played(42, [*PACING, "south", "south", "east"]))
    assert [number for number, moment in enumerate(moments) if "circles" in moment.spoke] == [4, 5, 6, 7]
    assert "WARNING: 3 of your last 4 moves on this level went straight back." in moments[4].plan
    assert "The nearest unexplored place is at 66,10, 1 step to walk; the first is west." in moments[7].plan


def test_answers_and_other_levels_are_no_turns_back() -> None:
    first, second = level("|.@.|"), level("|.@.|", 2)
    asks = level("|.@.|", asks="key")
    answers = [step for way in PACING for step in (("kick", asks), (way, first))]
    assert not [moment for moment in live([("", first), *answers]) if "circles" in moment.spoke]
    paced = [("", first), *((way, first) for way in PACING[:3]), ("down", second), ("east", second), ("west", second)]
    assert not [moment for moment in live(paced) if "circles" in moment.spoke]


def test_places_are_counted_by_level() -> None:
    begin, *_, third = live(played(42, ["west", "east", "west", "east"]))
    assert "You have been at 1 place of this level." in begin.plan
    assert begin.spoke["visited"] == "number"
    assert third.spoke["visited"] == "often"
    assert (
        "You have come to this place 3 times so far; you have been at 2 places of this level. Least visited"
        in third.plan
    )
    assert "west" not in third.plan.partition("Least visited beside you: ")[2].partition(".")[0].split(", ")
    down = next(number for number, action in enumerate(WALK) if action == "down")
    assert "You have been at 1 place of this level." in walked()[down + 1].plan


# Actions.


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("Go north-east.", "northeast"),
        ("far East", "far east"),
        ("run south", "far south"),
        ("Far west until the door", "far west"),
        ("move one step west", "west"),
        ("go down the stairs", "down"),
        ("descend", "down"),
        ("kick the door", "kick"),
        ("pick up", "pickup"),
        (">", "down"),
        (".", "wait"),
        ("n", "n"),
        ("N", "N"),
        ("No", "n"),
        ("dance", None),
        ("", None),
    ],
)
def test_words_are_brought_to_the_games_spelling(words: str, action: str | None) -> None:
    assert agent().program.actions.action(words) == action
