"""What an export writes, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from automem.api.view import export_view
from automem.errors import AutoMemError, RunError
from automem.view.export import script

from .conftest import Played


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_data_as_a_script_is_text_to_html_and_exact() -> None:
    text = json.dumps({"a": "</script><!-- \u2028\u2029\x1b\x00 \\ \" ' ${x}"}, ensure_ascii=False)
    written = script("a<b", text.encode())
    assert written.isascii()
    assert "<" not in written
    assert json.loads(f"[{written.removeprefix('receive(').removesuffix(');' + chr(10))}]") == ["a<b", text]


def test_an_earlier_export_is_replaced_and_nothing_else(run: Played, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert export_view(["stage"], folder, run.runs) == str(folder / "index.html")
    first = tree(folder)
    assert {"index.html", "automem-view.json", "static/main.js", "data/index.js"} <= first.keys()
    assert len([name for name in first if name.endswith("/chunk-1.js")]) == 6
    (folder / "mine.txt").write_text("kept")
    (folder / "data/old.js").write_text("gone")
    export_view(["stage"], folder, run.runs, at="43/2")
    assert tree(folder) == {**first, "mine.txt": b"kept"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_other_files_are_never_written_over(run: Played, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/index.html").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name, words in (("own", "no earlier export"), ("file", "no folder")):
        with pytest.raises(RunError, match=words):
            export_view(["stage"], tmp_path / name, run.runs)
    assert tree(tmp_path) == {"own/index.html": b"mine", "file": b"mine"}


def test_an_export_that_fails_leaves_the_earlier_one(run: Played, tmp_path: Path) -> None:
    export_view(["stage"], tmp_path / "out", run.runs)
    before = tree(tmp_path)
    with pytest.raises(AutoMemError, match="no pictures"):
        export_view(["stage"], tmp_path / "out", run.runs, pictures=True)
    assert tree(tmp_path) == before
