from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automem.loops.gates import Gate, PairedGate, make_gate, screen
from automem.runs.candidates import Decision
from automem.spec.experiment import Optimize
from loops.rows import pairs

SHARE = st.integers(-22, 22).map(lambda unlocked: unlocked / 22)
ROUNDED = [0.09, 0.045, 0.0, 0.09, 0.136, 0.045, 0.09, 0.0, 0.045, 0.136]


def judged(gate: Gate, differences: list[float]) -> Decision:
    for look in gate.looks(len(differences)):
        if (decision := gate.judge(pairs(differences[:look]), len(differences))) is not None:
            return decision
    raise AssertionError("undecided")


def test_the_experiment_names_the_gate() -> None:
    assert make_gate(Optimize(gate="mean")).name == "mean"
    gate = make_gate(Optimize(confidence=0.8))
    assert isinstance(gate, PairedGate)
    assert gate.confidence == 0.8


def test_the_mean_gate_wants_strictly_more_and_looks_once() -> None:
    gate = make_gate(Optimize(gate="mean"))
    assert gate.looks(40) == (40,)
    assert gate.judge(pairs([0.1]), 2) is None
    decision = judged(gate, [0.1, 0.0, -0.05])
    assert decision.accepted
    assert decision.why == "+1.7 points over 3 pairs, 41.7 % against 40.0 %: kept"
    rounding = [1 / 22 + 2 / 22 - 3 / 22, 0.0]
    assert not judged(gate, rounding).accepted
    assert judged(gate, rounding).why.startswith("0.0 points over 2 pairs")


@pytest.mark.parametrize(
    ("total", "looks"),
    [(1, (1,)), (5, (5,)), (10, (5, 8, 10)), (20, (5, 10, 15, 20)), (40, (10, 20, 30, 40))],
)
def test_the_paired_gate_looks_when_enough_is_played(total: int, looks: tuple[int, ...]) -> None:
    assert PairedGate(0.9).looks(total) == looks


@given(st.lists(SHARE, min_size=1, max_size=24), st.sampled_from([0.6, 0.8, 0.9, 0.99]))
def test_the_paired_gate_always_ends_and_its_figures_agree(differences: list[float], confidence: float) -> None:
    decision = judged(PairedGate(confidence), differences)
    assert decision.difference == pytest.approx(sum(differences[: decision.pairs]) / decision.pairs, abs=1e-9)
    if decision.accepted:
        assert decision.low is not None
        assert 0 < decision.low <= decision.difference
        assert sum(abs(difference) > 1e-9 for difference in differences[: decision.pairs]) >= 3
    elif decision.low is not None:
        assert decision.low <= (decision.difference or 0.0)


@given(st.lists(SHARE, min_size=5, max_size=20))
def test_a_candidate_and_its_reverse_are_never_both_kept(differences: list[float]) -> None:
    gate = PairedGate(0.9)
    reverse = [-difference for difference in differences]
    assert not (judged(gate, differences).accepted and judged(gate, reverse).accepted)


def test_a_clear_candidate_ends_early_and_a_hopeless_one_too() -> None:
    clear = judged(PairedGate(0.9), ROUNDED * 2)
    assert (clear.accepted, clear.pairs) == (True, 10)
    assert clear.why == "+6.8 points after 10 of 20 pairs, 90 % lower bound +2.4: kept"
    hopeless = judged(PairedGate(0.9), [-difference for difference in ROUNDED * 2])
    assert (hopeless.accepted, hopeless.pairs) == (False, 5)
    assert hopeless.why.startswith("−7.2 points after 5 of 20 pairs")
    assert hopeless.why.endswith("hopeless")
    tied = judged(PairedGate(0.9), [0.0] * 20)
    assert (tied.accepted, tied.pairs) == (False, 10)


def test_a_slow_gain_is_played_to_the_end() -> None:
    decision = judged(PairedGate(0.9), [0.14, -0.09, 0.09, -0.045, 0.09, -0.045, 0.09, 0.045, -0.045, 0.14])
    assert decision.pairs == 10
    assert "over 10 pairs" in decision.why


@pytest.mark.parametrize("differences", [[0.9], [0.9, 0.9], [0.9, 0.8], [0.0] * 8 + [1.0, 1.0], [0.1, 0.1, 0.1]])
def test_what_chance_alone_does_is_not_kept(differences: list[float]) -> None:
    assert not judged(PairedGate(0.9), differences).accepted


def test_too_few_differing_pairs_are_named() -> None:
    assert judged(PairedGate(0.6), [1.0, 0.9]).why.endswith("too few pairs differ (2)")


def test_equal_gains_are_kept_once_so_many_signs_cannot_agree_by_chance() -> None:
    assert judged(PairedGate(0.9), [0.1] * 4).accepted
    assert not judged(PairedGate(0.95), [0.1] * 4).accepted


@pytest.mark.parametrize("size", [5, 10, 20])
@pytest.mark.parametrize("replays", [0, 3])
def test_equal_candidates_are_kept_no_more_often_than_stated(size: int, replays: int) -> None:
    chance, gate, kept = random.Random(0), PairedGate(0.9), 0
    for _ in range(1500):
        before = [sum(chance.gauss(0, 0.1) for _ in range(1 + replays)) / (1 + replays) for _ in range(size)]
        kept += judged(gate, [chance.gauss(0, 0.1) - old for old in before]).accepted
    assert 0.05 < kept / 1500 <= 0.12  # 0.1, and 2.6 standard errors of the simulation


def test_the_mean_gate_keeps_one_of_six_equal_candidates_six_times_in_seven() -> None:
    chance, gate, kept = random.Random(0), make_gate(Optimize(gate="mean")), 0
    for _ in range(2000):
        before = [chance.gauss(0.4, 0.1) for _ in range(5)]
        kept += any(judged(gate, [chance.gauss(0.4, 0.1) - old for old in before]).accepted for _ in range(6))
    assert kept / 2000 == pytest.approx(6 / 7, abs=0.025)


def test_the_order_within_a_look_does_not_matter() -> None:
    gate, shuffled = PairedGate(0.9), [*reversed(ROUNDED[:5]), *ROUNDED[5:]]
    assert judged(gate, ROUNDED).why == judged(gate, shuffled).why


def test_the_screen_drops_what_is_clearly_behind_and_nothing_else() -> None:
    dropped = screen(pairs([-0.1, -0.05, -0.02]))
    assert dropped is not None
    assert not dropped.accepted
    assert dropped.why == "−5.7 points over the first 3 pairs, standard error 2.3: dropped by the screen"
    assert screen(pairs([-0.1, -0.1])) is not None
    for harmless in ([], [-0.5], [-0.1, 0.08, -0.02], [0.0, 0.0], [0.1, 0.2]):
        assert screen(pairs(harmless)) is None
