from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from automem.agent.record import Said, Step
from automem.errors import RunError
from automem.traces.store import Torn, TraceReader, TraceWriter, iter_steps, read_header, read_step, some_steps

from .play import header, step, turn

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def written(path: Path, steps: list[Step]) -> Path:
    with TraceWriter(path, header()) as writer:
        for one in steps:
            writer.write(one)
        writer.finish()
    return path


def whole_part(path: Path) -> tuple[list[Step], bool]:
    """The steps a reader gets, and whether it was told that they are not all."""
    steps = []
    try:
        for one in iter_steps(path):
            steps.append(one)
    except Torn as torn:
        return steps, torn.steps == len(steps)
    return steps, False


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, st.floats(allow_nan=False, allow_infinity=False)), max_size=8))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, facts: list[tuple[str, str, float]]) -> None:
    steps = [
        step(number, said, seen, reward=reward, turns=(turn(seen, said),))
        for number, (said, seen, reward) in enumerate(facts, 1)
    ]
    path = written(tmp_path_factory.mktemp("trace") / "e.jsonl.zst", steps)
    assert read_header(path) == header()
    assert list(iter_steps(path)) == steps
    assert [read_step(path, one.number) for one in steps] == steps


def test_a_live_trace_can_be_followed_and_gets_its_name_when_whole(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl.zst"
    with TraceWriter(path, header()) as writer:
        for number in (1, 2, 3):
            writer.write(step(number))
            assert whole_part(path) == ([step(n) for n in range(1, number + 1)], True)
        assert not path.exists()
        assert read_step(path, 2) == step(2)
        assert some_steps(path, 2, 5) == [step(2), step(3)]
        writer.finish()
    assert [file.name for file in tmp_path.iterdir()] == ["e.jsonl.zst"]
    assert whole_part(path) == ([step(1), step(2), step(3)], False)


def test_a_reader_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl.zst"
    with TraceWriter(path, header()) as writer:
        reader = TraceReader(path)
        assert (reader.header, reader.read(), reader.finished) == (header(), None, False)
        for number in (1, 2, 3):
            writer.write(step(number))
            assert (reader.read(), reader.read()) == (step(number), None)
        writer.finish()
    assert (reader.read(), reader.finished, reader.replaced()) == (None, True, False)
    written(path, [step(1)])
    assert reader.replaced()
    reader.close()


def test_an_abandoned_trace_leaves_nothing(tmp_path: Path) -> None:
    def crash() -> None:
        with TraceWriter(tmp_path / "e.jsonl.zst", header()) as writer:
            writer.write(step(1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crash()
    assert list(tmp_path.iterdir()) == []


def test_a_file_torn_at_any_byte_gives_its_whole_steps_and_says_so(tmp_path: Path) -> None:
    steps = [step(number, turns=(turn(f"look {number} " * 30),)) for number in range(1, 6)]
    data = written(tmp_path / "whole.zst", steps).read_bytes()
    torn = tmp_path / "torn.zst"
    counts = []
    for length in range(len(data)):
        torn.write_bytes(data[:length])
        got, early = whole_part(torn)
        assert early
        assert got == steps[: len(got)]
        counts.append(len(got))
    assert counts == sorted(counts)
    assert set(counts) == {0, 1, 2, 3, 4, 5}


def test_damage_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    data = written(tmp_path / "whole.zst", [step(1), step(2)]).read_bytes()
    for place in range(0, len(data), 7):
        bad = tmp_path / "bad.zst"
        bad.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        with pytest.raises(RunError, match=r"bad\.zst"):
            list(iter_steps(bad))


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([b'{"format": 2}'], "format 2"),
        ([b"{}"], "line 1"),
        ([b"nonsense"], "line 1"),
        ([msgspec.json.encode(header()), b"{"], "line 2"),
        ([msgspec.json.encode(header()), msgspec.json.encode(step(2))], "step 2 stands where 1 belongs"),
    ],
)
def test_wrong_lines_are_told_apart(tmp_path: Path, lines: list[bytes], says: str) -> None:
    path = tmp_path / "e.zst"
    path.write_bytes(zstandard.compress(b"".join(line + b"\n" for line in lines)))
    with pytest.raises(RunError, match=says):
        list(iter_steps(path))


def test_text_after_the_end_is_damage(tmp_path: Path) -> None:
    path = written(tmp_path / "e.zst", [step(1)])
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(RunError, match="past the end"):
        list(iter_steps(path))


def test_a_missing_trace_or_step_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no trace is there"):
        read_header(tmp_path / "none.zst")
    path = written(tmp_path / "e.zst", [step(1), step(2)])
    for number in (0, 3):
        with pytest.raises(RunError, match="steps 1 to 2"):
            read_step(path, number)


def test_static_prompts_cost_next_to_nothing(tmp_path: Path) -> None:
    static = "".join(f"Rule {number}: what it says differs from every other rule.\n" for number in range(300))
    steps = [
        step(number, turns=(turn(static + f"sight {number * 7919}", new=(Said("user", static + f"{number}"),)),))
        for number in range(1, 201)
    ]
    path = written(tmp_path / "e.zst", steps)
    assert sum(len(msgspec.json.encode(one)) for one in steps) > 200 * len(static)
    assert path.stat().st_size / len(steps) < 100
