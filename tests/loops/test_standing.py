"""Where the loop stands is worked out from what is recorded, and from nothing else."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from automem.loops.structure.standing import Standing, stand
from automem.runs.candidates import OPEN, Candidate, Status
from automem.spec.experiment import Optimize

SMALL = Optimize(revisions=2, attempts=2, continuations=1)


def play(statuses: list[Status], optimize: Optimize = SMALL) -> tuple[Standing, list[Candidate]]:
    """The standing after candidates that the loop would have begun one after the other, as far as it goes."""
    made: list[Candidate] = []
    for number, status in enumerate(statuses, 1):
        now = stand(0, made, optimize)
        if now.ended or now.open:
            break
        begun = Candidate(number, 0, now.incumbent, now.revision, now.attempt, now.continuation, "test")
        made.append(replace(begun, status=status, version=number if status in ("accepted", "rejected") else None))
    return stand(0, made, optimize), made


def places(made: list[Candidate]) -> list[tuple[int, int, int]]:
    return [(one.revision, one.attempt, one.continuation) for one in made]


def test_a_rejected_attempt_is_continued_then_tried_afresh_then_given_up() -> None:
    standing, made = play(["rejected"] * 9)
    assert places(made) == [(1, 1, 0), (1, 1, 1), (1, 2, 0), (1, 2, 1)]
    assert standing.incumbent == 0
    assert standing.ended == "none of 2 attempts at revision 1 improved play"


def test_a_continuation_sees_the_failed_candidate() -> None:
    standing, made = play(["rejected"])
    assert standing.continuing == made[0]
    standing, _ = play(["rejected", "rejected"])
    assert standing.continuing is None


def test_what_was_not_played_has_nothing_to_continue_from() -> None:
    for status in ("refused", "declined"):
        standing, _ = play([status])
        assert (standing.attempt, standing.continuation) == (2, 0)


def test_an_accepted_candidate_is_the_next_ones_incumbent() -> None:
    standing, made = play(["rejected", "accepted", "refused", "accepted", "accepted"])
    assert places(made) == [(1, 1, 0), (1, 1, 1), (2, 1, 0), (2, 2, 0)]
    assert [one.parent for one in made] == [0, 0, 2, 2]
    assert (standing.incumbent, standing.ended) == (4, "all 2 revisions are made")


def test_a_proposer_without_proposals_ends_the_loop() -> None:
    assert play(["accepted", "nothing"])[0].ended.startswith("nothing further")


def test_where_one_had_nothing_further_another_is_asked_in_its_place() -> None:
    _, made = play(["rejected", "nothing"])
    assert stand(0, made, SMALL, proposer="test").ended
    other = stand(0, made, SMALL, proposer="another")
    assert (other.ended, other.attempt, other.continuation, other.continuing) == ("", 1, 1, made[0])
    assert stand(0, made, SMALL.model_copy(update={"continuations": 0, "attempts": 1}), proposer="another").ended
    begun = replace(made[-1], number=3, status="playing", proposer="another")
    assert stand(0, [*made, begun], SMALL, proposer="another") == replace(other, open=begun)


def test_a_person_ends_it() -> None:
    assert stand(0, [], SMALL, "enough").ended == "stopped by a person: enough"


def test_more_revisions_go_on_where_fewer_had_ended() -> None:
    _, made = play(["accepted", "accepted"])
    assert stand(0, made, SMALL).ended
    assert stand(0, made, replace_revisions(3)).revision == 3


def replace_revisions(number: int) -> Optimize:
    return SMALL.model_copy(update={"revisions": number})


def test_other_lineages_do_not_count() -> None:
    _, made = play(["accepted"])
    assert stand(7, made, SMALL) == Standing(7)


STATUSES = st.sampled_from(["accepted", "rejected", "refused", "declined", "waiting", "playing", "proposing"])


@given(st.lists(STATUSES, max_size=40), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2))
def test_it_always_ends_within_its_limits(statuses: list[Status], revisions: int, attempts: int, again: int) -> None:
    optimize = Optimize(revisions=revisions, attempts=attempts, continuations=again)
    standing, made = play(statuses, optimize)
    assert len(made) <= revisions * attempts * (1 + again)
    assert len(set(places(made))) == len(made)
    accepted = [one.version for one in made if one.status == "accepted"]
    assert standing.incumbent == (accepted[-1] if accepted else 0)
    assert (standing.open is not None) == (bool(made) and made[-1].status in OPEN)
    assert bool(standing.ended) or standing.open is not None or len(made) == len(statuses)
