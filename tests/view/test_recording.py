"""What the page is told of an episode, held against its trace."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from traces.play import begin, episode, header

from automem.agent.record import Header, Step
from automem.errors import RunError
from automem.traces.replay import contents_at
from automem.traces.store import TraceWriter, iter_steps
from automem.view.format import Chunk, Marks, StepView, Turns
from automem.view.hunks import Hunk, hunks
from automem.view.recording import Recording

from .conftest import Played

LINES = st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=12)


def applied(lines: list[str], changes: list[Hunk]) -> list[str]:
    lines = list(lines)
    for at, gone, come in reversed(changes):
        lines[at : at + gone] = come
    return lines


@given(LINES, LINES)
def test_changes_make_the_one_text_of_the_other(before: list[str], after: list[str]) -> None:
    assert applied(before, hunks(before, after)) == after


def test_a_full_log_that_lets_go_of_its_oldest_lines() -> None:
    assert hunks(["#", *"abcde", ""], ["#", *"cdefg", ""]) == [(1, 2, []), (6, 0, ["f", "g"])]


def test_changes_of_long_files_are_still_exact() -> None:
    before, after = [f"old {n}" for n in range(600)], [f"new {n}" for n in range(700)]
    assert hunks(["head", *before, "tail"], ["head", *after, "tail"]) == [(1, 600, after)]


def told(recording: Recording) -> list[tuple[StepView, dict[str, str]]]:
    """Every step with memory as the page rebuilds it."""
    found, number = [], 0
    while (data := recording.chunk(number)) is not None:
        chunk = msgspec.json.decode(data, type=Chunk)
        files = dict(chunk.files)
        for raw in chunk.steps:
            step = msgspec.json.decode(raw, type=StepView)
            for name, changes in step.memory.items():
                files[name] = applied(files.get(name, []), changes)
            found.append((step, {name: "\n".join(lines) for name, lines in files.items()}))
        number += 1
    return found


def test_every_step_and_memory_at_every_step(run: Played) -> None:
    trace = run.folder.trace(run.of_seed(42)[0])
    recording = Recording(trace)
    found = told(recording)
    recording.close()
    assert [step.observation for step, _ in found] == [step.observation for step in iter_steps(trace)]
    assert [step.ops for step, _ in found] == [step.ops for step in iter_steps(trace)]
    assert len(found) == 60
    for number in (1, 3, 49, 50, 51, 60):
        assert found[number - 1][1] == contents_at(trace, number)


def test_what_can_be_jumped_to(run: Played) -> None:
    recording = Recording(run.folder.trace(run.of_seed(42)[0]))
    marks = msgspec.json.decode(recording.marks(0) or b"", type=Marks)
    recording.close()
    assert [step for step, _ in marks.rewards] == list(range(4, 60, 5))
    assert marks.guards == list(range(9, 60, 9))
    assert marks.notices == list(range(7, 60, 7))
    assert marks.writes == list(range(3, 61, 3))
    assert (len(marks.actions), marks.complete) == (60, True)


def test_prompts_and_answers_word_for_word(run: Played) -> None:
    trace = run.folder.trace(run.of_seed(42)[2])
    recording = Recording(trace)
    turns = msgspec.json.decode(recording.turns(1) or b"", type=Turns)
    assert recording.turns(6) is None
    recording.close()
    assert turns.first == 11
    assert {turn.role for step in turns.steps for turn in step} == {"base", "specialist"}
    for step, calls in zip(islice(iter_steps(trace), 10, 20), turns.steps, strict=True):
        for turn, call in zip(step.turns, calls, strict=True):
            texts = [(turns.beginnings[m.beginning] if m.beginning is not None else "") + m.text for m in call.new]
            assert (texts, call.answer) == ([said.text for said in turn.new], turn.answer)


def write(writer: TraceWriter, steps: list[Step]) -> None:
    for step in steps:
        writer.write(step)


def played(folder: Path, length: int, seed: int) -> list[Step]:
    memory = begin(folder)
    steps = episode(memory, length, seed)
    memory.close()
    return steps


def complete(data: bytes | None) -> bool:
    return msgspec.json.decode(data or b"", type=Chunk).complete


def test_an_episode_that_is_being_played_is_followed(tmp_path: Path) -> None:
    path, steps = tmp_path / "e.jsonl.zst", played(tmp_path / "memory", 70, seed=3)
    with TraceWriter(path, header()) as writer:
        write(writer, steps[:10])
        recording = Recording(path)
        assert (len(told(recording)), complete(recording.chunk(0))) == (10, False)
        write(writer, steps[10:])
        recording.refresh()
        assert recording.steps == 70
        assert [complete(recording.chunk(number)) for number in (0, 1)] == [True, False]
        writer.finish()
    recording.refresh()
    assert (complete(recording.chunk(1)), recording.edition, recording.ended) == (True, 0, True)
    assert told(recording)[-1][1] == contents_at(path)
    recording.close()
    assert recording.chunk(2) is None
    recording.close()


def test_an_episode_that_is_played_anew_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl.zst"
    first = TraceWriter(path, header())
    write(first, played(tmp_path / "one", 5, seed=1))
    recording = Recording(path)
    assert len(told(recording)) == 5
    first._partial.unlink()  # as after a kill, until the same name is written again
    for _ in range(2):
        with pytest.raises(RunError, match="no trace is there"):
            recording.refresh()
    with TraceWriter(path, header()) as second:
        write(second, played(tmp_path / "two", 3, seed=2))
        recording.refresh()
        assert (len(told(recording)), recording.edition) == (3, 1)
    recording.close()
    first._file.close()


@pytest.mark.parametrize("memory", [{"files": {}}, None])
def test_where_memory_cannot_be_told_the_rest_is(tmp_path: Path, memory: dict[str, object] | None) -> None:
    steps = played(tmp_path / "memory", 30, seed=2)
    head: Header = header() if memory is None else header(memory=memory)
    at = next(i for i, step in enumerate(steps) if any(op.after > op.before for op in step.ops))
    ops = tuple(msgspec.structs.replace(op, after=op.after + 1) if op.after > op.before else op for op in steps[at].ops)
    steps[at] = msgspec.structs.replace(steps[at], ops=ops)
    path = tmp_path / "e.jsonl.zst"
    with TraceWriter(path, head) as writer:
        write(writer, steps)
        writer.finish()
    recording = Recording(path)
    chunk = msgspec.json.decode(recording.chunk(0) or b"", type=Chunk)
    recording.close()
    assert len(chunk.steps) == 30
    assert ("does not describe" if memory else f"from step {at + 1} on") in chunk.trouble
