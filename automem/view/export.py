"""The same page with its data as files: it opens from a disk or any static host."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from anyio.from_thread import start_blocking_portal

from automem.errors import RunError
from automem.view.format import CHUNK_STEPS, MARKS_STEPS, TURNS_STEPS, EpisodeLine, Index
from automem.view.page import STATIC, page
from automem.view.pictures import Pictures
from automem.view.recording import Recording
from automem.view.shown import Shown

MARK = "automem-view.json"
"""The file by which an earlier export is known, and may be replaced."""

Told = Callable[[str, int, int], None]
"""(episode, how many are written, of how many): called before each episode and at the end."""


def export(shown: Shown, directory: Path, *, pictures: bool, told: Told = lambda episode, done, of: None) -> int:
    """Write every finished episode of some runs to a folder that holds nothing else.

    Arguments:
        shown: the runs.
        directory: made where there is none; an earlier export in it is replaced.
        pictures: whether to draw every step, too; else there are texts alone.
        told: is told how far it is.

    Returns:
        how many episodes were written.

    Raises:
        RunError: the folder holds something else, or a trace is damaged; nothing of the folder is changed then.
        AutoMemError: a picture cannot be drawn.
    """
    directory = directory.absolute()
    _check(directory)
    index = shown.index()
    done = [line for line in index.episodes if line.status == "done"]
    written = directory.with_name(f"{directory.name}.partial")
    shutil.rmtree(written, ignore_errors=True)
    try:
        for number, line in enumerate(done):
            told(line.id, number, len(done))
            _episode(shown, line, written / "data" / line.path, pictures)
        _page(written, msgspec.structs.replace(index, episodes=done, pictures=pictures))
        told("", len(done), len(done))
        _settle(written, directory)
    except BaseException:
        shutil.rmtree(written, ignore_errors=True)
        raise
    return len(done)


def script(name: str, data: bytes) -> str:
    """Data as a script that does nothing but hand it over as text, in which no character means anything to HTML.

    Arguments:
        name: what it is called.
        data: JSON.
    """
    texts = (json.dumps(text).replace("<", "\\u003c") for text in (name, data.decode()))
    return f"receive({', '.join(texts)});\n"


def _check(directory: Path) -> None:
    if not directory.is_dir():
        if directory.exists() or directory.is_symlink():
            raise RunError(f"{directory} is no folder; name another one")
        return
    if any(directory.iterdir()) and not (directory / MARK).is_file():
        raise RunError(f"{directory} holds files that are no earlier export; name an empty folder or a new one")


def _episode(shown: Shown, line: EpisodeLine, folder: Path, pictures: bool) -> None:
    recording = shown.recording(line.path)
    if recording is None:
        raise RunError(f"{line.path}: its trace is gone")
    folder.mkdir(parents=True)
    for name, data in _files(recording, line.steps or 0):
        (folder / f"{name}.js").write_text(script(f"{line.path}/{name}", data), encoding="utf-8")
    if pictures:
        with start_blocking_portal() as portal:  # the caller may have an event loop at work
            portal.call(_draw, recording, line.steps or 0, folder)


def _files(recording: Recording, steps: int) -> Iterator[tuple[str, bytes]]:
    sorts = (
        ("chunk", recording.chunk, CHUNK_STEPS),
        ("marks", recording.marks, MARKS_STEPS),
        ("turns", recording.turns, TURNS_STEPS),
    )
    for sort, tell, size in sorts:
        for number in range(-(-steps // size)):
            data = tell(number)
            if data is None:
                raise RunError(f"{recording.trace}: the trace has fewer than the {steps} steps that were played")
            yield f"{sort}-{number}", data


async def _draw(recording: Recording, steps: int, folder: Path) -> None:
    drawn = Pictures()
    try:
        for step in range(1, steps + 1):
            (folder / f"picture-{step}.png").write_bytes(await drawn.of(recording, step))
    finally:
        await drawn.close()


def _page(folder: Path, index: Index) -> None:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "static").mkdir()
    for name, file in STATIC.items():
        shutil.copyfile(file, folder / "static" / name)
    (folder / "index.html").write_text(page("files"), encoding="utf-8")
    (folder / "data/index.js").write_text(script("index", msgspec.json.encode(index)), encoding="utf-8")
    (folder / MARK).write_text(json.dumps({"runs": [run.name for run in index.runs]}) + "\n", encoding="utf-8")


def _settle(written: Path, directory: Path) -> None:
    """Put what was written in the place of an earlier export; other files that were laid beside it stay."""
    directory.mkdir(parents=True, exist_ok=True)
    for part in ("index.html", "static", "data", MARK):
        old = directory / part
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)
        else:
            old.unlink(missing_ok=True)
    for new in sorted(written.iterdir(), key=lambda path: path.name == MARK):
        new.rename(directory / new.name)
    written.rmdir()
