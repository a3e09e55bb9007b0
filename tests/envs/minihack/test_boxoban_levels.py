from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automem.envs.minihack.boxoban import FOLDERS, Level, find_levels
from automem.envs.minihack.boxoban.level import parse
from automem.errors import AutoMemError

ROWS = ("##########", *["#        #"] * 5, "# @ $ .  #", "# $ $$...#", "#        #", "##########")
TASKS = tuple(FOLDERS)

# Of `digest()`: what every machine and interpreter must make of the same seeds.
DIGEST = "17863051210416017d2ec83a8129a39b017b4cb66e809d3cd21f5af6f8bb98ff"


def text(*marks: int) -> str:
    """A file of levels, told apart by the column of a wall in their second row."""
    levels = []
    for number, mark in enumerate(marks):
        row = "#" + "".join("#" if column == mark else " " for column in range(8)) + "#"
        levels.append("\n".join((f"; {number}", ROWS[0], row, *ROWS[2:])))
    return "\n\n".join(levels)


def write(folder: Path, **files: str) -> Path:
    (folder / "hard").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / "hard" / f"{name}.txt").write_text(content)
    return folder


def digest() -> str:
    sha = hashlib.sha256()
    for task in TASKS:
        for seed in range(20):
            level = find_levels(task, "generated").level(seed)
            sha.update(repr((level.rows, level.solution)).encode())
    return sha.hexdigest()


@given(st.lists(st.integers(0, 7), max_size=5), st.sampled_from(["", "\n", "\n\n", "\n\n \n"]), st.booleans())
def test_a_file_is_read_back_whatever_ends_it(marks: list[int], end: str, windows: bool) -> None:
    content = text(*marks) + end
    levels = parse(content.replace("\n", "\r\n") if windows else content, "a.txt")
    assert [level.rows[1].index("#", 1) - 1 for level in levels] == marks
    assert [level.rows[2:] for level in levels] == [ROWS[2:]] * len(marks)
    assert [level.source for level in levels] == [f"a.txt:{12 * number + 2}" for number in range(len(marks))]


def test_cells_are_rows_and_columns() -> None:
    level = Level(ROWS, "here")
    assert level.cells("@") == {(6, 2)}
    assert level.cells(".") == {(6, 6), (7, 6), (7, 7), (7, 8)}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("; 1", "1", "a.txt:13: expected '; number' before a level, found '1'"),
        ("# @ $ .  #", "# @ $ * .#", r"a.txt:8: '\*' is no cell of a level; there are '#' wall, ' ' floor"),
        ("# @ $ .  #", "# @ $ .#", "a.txt:8: a row has 10 cells, not 8"),
        ("# @ $ .  #", "# @   .  #", "a.txt:1: .* as many boxes .* not 3 and 4"),
        ("# @ $ .  #", "#   $ .  #", "a.txt:1: a level has one player '@', not 0"),
        ("# @ $ .  #\n", "", "a.txt:11: a row has 10 cells, not 0"),
        ("##########\n\n", "##########\n##########\n", "a.txt:12: expected an empty line after the 10 rows"),
    ],
)
def test_what_is_malformed_is_named_by_its_line(old: str, new: str, message: str) -> None:
    broken = text(1, 2).replace(old, new, 1)
    with pytest.raises(AutoMemError, match=message):
        parse(broken, "a.txt")


def test_a_file_that_stops_short_is_noticed() -> None:
    with pytest.raises(AutoMemError, match=r"a\.txt:10: the file ends within a level: 9 rows of 10"):
        parse("\n".join(text(1).split("\n")[:10]), "a.txt")
    with pytest.raises(AutoMemError, match=r"a\.txt:1: the file ends within a level: 0 rows of 10"):
        parse("; 0", "a.txt")


def test_the_seed_chooses_by_the_stated_rule_in_files_sorted_by_name(tmp_path: Path) -> None:
    levels = find_levels("Boxoban-Hard", str(write(tmp_path, b=text(3, 4, 5), a=text(0, 1, 2) + "\n\n")))
    for seed in range(40):
        number = int(hashlib.sha256(f"Boxoban-Hard {seed}".encode()).hexdigest()[:16], 16) % 6
        level = levels.level(seed)
        assert level.rows[1].index("#", 1) - 1 == number
        assert level.source.startswith(str(tmp_path / "hard" / "ab"[number // 3]))
    assert levels.note == ""


def test_only_the_chosen_file_is_parsed_and_what_is_wrong_with_it_is_said(tmp_path: Path) -> None:
    levels = find_levels("Boxoban-Hard", str(write(tmp_path, a=text(1), b=text(2).replace("@", "+"))))
    found = set()
    for seed in range(20):
        try:
            found.add(levels.level(seed).rows[1].index("#", 1) - 1)
        except AutoMemError as error:
            found.add(str(error))
    assert {answer if isinstance(answer, int) else answer.split(" is ")[0] for answer in found} == {
        1,
        f"{tmp_path / 'hard' / 'b.txt'}:8: '+'",
    }


def test_the_digest_changes_with_any_level_and_with_nothing_else(tmp_path: Path) -> None:
    def of(folder: Path) -> str:
        return find_levels("Boxoban-Hard", str(folder)).digest

    before = of(write(tmp_path / "one", a=text(1, 2), b=text(3)))
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    (tmp_path / "two" / "hard" / "LICENSE").write_text("free")
    os.utime(tmp_path / "two" / "hard" / "b.txt", (0, 0))
    assert of(tmp_path / "two") == before
    changed = [
        of(write(tmp_path / "two", b=text(4))),
        of(write(tmp_path / "two", b=text(3), c=text(1))),
        of(write(tmp_path / "two", c="")),
    ]
    assert len({before, *changed}) == 4


def test_the_setting_comes_first_then_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = write(tmp_path / "mine", a=text(1)), write(tmp_path / "other", a=text(2))
    monkeypatch.setenv("AUTOMEM_BOXOBAN_LEVELS", str(other))
    monkeypatch.setenv("HOME", str(tmp_path))
    for given_, column in ((None, 2), (str(mine), 1), ("~/mine", 1)):
        assert find_levels("Boxoban-Hard", given_).level(0).rows[1].index("#", 1) - 1 == column
    with pytest.raises(AutoMemError, match=r"AUTOMEM_BOXOBAN_LEVELS names .*other, which has no folder medium/train"):
        find_levels("Boxoban-Medium", None)
    with pytest.raises(AutoMemError, match=r"setting 'levels' names nowhere, which has no folder hard"):
        find_levels("Boxoban-Hard", "nowhere")
    with pytest.raises(AutoMemError, match=r"there are no levels in .*hard/"):
        find_levels("Boxoban-Hard", str(write(tmp_path / "empty", a="\n")))


def test_without_levels_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOMEM_BOXOBAN_LEVELS", raising=False)
    package = tmp_path / "minihack"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "minihack")
    with pytest.raises(AutoMemError) as raised:
        find_levels("Boxoban-Medium", None)
    for words in ("google-deepmind/boxoban-levels", "Apache-2.0", "medium/train/", "AUTOMEM_BOXOBAN_LEVELS"):
        assert words in str(raised.value)
    assert "'levels: generated'" in str(raised.value)
    write(package / "dat" / "boxoban-levels-master", a=text(6))
    assert find_levels("Boxoban-Hard", None).level(5).rows[1].index("#", 1) - 1 == 6


def test_generated_levels_are_the_same_in_any_process() -> None:
    code = "from envs.minihack.test_boxoban_levels import digest; print(digest())"
    paths = os.pathsep.join(path for path in sys.path if path)
    other = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [other.stdout.strip(), digest()] == [DIGEST, DIGEST]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(TASKS), st.integers(0, 2**63))
def test_a_generated_level_is_a_level_of_the_format_and_not_solved_yet(task: str, seed: int) -> None:
    levels = find_levels(task, "generated")
    level = levels.level(seed)
    ((rows, _),) = [(again.rows, again.source) for again in parse("; 0\n" + "\n".join(level.rows), "made.txt")]
    assert rows == level.rows
    assert level.rows != levels.level(seed + 1).rows
    assert len(level.cells("$")) == 4
    assert {row for row, _ in level.cells("#")} == set(range(10))
    pushes = replay(level)
    assert pushes >= {"Boxoban-Hard": 12, "Boxoban-Medium": 8}[task]
    assert len(level.solution) <= 100
    assert levels.note == "generated levels"


def replay(level: Level) -> int:
    """Play a level's solution by the rules of the game, and count the pushes."""
    directions = {"north": (-1, 0), "east": (0, 1), "south": (1, 0), "west": (0, -1)}
    ((row, column),) = level.cells("@")
    boxes, walls, pushes = set(level.cells("$")), level.cells("#"), 0
    for move in level.solution:
        assert boxes != level.cells(".")
        down, right = directions[move]
        row, column = row + down, column + right
        assert (row, column) not in walls
        if (row, column) in boxes:
            boxes.remove((row, column))
            assert (row + down, column + right) not in boxes | walls
            boxes.add((row + down, column + right))
            pushes += 1
    assert boxes == level.cells(".")
    return pushes
