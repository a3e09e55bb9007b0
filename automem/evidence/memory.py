"""Memory at any step, and how a file came to be what it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from automem.errors import RunError
from automem.evidence.tool import MOST_CHARS, OfEpisode, Paged, Tool, clip, excerpt, page, some
from automem.evidence.view import View
from automem.traces.replay import changes, contents_at

_MOST_LINES = 6
_LINE = 200


class Memory(Paged, OfEpisode):
    """Arguments of `memory`; its pages are of files."""

    step: int | None = Field(
        None, ge=0, description="after the ops of this step; 0 for the beginning; the end when left out"
    )


class File(OfEpisode):
    """Arguments of `memory_file`."""

    file: str = Field(min_length=1, max_length=200, description="the file's name")
    step: int | None = Field(
        None, ge=0, description="after the ops of this step; 0 for the beginning; the end when left out"
    )
    start: int = Field(0, ge=0, description="the character it begins at; `next` says where it goes on")


class History(Paged, OfEpisode):
    """Arguments of `file_history`."""

    file: str = Field(min_length=1, max_length=200, description="the file's name")


def memory(view: View, args: Memory) -> Mapping[str, Any]:
    """The directory after a step."""
    episode, contents = _contents(view, args, args.step)
    files = (
        {"file": name, "chars": len(text), "lines": len(text.splitlines())} for name, text in sorted(contents.items())
    )
    return {"episode": episode, "step": args.step, **page(files, args, MOST_CHARS - 200)}


def memory_file(view: View, args: File) -> Mapping[str, Any]:
    """A file after a step."""
    episode, contents = _contents(view, args, args.step)
    if args.file not in contents:
        raise _missing(args.file, contents)
    return {"episode": episode, "step": args.step, "file": args.file, **excerpt(contents[args.file], args.start)}


def _contents(view: View, args: OfEpisode, step: int | None) -> tuple[str, dict[str, str]]:
    episode = view.episode(args.episode, args.version)
    last = episode.row.steps or 0
    if step is not None and step > last:
        raise RunError(f"episode {episode.id} has no step {step}; it has steps 1 to {last}")
    return episode.id, contents_at(view.folder.trace(episode.id), step)


def _missing(file: str, known: Mapping[str, str]) -> RunError:
    return RunError(f"there is no file {file!r} at that step; there are: {clip(', '.join(sorted(known)), 1_000)}")


def file_history(view: View, args: History) -> Mapping[str, Any]:
    """The writes that changed a file."""
    episode = view.episode(args.episode, args.version)
    trace = view.folder.trace(episode.id)
    found = page(_changes(trace, args.file), args, MOST_CHARS - 300)
    if not found["total"]:
        known = contents_at(trace)
        if args.file not in known:
            raise _missing(args.file, known)
    return {"episode": episode.id, "file": args.file, **found}


def _changes(trace: Path, file: str) -> Iterator[dict[str, Any]]:
    for step, op, before, after in changes(trace):
        if op.file == file and before != after:
            removed, added = _difference(before, after), _difference(after, before)
            change = {"step": step.number, "op": clip(op.op, 60), "by": op.role, "phase": op.phase}
            yield {**change, "before": len(before), "after": len(after), "added": added, "removed": removed}


def _difference(text: str, other: str) -> list[str]:
    """The lines of `text` that `other` lacks, cut, in order; each counts as often as it stands there."""
    there = Counter(other.splitlines())
    there.subtract(text.splitlines())
    lacking = {line: -count for line, count in there.items() if count < 0}
    lines = [line for line in lacking for _ in range(lacking[line])]
    return [clip(line, _LINE) for line in some(lines, _MOST_LINES)]


TOOLS = (
    Tool(
        "memory",
        "The memory directory of an episode after any step: its files with their sizes and numbers of lines.",
        Memory,
        memory,
    ),
    Tool("memory_file", "The text of a memory file after any step of an episode.", File, memory_file),
    Tool(
        "file_history",
        "How a memory file changed during an episode: each write that changed it, with step, op, size before and"
        " after, and the lines it added and removed.",
        History,
        file_history,
    ),
)
