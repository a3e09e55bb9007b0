from __future__ import annotations

from pathlib import Path

from traces.play import header

from automem.agent.record import Said, Step, Turn
from automem.pretraining.coordinates import Coordinates, count_coordinates
from automem.traces.store import TraceWriter

PROMPT = """\
Commands:
<|MARK|>x,y|what<|END|>  records what is at a place
<|APPEND|>file|text<|END|>  adds a line to a file

You are at {}, facing south.
"""


def step(number: int, place: str, *answers: str, phase: str = "log") -> Step:
    turns = tuple(
        Turn(phase, turn, "base", 0, (Said("user", PROMPT.format(place) if turn == 0 else "Go on."),), answer, 0)
        for turn, answer in enumerate(answers)
    )
    return Step(number, "", turns, (), (), "Noop", "Noop", True)


def counted(folder: Path, *steps: Step) -> Coordinates:
    with TraceWriter(folder / "one.jsonl.zst", header()) as writer:
        for one in steps:
            writer.write(one)
        writer.finish()
    return count_coordinates(folder)


def test_what_the_prompt_says_is_right(tmp_path: Path) -> None:
    said = ("<|MARK|>-3,12|tree<|END|>\n<|APPEND|>map.md|-3,12 tree<|END|>", "<|MARK|>(-3, 12)|cow<|END|>")
    assert counted(tmp_path, step(1, "-3,12", *said)) == Coordinates(written=3, right=3)


def test_another_place_is_wrong(tmp_path: Path) -> None:
    found = counted(
        tmp_path, step(1, "-3,12", "<|MARK|>3,12|tree<|END|>"), step(2, "-3,13", "<|MARK|>-3,13|tree<|END|>")
    )
    assert found == Coordinates(written=2, right=1)


def test_only_what_is_recorded_counts(tmp_path: Path) -> None:
    other = step(2, "1,1", "<|MARK|>9,9|tree<|END|>", phase="plan")
    said = "Goal: 7,7\n<|MARK|>here|tree<|END|>\n<|APPEND|>progress.md|collect wood<|END|>"
    assert counted(tmp_path, step(1, "1,1", said), other) == Coordinates(written=0, right=0)
