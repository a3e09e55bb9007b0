"""Review and the loop together: what a person decides is what the next apply does."""

from __future__ import annotations

from typing import Any

import pytest

from automem.api import review
from automem.api.history import history
from automem.api.report import run_report
from automem.errors import EXIT_DONE, EXIT_INCOMPLETE, EnvironmentFailure, RunError, SpecError
from automem.evidence.tools import TOOLS
from automem.evidence.view import view_of
from automem.runs.play import Table

from .proposing import Bench, skill

MANUAL = {"approval": "manual", "revisions": 1}


def test_declined_edited_accepted_played(bench: Bench) -> None:
    runs = bench.path / "runs"
    bench.propose(skill(60), skill(20))
    assert bench.apply(MANUAL).exit_code == EXIT_INCOMPLETE
    review.decline("toy", 1, "sixty is a guess", runs)

    assert bench.apply(MANUAL).exit_code == EXIT_INCOMPLETE
    assert bench.told(2)["failed"] == ["c1"]
    assert [(one.number, one.attempt) for one in review.still_waiting("toy", runs)] == [(2, 2)]
    review.edit("toy", 2, skill(95), "mine.yaml", runs)
    review.accept("toy", 2, "better", runs)

    assert bench.apply(MANUAL).exit_code == EXIT_DONE
    (page,) = review.pages("toy", runs, 2)
    made = page.tried.candidate
    assert (made.status, made.version, made.comment, made.proposer) == ("accepted", 1, "better", "folder, edited")
    assert [line for line in page.difference if line[0] in "+-" and line[1:3] not in ("++", "--")] == [
        "-  skill: 50  # percent of lamps the player gets right",
        "+  skill: 95  # percent of lamps the player gets right",
    ]
    gain = page.tried.promises[0].effect
    assert gain is not None
    assert gain.difference is not None
    assert gain.difference > 0

    found = history("toy", runs)
    (first,) = found.nodes
    assert [(one.tried and one.tried.candidate.name, one.incumbent) for one in first.children] == [
        ("c1", False),
        ("c2", True),
    ]
    assert (found.current, first.children[1].proposed.calls) == (1, 1)
    assert first.children[1].progression.n == 8
    assert [one.candidate.status for one in run_report("toy", runs).lineage] == ["declined", "accepted"]


def test_a_stop_opens_the_report_seeds(bench: Bench) -> None:
    bench.propose(skill(60))
    bench.apply(MANUAL)
    runs = bench.path / "runs"
    review.stop("toy", "good enough", runs)
    assert review.still_waiting("toy", runs) == []
    result = bench.apply(MANUAL)
    assert (result.exit_code, result.left) == (EXIT_DONE, 0)
    assert {row.stage for row in result.rows} == {"select", "report"}
    for ask in (lambda: review.resume("toy", runs), lambda: review.accept("toy", 1, runs=runs)):
        with pytest.raises(RunError, match=r"report seeds are open.*scaffold: .*/toy/scaffolds/v0\.yaml"):
            ask()


def test_a_loop_whose_report_is_open_is_told_how_to_end(bench: Bench) -> None:
    bench.propose(skill(60), skill(70))
    bench.apply({"revisions": 1, "attempts": 1, "continuations": 0})
    more = {"revisions": 3, "attempts": 3}
    with pytest.raises(SpecError, match="end the loop: `automem review toy --stop`"):
        bench.apply(more)
    review.stop("toy", "that was all", bench.path / "runs")
    assert bench.apply(more).exit_code == EXIT_DONE


def test_a_candidate_that_is_accepted_with_other_report_seeds(bench: Bench) -> None:
    bench.propose(skill(95), skill(100))
    bench.apply({"revisions": 1})
    bench.apply({**MANUAL, "revisions": 2}, seeds={"select": "1..8", "report": "201..204"})
    assert review.accept("toy", 2, runs=bench.path / "runs").status == "playing"


def test_a_candidate_at_play_whose_world_crashes_can_be_declined(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    play_world = Table._play_world

    async def play(self: Table, *rest: Any) -> None:
        if self.version.number == 1:
            raise EnvironmentFailure("the world's process is gone")
        await play_world(self, *rest)

    monkeypatch.setattr(Table, "_play_world", play)
    bench.propose(skill(60), skill(95))
    assert bench.apply({"revisions": 1}).exit_code == EXIT_INCOMPLETE
    assert bench.candidates()[0].status == "playing"
    review.decline("toy", 1, "it crashes the world", bench.path / "runs")
    assert bench.apply({"revisions": 1}).exit_code == EXIT_DONE
    assert [(one.status, one.attempt) for one in bench.candidates()] == [("declined", 1), ("accepted", 2)]


def test_a_report_is_of_one_lineage(bench: Bench) -> None:
    bench.propose(skill(60), skill(95), skill(97))
    once = {"revisions": 1, "attempts": 1, "continuations": 0}
    bench.apply(once, env={"name": "loops.toy:WORLD", "max_steps": 6})
    bench.apply(once)
    report = run_report("toy", bench.path / "runs")
    assert [one.candidate.name for one in report.lineage] == ["c2"]
    assert len({one.group.conditions for one in report.results}) == 1
    asked = TOOLS["lineage"].ask(view_of(bench.run), {})
    assert [entry["candidate"] for entry in asked["entries"]] == [2]
    with pytest.raises(RunError, match="no candidate c1 of this scaffold, played like this; there is: c2"):
        TOOLS["candidate"].ask(view_of(bench.run), {"number": 1})
