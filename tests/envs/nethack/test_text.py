from __future__ import annotations

import io
import json
import lzma
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from numpy.typing import NDArray

from automem.envs.nethack.data import COLUMNS, ROWS
from automem.envs.nethack.glyphs import RAY_NAMES, SCREEN_NAMES
from automem.envs.nethack.language import cursor, language, plural
from automem.envs.nethack.screen import map_rows, message, whole_message
from automem.envs.nethack.text import describe
from envs.nethack.oracle.compare import PARTS

SAMPLE = Path(__file__).with_name("text_sample.npz.xz")
NAMES = Path(__file__).with_name("glyph_names.tsv")
FLOOR = RAY_NAMES.index("doorway") + 7
DISTANCES = ("very far", "far", "near", "very near", "adjacent")

Arrays = dict[str, NDArray[Any]]


@pytest.fixture(scope="module")
def sample() -> tuple[list[Arrays], list[dict[str, str]]]:
    """Arrays of play and made up, and what BALROG's wrapper says of them."""
    with np.load(io.BytesIO(lzma.decompress(SAMPLE.read_bytes()))) as recorded:
        columns = {key: recorded[key] for key in recorded.files}
    texts = json.loads(columns.pop("texts").tobytes())
    return [{key: column[row] for key, column in columns.items()} for row in range(len(texts))], texts


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_what_the_wrapper_says(part: str, sample: tuple[list[Arrays], list[dict[str, str]]]) -> None:
    seen, texts = sample
    assert len(texts) >= 500
    assert [PARTS[part](arrays) for arrays in seen] == [text[part] for text in texts]


def test_every_glyph_has_the_wrappers_name() -> None:
    anywhere, ray = [""] * len(SCREEN_NAMES), [""] * len(RAY_NAMES)
    for line in NAMES.read_text(encoding="utf-8").splitlines():
        numbers, where, name, *irregular = line.split("\t")
        first, *rest = numbers.replace(":", " ").replace(",", " ").split()
        glyphs = range(int(first), int(rest[0]) + 1, int(rest[1])) if ":" in numbers else [int(first), *map(int, rest)]
        for glyph in glyphs:
            (anywhere if where == "anywhere" else ray)[glyph] = name
        assert [plural(name)] == (irregular or [f"{name}s"])
    assert tuple(anywhere) == SCREEN_NAMES
    assert tuple(ray) == RAY_NAMES


def level(**things: list[tuple[int, int]]) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """A room with things at columns and rows from the player, who stands in the middle."""
    glyphs, blstats = np.full((ROWS, COLUMNS), FLOOR, np.int16), np.zeros(27, np.int64)
    blstats[:2] = 40, 10
    for name, offsets in things.items():
        names = SCREEN_NAMES if name.replace("_", " ") in SCREEN_NAMES else RAY_NAMES
        for dx, dy in offsets:
            glyphs[10 + dy, 40 + dx] = names.index(name.replace("_", " "))
    return glyphs, blstats


def test_things_are_told_from_far_to_near_and_grouped() -> None:
    level_and_stats = level(newt=[(1, 0), (4, 0), (-4, 0), (0, 5)], fox=[(7, 0), (8, 0), (-30, 0)])
    assert language(*level_and_stats).split("\n") == [
        *("fox very far west", "foxes far east", "newt near east, south, and west", "newt adjacent east"),
    ]


def test_walls_end_a_ray_and_doors_do_not() -> None:
    walled = level(doorway=[(3, 0), (9, 0), (-10, 0)], vertical_wall=[(7, 0), (8, 0)], vertical_closed_door=[(2, 0)])
    assert language(*walled) == "vertical wall far east\ndoorway near east\nvertical closed door very near east"


def test_nothing_is_told_of_a_wall_off_the_rays() -> None:
    assert language(*level(vertical_wall=[(2, 1), (-1, 3)])) == ""


def test_a_plural_like_the_singular_takes_the_others_directions() -> None:
    assert language(*level(bars=[(3, 0), (0, 4), (0, 5)])) == "bars near south\nbars near south"


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        (11, 40, "Yourself a newt"),
        (11, 42, "very near east fox"),
        (9, 37, "near westnorthwest "),
        (1, 0, ""),
        (0, 79, ""),
        (0, 5, ""),
        (22, 0, ""),
        (1, 1, "very far westnorthwest "),
        (21, 78, "very far eastsoutheast "),
    ],
)
def test_the_cursor(row: int, column: int, text: str) -> None:
    assert cursor(*level(newt=[(0, 0)], fox=[(2, 0)]), np.array([row, column], np.uint8)) == text


def test_the_cursor_a_level_away_is_nowhere() -> None:
    glyphs, blstats = level()
    blstats[:2] = 0, 5
    assert cursor(glyphs, blstats, np.array([6, 78], np.uint8)) == "very far east "
    assert cursor(glyphs, blstats, np.array([6, 79], np.uint8)) == ""


def screen(*rows: str) -> NDArray[np.uint8]:
    text = "".join(row.ljust(80) for row in rows).ljust(24 * 80)
    return np.frombuffer(text.encode("latin-1"), np.uint8).reshape(24, 80)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (["Hello.", "  map"], "Hello."),
        (["", ""], ""),
        (["", "  map"], ""),
        (["A long one.", "Still --More--", "map"], "A long one.\nStill --More--"),
        (["||| Weapons", "||| a - dagger", "@.. (end)", "map"], "||| Weapons\n||| a - dagger\n@.. (end)"),
        (["     Weapons", "|..| a - dagger", "|..| (1 of 2)", "map"], "Weapons\na - dagger\n(1 of 2)"),
        (["first", "one of many", "(11 of 12)", "map"], "first"),
        (["first", "such) (as", "one of many", "map"], "first"),
        (["", " No  Points     Name", " 1  7 Agent", "", "", "rest"], "No  Points     Name\n1  7 Agent\n"),
        (["caf\xe9 \x07\0bell \x1a", "map"], "caf\xe9 \x07\0bell"),
        ([" " * 79 + "x", "map"], ""),
    ],
)
def test_messages_menus_and_death_screens(rows: list[str], text: str) -> None:
    assert message(screen(*rows)) == text


def test_a_message_broken_in_its_mark_is_whole() -> None:
    broken = screen("A clove hits the cavern and falls on", "your head." + " " * 66 + "--Mo", "re--")
    assert message(broken) == "A clove hits the cavern and falls on"
    assert whole_message(broken) == "A clove hits the cavern and falls on your head.--More--"
    for rows in (["Hello."], ["Hello.--More--"], ["", "re--"], [""], ["You see:", "--More--"]):
        assert whole_message(screen(*rows)) == message(screen(*rows))


def test_the_map_is_every_row_but_the_first() -> None:
    rows = map_rows(screen("message", "  |.|", "", "caf\xe9")).split("\n")
    assert [len(row) for row in rows] == [80] * 23 + [0]
    assert [row.rstrip() for row in rows[:3]] == ["  |.|", "", "caf\xe9"]


def test_both_views_put_the_sections_together_as_balrog_does() -> None:
    glyphs, blstats = level(newt=[(0, 0)], fox=[(2, 0)])
    letters, strs = np.zeros(55, np.uint8), np.zeros((55, 80), np.uint8)
    letters[0], strs[0, :5] = ord("a"), list(b"an ax")
    seen = {"glyphs": glyphs, "blstats": blstats, "tty_chars": screen("gone", " map"), "inv_letters": letters}
    seen |= {"inv_strs": strs, "tty_cursor": np.array([11, 40], np.uint8)}
    head = "message:\nSaid.\n\nlanguage observation:\nfox very near east\n\ncursor:\nYourself a newt\n"
    tail = "\ninventory:\na: an ax\n"
    rows = " map".ljust(80) + "\n" + 22 * (80 * " " + "\n")
    assert describe(seen, "Said.", "hybrid") == f"{head}(x=40, y=11)\n\nmap:\n{rows}\n{tail}"
    text = describe(seen, "Said.", "language")
    assert text.startswith(f"{head}\nstatistics:\nStrength: 0/0\nDexterity: 0\n")
    assert text.endswith(f"\nAlignment: Neutral\nCondition: None\n{tail}")


def test_a_view_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no view 'picture' of NetHack: it is one of hybrid, language"):
        describe({}, "", "picture")


@settings(max_examples=50, deadline=None)
@given(
    board=arrays_of.arrays(
        np.int16, (ROWS, COLUMNS), elements=st.integers(0, len(SCREEN_NAMES) - 1), fill=st.just(FLOOR)
    ),
    x=st.integers(0, COLUMNS - 1),
    y=st.integers(0, ROWS - 1),
)
def test_on_any_level_all_that_has_a_name_is_told_once(board: NDArray[np.int16], x: int, y: int) -> None:
    blstats = np.zeros(27, np.int64)
    blstats[:2] = x, y
    lines = language(board, blstats).split("\n")
    distances = [next(distance for distance in DISTANCES if f" {distance} " in line) for line in lines if line]
    assert sorted(distances, key=DISTANCES.index) == distances
    elsewhere = np.arange(board.size) != y * COLUMNS + x
    for name in {SCREEN_NAMES[glyph] for glyph in board.ravel()[elsewhere]} - {""}:
        assert any(line.startswith((f"{name} ", f"{plural(name)} ")) for line in lines)
