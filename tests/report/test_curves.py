"""How far episodes had come, read off real traces, and what is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from traces.play import header, step

from automem.errors import RunError
from automem.report.curves import POINTS, curve_of
from automem.report.groups import Group
from automem.traces.reached import Reached, reached
from automem.traces.store import TraceWriter

GROUP = Group("select", "crafter-v0 v0", "hash", "crafter", "")


def trace(folder: Path, *scores: float) -> Path:
    path = folder / "one.jsonl.zst"
    with TraceWriter(path, header()) as writer:
        for number, score in enumerate(scores, 1):
            writer.write(step(number, progression=score))
        writer.finish()
    return path


def test_what_an_episode_had_reached(tmp_path: Path) -> None:
    found = reached(trace(tmp_path, 0.0, 0.1, 0.1, 0.3, 0.2))
    assert found == Reached(5, ((2, 0.1), (4, 0.3), (5, 0.2)))
    assert [found.at(step) for step in (0, 1, 2, 3, 4, 5, 99)] == [0.0, 0.0, 0.1, 0.1, 0.3, 0.2, 0.2]
    assert (found.last_change, Reached(3, ()).last_change) == (5, 1)


def test_a_trace_cut_short_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    path = trace(tmp_path, 0.0, 0.1)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(RunError):
        reached(path)


def test_an_episode_that_is_over_keeps_what_it_had_reached() -> None:
    curve = curve_of(GROUP, [Reached(2, ((1, 0.5),)), Reached(4, ((4, 1.0),))])
    assert (curve.steps, curve.mean) == ((0, 1, 2, 3, 4), (0.0, 0.25, 0.25, 0.25, 0.75))
    assert curve.se[-1] == pytest.approx(0.25)
    assert curve_of(GROUP, [Reached(4, ())]).se == (None,) * 5


def test_long_episodes_are_measured_at_a_few_steps() -> None:
    curve = curve_of(GROUP, [Reached(2001, ((7, 0.1),))])
    assert (len(curve.steps), curve.steps[0], curve.steps[-1]) == (POINTS + 1, 0, 2001)
