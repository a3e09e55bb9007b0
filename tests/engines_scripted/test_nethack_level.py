from __future__ import annotations

import pytest

from automem.engines.scripted.nethack import play
from automem.engines.scripted.nethack.level import Level, read_level
from automem.engines.scripted.nethack.notes import read_notes
from automem.engines.scripted.nethack.paths import Ways
from automem.engines.scripted.prompt import read_page
from engines_scripted.playing import request_of

ACTIONS = "north, east, south, west, northeast, southeast, southwest, northwest, kick, search, esc, down, far east"
OFFERS = (
    f"Actions: {ACTIONS}\nmap.md: where things are\n"
    "<|SEARCH|>file|word<|END|>  shows lines that contain a word\n<|ACTION|>action<|END|>  commits the action\n"
)
NOTES = (
    "map.md: where things are\n<|APPEND|>file|text<|END|>  adds a line to a file\n<|DONE|>  ends this phase\n"
    "Files now: map.md (0)\n"
)


def view(rows: str, message: str = "", named: str = "") -> str:
    """An observation of a level whose first row is the first of `rows`; the agent is the @."""
    lines = rows.strip("\n").split("\n")
    y = next(y for y, row in enumerate(lines) if "@" in row)
    level = "\n".join([*lines, *[""] * (21 - len(lines)), "Agent", "Dlvl:1 $:0 HP:14(14) Xp:1/0 T:400"])
    place = f"(x={lines[y].index('@')}, y={y + 1})"
    return f"message:\n{message}\n\nlanguage observation:\n{named}\n\ncursor:\n{place}\n\nmap:\n{level}\n"


def level(rows: str, named: str = "") -> Level:
    return read_level(view(rows, named=named), None)


def commits(text: str, *recalled: str) -> str:
    """What is committed in the end, after what memory gives back."""
    said = [OFFERS + text]
    for result in recalled:
        said += [play(request_of(*said)), result]
    return play(request_of(*said)).rpartition("<|ACTION|>")[2].removesuffix("<|END|>")


def test_open_doors_are_told_from_walls_and_not_passed_slantwise() -> None:
    seen = level("-----\n|...|\n|..@-#\n|...|\n-----")
    assert seen.open_doors == {(4, 2)}
    assert seen.may_pass((3, 2), (4, 2))
    assert not seen.may_pass((3, 1), (4, 2))
    assert Ways(seen, (3, 1)).to((4, 2)) == ["south", "east"]
    assert level("-----\n|.@.|\n-----").open_doors == set()


def test_what_is_named_beside_the_agent_counts_more_than_how_it_looks() -> None:
    assert level("  |\n #@#", "horizontal open door adjacent north").open_doors == {(2, 0)}
    assert level("---\n|.|\n|@-#\n|.|", "vertical wall adjacent east").open_doors == set()
    assert level("....\n.@+.\n....", "vertical closed door adjacent east").closed_doors == {(2, 1)}
    assert level("....\n.@+.\n....").closed_doors == set()


def test_corridors_end_loosely_where_nothing_is_known_beyond() -> None:
    seen = level("-----\n|...|\n|..@.##\n|...|\n-----")
    assert seen.loose_ends == {(6, 2)}


def test_boulders_are_pushed_only_where_that_is_asked_for() -> None:
    seen = level("-------\n|@`...|\n-------")
    assert set(Ways(seen, (1, 1)).steps) == {(1, 1)}
    assert Ways(seen, (1, 1), push=True).to((4, 1)) == ["east", "east", "east"]
    assert (4, 1) not in Ways(seen, (1, 1), barred={((1, 1), "east")}, push=True).steps


DOOR = "-----\n|...|\n|..@+\n|...|\n-----"
PEACEFUL = view("-----\n|.@G|\n-----", named="gnome adjacent east")


@pytest.mark.parametrize(
    ("text", "recalled", "action"),
    [
        (view(DOOR), ["nothing"], "east"),
        (view(DOOR), ["level 1 at 3,2: east is locked (step 4)"], "kick"),
        (view(DOOR, "In what direction?").replace("(x=3, y=3)", "(x=18, y=0)"), [], "east"),
        (view("-----\n|.@.|\n-----"), ["level 1 at 2,1: stairs down"], "down"),
        (view("-----\n|.@.|\n-----"), ["level 2 at 2,1: stairs down"], "search"),
        (view("-----\n|.@.|\n-----"), ["2,1|level 1 at 2,1: searched 1; level 1 at 2,1: stairs down [here]"], "down"),
        (view("---------\n|.@....>|\n---------"), [], "east"),
        (PEACEFUL, ["nothing"], "east"),
        (PEACEFUL, ["level 1 at 2,1: peaceful gnome (step 3)"], "search"),
    ],
)
def test_what_is_done_rests_on_screen_and_notes(text: str, recalled: list[str], action: str) -> None:
    files = "\nFiles now: map.md (2)" if recalled else ""
    assert commits(text + files, *recalled) == action


@pytest.mark.parametrize(
    ("text", "did", "line"),
    [
        (view(DOOR, "This door is locked."), "east", "level 1 at 3,2: east is locked (step 5)"),
        (view("-----\n|@`.|\n-----", "You try to move the boulder but in vain."), "east", "1,1: east is blocked"),
        (PEACEFUL.replace("message:\n", "message:\nReally attack the gnome?"), "east", "peaceful gnome"),
        (view("  #\n  @"), "south", "level 1 at 2,1: dead end"),
        (view("-----\n|@.>|\n-----"), "west", "level 1 at 3,1: stairs down"),
        (view("-----\n|.@.|\n-----"), "search", "level 1 at 2,1: searched 1"),
    ],
)
def test_what_will_be_needed_is_noted(text: str, did: str, line: str) -> None:
    answer = play(request_of(f"{NOTES}Step 5. You did: {did}.\n{text}"))
    assert line in answer
    assert answer.count("<|APPEND|>") == 1
    assert answer.endswith("<|DONE|>")


def test_nothing_is_noted_where_nothing_was_learnt_or_twice() -> None:
    room = view("-----\n|.@.|\n-----")
    assert play(request_of(f"{NOTES}Step 5. You did: west.\n{room}")) == "<|DONE|>"
    offers = NOTES.replace("(0)", "(1)") + "<|SEARCH|>file|word<|END|>  shows lines that contain a word\n"
    end = f"{offers}Step 5. You did: south.\n" + view("  #\n  @")
    look = play(request_of(end))
    assert "<|SEARCH|>map.md|at 2,1:<|END|>" in look
    assert play(request_of(end, look, "level 1 at 2,1: dead end (step 3)")) == "<|DONE|>"


@pytest.mark.parametrize(
    ("about", "op", "mark"),
    [
        ("where things are", "<|MARK|>x,y|what<|END|>  records what is at a place\n", "<|MARK|>"),
        ("where things are: x,y|what", "<|PUT|>file|key|text<|END|>  sets the line of a key\n", "<|PUT|>map.md|"),
        ("where things are: x,y|what", "", "<|APPEND|>map.md|"),
    ],
)
def test_a_new_note_on_a_map_of_one_line_a_place_keeps_the_old_ones(about: str, op: str, mark: str) -> None:
    offers = NOTES.replace("(0)", "(2)").replace("where things are", about) + op
    offers += "<|SEARCH|>file|word<|END|>  shows lines that contain a word\n"
    searched = f"{offers}Step 5. You did: search.\n" + view("  #\n  @")
    old = "2,1|level 2 at 2,1: stairs down; level 1 at 2,1: searched 1 (step 4)  [here]"
    look = play(request_of(searched))
    assert look.count("<|SEARCH|>map.md|at 2,1:<|END|>") == 1
    joined = "level 2 at 2,1: stairs down; level 1 at 2,1: dead end; level 1 at 2,1: searched 2"
    assert play(request_of(searched, look, old)) == f"{mark}2,1|{joined} (step 5)<|END|>\n<|DONE|>"


def test_a_place_that_two_searches_find_is_counted_once() -> None:
    line = "2,1|level 1 at 2,1: east is locked (step 4)  [here]"
    notes = read_notes(read_page(request_of(OFFERS, "", line, "", line).messages), 1)
    assert notes.locked == {((2, 1), "east"): 1}
