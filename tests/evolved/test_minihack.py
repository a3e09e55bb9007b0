"""MiniHack's evolved scaffold: the patches make it of v0, and each mechanism speaks, and is silent, when it should."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from engines_scripted.playing import play_out
from envs.levels import lay
from envs.nethack.drawing import draw

from automem.agent.agent import Agent
from automem.agent.episode import Episode
from automem.api.validate import validate
from automem.envs import WORLDS
from automem.envs.base import Observation
from automem.library import shipped
from automem.patches.apply import apply_patch
from automem.patches.check import check_patch
from automem.patches.read import read_patch
from automem.spec.load import examine_scaffold, load_scaffold
from automem.spec.source import parse_document, read_document

SPECS = shipped("specs") / "minihack"
EVOLVED = SPECS / "evolved.yaml"
PATCHES = sorted((SPECS / "patches").glob("*.yaml"))
WORLD = WORLDS.load("minihack")
MAZE, ROOMS, BATTLE, QUEST, BOXES = "MazeWalk-9x9", "Corridor-R3", "CorridorBattle-Dark", "Quest-Easy", "Boxoban-Medium"
Step = tuple[str, Observation]


class Moment(NamedTuple):
    """What one observation led to.

    Arguments:
        plan: the part of PLAN's prompt that changes.
        spoke: notice → the rules that held, in PLAN.
        files: the memory after the updates.
        wrote: whether the engine's own line was written.
    """

    plan: str
    spoke: dict[str, str]
    files: dict[str, list[str]]
    wrote: bool


def settings(task: str) -> dict[str, str]:
    return {"levels": "generated"} if task.startswith("Boxoban") else {}


@cache
def agent(task: str = MAZE) -> Agent:
    return Agent(load_scaffold(EVOLVED), WORLD.describe(task, settings(task)))


def live(steps: Iterable[Step], task: str = MAZE, writes: int = 0) -> list[Moment]:
    """Take part in a play whose LOG phases write so often."""
    lived, program = [], agent(task).program
    with TemporaryDirectory() as folder, closing(agent(task)._memory(Path(folder) / "memory")) as memory:
        episode = Episode(program, memory)
        for action, seen in steps:
            episode.acted(action, action, valid=True)
            episode.observe(seen)
            if action:
                episode.values["wrote"] = writes
                episode.logged()
            episode.speak(program.plan, "plan")
            prompt = program.plan.opening(episode.values)
            fired = {one.name: one.effect for one in episode.firings if one.kind == "notice"}
            files = {name: list(view.lines) for name, view in memory.views().items()}
            wrote = any(one.name == "silent" for one in episode.firings)
            lived.append(Moment(prompt.text[prompt.stable :], fired, files, wrote))
    return lived


def played(task: str, *actions: str) -> Iterator[Step]:
    with closing(WORLD.start(task, 42, settings(task))) as game:
        yield "", game.reset()
        yield from ((action, game.step(action)) for action in actions)


def walk(task: str, *actions: str, writes: int = 0) -> list[Moment]:
    return live(played(task, *actions), task, writes)


def drawn(*pictures: str, actions: Iterable[str] = ()) -> list[Moment]:
    """Levels drawn in text, and what was done between them."""
    return live([(action, draw(picture)) for action, picture in zip(["", *actions], pictures, strict=True)])


def test_the_patches_make_it_of_v0() -> None:
    scaffold = read_document(SPECS / "v0.yaml")
    for path in PATCHES[:-1]:
        read = read_patch(path.read_text(encoding="utf-8"), str(path))
        assert read.patch.expects
        scaffold = parse_document(apply_patch(scaffold, read.patch, read.document).text, path.name)
        assert examine_scaffold(scaffold)[1] == []
    checked = check_patch(PATCHES[-1].read_text(encoding="utf-8"), str(PATCHES[-1]), scaffold)
    assert checked.issues == ()
    made, meant = parse_document(checked.text, "made").plain(), read_document(EVOLVED).plain()
    assert json.dumps({**made, "name": meant["name"]}) == json.dumps(meant)


def test_it_is_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOMEM_BOXOBAN_LEVELS", lay(tmp_path))
    assert validate(EVOLVED) == []


@pytest.mark.parametrize("task", [MAZE, QUEST, BOXES])
async def test_it_is_played_without_a_fault(task: str) -> None:
    limited = {"max_steps": 20, **settings(task)}
    made = Agent(load_scaffold(EVOLVED), WORLD.describe(task, limited))
    steps = await play_out(
        made, WORLD.start(task, 42, limited), "nethack", lambda request: request, lambda request, answer: None
    )
    assert all(step.valid for step in steps)
    assert {op.status for step in steps for op in step.ops} <= {"ok", "no_match", "empty"}


def test_what_an_action_did_is_told() -> None:
    first, *_, last = walk(MAZE, "west", "south")
    assert "Your last steps" not in first.plan
    assert "step 1: west -> moved to 38,13\nstep 2: south -> did not move" in last.plan


def test_the_last_twelve_steps_are_told() -> None:
    last = walk(ROOMS, *["search"] * 14)[-1]
    assert [f"step {number}: " in last.plan.split("Your last steps:")[1] for number in (2, 3, 14)] == [
        False,
        True,
        True,
    ]


def test_a_question_and_its_answer_are_no_moves() -> None:
    asked, answered = walk(QUEST, "kick", "east")[1:]
    assert asked.files["actions.md"] == ["step 1: kick -> the game asks"]
    assert answered.files["actions.md"][-1] == "step 2: east -> answered"
    assert "Tried from here" not in answered.plan


def test_a_door_that_opens_is_an_effect() -> None:
    opened, locked = (drawn("@+", picture, actions=["east"])[-1] for picture in ("@'", "@+"))
    assert "east -> opened the door" in opened.plan
    assert "east -> did not move: vertical closed door east" in locked.plan


def test_a_step_without_a_note_leaves_one_line() -> None:
    first, second = walk(MAZE, "west")
    assert (first.wrote, second.wrote) == (False, True)
    assert second.files["actions.md"] == ["step 1: west -> moved to 38,13"]


def test_where_the_agent_wrote_nothing_is_added() -> None:
    assert not any(moment.wrote or moment.files["actions.md"] for moment in walk(MAZE, "west", "east", writes=1))


def test_no_line_is_lost_and_the_last_five_are_shown() -> None:
    first, *_, last = walk(ROOMS, *["search"] * 99)
    assert "actions.md:\n(none yet)" in first.plan
    assert len(last.files["actions.md"]) == 99
    shown = last.plan.split("last lines of actions.md:\n")[1].split("\n\n")[0].split("\n")
    assert shown == last.files["actions.md"][-5:]


def test_turning_back_twice_is_told() -> None:
    said = [moment.spoke.get("circles") for moment in walk(MAZE, "west", "east", "west", "west")]
    assert said == [None, None, None, "swing", None]


def test_the_same_in_vain_is_told_and_walking_on_is_not() -> None:
    assert [m.spoke.get("circles") for m in walk(MAZE, *["south"] * 3)] == [None, None, None, "same"]
    assert not any("circles" in m.spoke for m in walk(MAZE, *["west"] * 3))
    assert not any("circles" in m.spoke for m in walk(ROOMS, *["search"] * 4))


def test_staying_on_two_squares_is_critical() -> None:
    swinging = walk(MAZE, *["west", "east"] * 3)
    assert ["pinned" in moment.spoke for moment in swinging] == [False] * 6 + [True]
    assert "CRITICAL: your last six moves ended on 2 squares." in swinging[-1].plan
    assert "ended on 1 square." in walk(MAZE, *["south"] * 6)[-1].plan
    assert not any("pinned" in moment.spoke for moment in walk(ROOMS, *["search"] * 7))


def test_blows_are_no_circle() -> None:
    fight = drawn(*["@o"] * 8, actions=["east"] * 7)
    assert "east -> fought the " in fight[-1].plan
    assert not any({"pinned", "circles", "vain"} & {*moment.spoke} for moment in fight)


def test_arrivals_are_counted_and_another_way_is_named() -> None:
    said = [moment.spoke.get("visited") for moment in walk(MAZE, *["west", "east"] * 4)]
    assert said == [None, None, None, None, "often", "often", "again", "again", "lost"]
    last = walk(MAZE, *["west", "east"] * 4)[-1].plan
    assert "WARNING: you have come to this square 5 times. Go northeast now" in last


def test_neighbours_never_visited_are_named() -> None:
    first, second = walk(MAZE, "west")
    assert "Not yet visited beside you: northeast east west" in first.plan
    assert "Not yet visited beside you: west" in second.plan
    assert "Least visited" not in second.plan


def test_standing_still_is_no_arrival() -> None:
    assert not any("visited" in moment.spoke for moment in walk(ROOMS, *["search"] * 6))


def test_a_way_that_failed_is_remembered_and_not_advised() -> None:
    """The square to the north is shown as floor, and cannot be entered."""
    room = "...\n.@.", "...\n@..", "...\n.@."
    swing = ["west", "east"] * 4
    plain = drawn(*([room[0], room[1]] * 4), room[0], actions=swing)[-1]
    failed = drawn(room[0], *([room[0], room[1]] * 4), room[0], actions=["north", *swing])[-1]
    assert "Go north now" in plain.plan
    assert "Go northeast now" in failed.plan
    assert "Tried from here, without moving: north." in failed.plan


def test_where_something_has_changed_a_way_may_be_tried_again() -> None:
    before, after = "@+", "@'"
    tried = drawn(before, before, after, actions=["east", "east"])
    assert ["vain" in moment.spoke for moment in tried] == [False, True, False]


def test_stairs_beside_are_an_action_and_stairs_afar_a_way() -> None:
    first, *_, afar, beside = walk(MAZE, "northeast", "north", "east")
    assert (first.spoke["stairs"], afar.spoke["stairs"], beside.spoke["stairs"]) == ("unseen", "way", "beside")
    assert "No stairs down seen yet. Unexplored:" in first.plan
    assert "The stairs down is at 42,11, east, 2 steps to walk; the first is east." in afar.plan
    assert "The stairs down is right beside you. Your action: east." in beside.plan


def test_what_else_leads_to_the_stairs_is_named() -> None:
    assert "first is east. Also free that way: northeast southeast." in drawn(".....\n.@..>\n.....")[0].plan
    assert "Also free" not in drawn("@..>")[0].plan


@pytest.mark.parametrize(
    ("picture", "rule", "told"),
    [
        ("......\n..}}..\n@.}..>\n..}}..\n......", "way", "first is"),
        ("........\n.}......\n@}.....>\n.}......\n........", "detour", "lava). A way round of"),
        (".}......\n@}.....>\n.}......", "cut_off", "no safe way there is known"),
        ("........\n@.......\n.}.....>", "way", "first is"),
    ],
)
def test_danger_towards_the_stairs(picture: str, rule: str, told: str) -> None:
    moment = drawn(picture)[0]
    assert moment.spoke["stairs"] == rule
    assert told in " ".join(moment.plan.split())


def test_a_boulder_is_no_wall_and_a_tile_two_rows_away_is_not_beside() -> None:
    pushed = drawn(".....\n.@0.>\n.....")[0]
    assert "east: boulder (push)" in pushed.plan
    assert "right beside" not in drawn("@\n.\n>")[0].plan
    assert "right beside" not in drawn("@\n\n>")[0].plan


def test_doors_are_listed() -> None:
    listed = drawn("-----\n|@..+..\n--'--")[0].plan
    assert "closed door at 4,1, 3 east: east" in listed
    assert "open door at 2,2, 1 southeast: east" in listed
    assert "Doors" not in drawn("...@...")[0].plan


def test_a_question_has_a_prompt_of_its_own() -> None:
    before, which, after = walk(QUEST, "zap", "more")
    assert "The game asks" not in before.plan + after.plan
    assert "What do you want to zap? [f or ?*]" in which.plan
    assert "f: a tin wand" in which.plan
    for absent in ("map:", "Around you", "Your last steps", "stairs", "Doors", "visited"):
        assert absent not in which.plan, absent
    assert len(which.plan) < len(before.plan) / 2


def test_a_direction_is_asked_with_the_squares_around() -> None:
    plan = walk(QUEST, "kick")[-1].plan
    assert "The game asks" in plan
    assert "Around you: north: floor" in plan
    assert "map:" in plan
    assert "Not yet visited" not in plan


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("North", "north"),
        ("go north-east.", "northeast"),
        ("move south west", "southwest"),
        ("walk to the east", "east"),
        ("run west", "far west"),
        ("far north until something comes", "far north"),
        ("PICK UP the ring", "pickup"),
        ("zap f", "zap"),
        ("go home", None),
    ],
)
def test_words_are_understood(words: str, action: str | None) -> None:
    assert agent(QUEST).program.actions.action(words) == action


def test_what_runs_without_an_action_depends_on_the_task() -> None:
    fallbacks = {task: agent(task).program.actions.fallback for task in (MAZE, ROOMS, QUEST, BOXES)}
    assert fallbacks == {MAZE: "north", ROOMS: "search", QUEST: "wait", BOXES: "north"}


def test_each_task_has_its_tip_and_no_other() -> None:
    tips = agent().program.rule.tables["tips"]
    for task in WORLD.tasks():
        plan = agent(task).preview()["plan"]
        stable = plan.text[: plan.stable]
        assert [tip in stable for tip in tips.values()] == [task.startswith(family) for family in tips]


def test_boxoban_has_files_and_prompts_of_its_own() -> None:
    boxes, maze = (set(agent(task).program.files) for task in (BOXES, MAZE))
    assert boxes ^ maze == {"pushes.md", "strategy.md", "survival.md"}
    first, _, last = walk(BOXES, "east", "west")
    assert "Your plan, as in pushes.md: (none yet)" in first.plan
    assert "Boulders: " in first.plan
    assert "exactly one of north, east, south and west" in agent(BOXES).preview()["plan"].text
    assert not {"visited", "stairs"} & {*last.spoke}
    assert "pushes.md" not in walk(MAZE)[0].plan


def test_boulders_and_goals_are_told_apart() -> None:
    pushed = walk(BOXES, "east", "south", "south")
    assert "south pushes the boulder there." in pushed[1].plan or "south pushes" in pushed[0].plan
    goals = [moment.plan.split("Goals without one:")[1].split("\n")[0].split() for moment in pushed]
    assert [len(free) for free in goals] == [4] * 4
