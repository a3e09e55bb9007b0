"""Review and the loop together: what a person decides is what the next apply does."""

from __future__ import annotations

from automem.api import review
from automem.api.history import history
from automem.api.read import run_report
from automem.errors import EXIT_DONE, EXIT_INCOMPLETE

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
    review.stop("toy", "good enough", bench.path / "runs")
    assert review.still_waiting("toy", bench.path / "runs") == []
    result = bench.apply(MANUAL)
    assert (result.exit_code, result.left) == (EXIT_DONE, 0)
    assert {row.stage for row in result.rows} == {"select", "report"}
