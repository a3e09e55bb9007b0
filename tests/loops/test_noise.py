from __future__ import annotations

import random

import pytest

from automem.loops.noise import detectable, needed, noise_of, warnings
from automem.report.noise_text import noise_grid
from automem.spec.experiment import Optimize
from automem.traces.summary import EpisodeRow
from loops.rows import row


def plays(sd: float, seeds: int, replays: int) -> list[EpisodeRow]:
    chance = random.Random(1)
    return [row(seed, seed / 500 + chance.gauss(0, sd), replay=k) for seed in range(seeds) for k in range(replays)]


def test_noise_is_the_spread_of_a_difference_between_two_plays() -> None:
    for replays in (2, 4):
        noise = noise_of(plays(0.1, 300, replays))
        assert noise is not None
        assert noise.sd == pytest.approx(0.1 * 2**0.5, rel=0.1)
        assert (noise.episodes, noise.pairs, noise.differing) == (300, 300 * (replays - 1), 300)
        assert abs(noise.mean) < 0.03
        assert noise.se(4) == noise.sd / 2


def test_replays_are_told_apart_by_task_and_taken_in_their_order() -> None:
    noise = noise_of([row(1, 0.5, replay=1), row(1, 0.2), row(1, 0.3, task="u"), row(1, 0.3, task="u", replay=1)])
    assert noise is not None
    assert (noise.tasks, noise.episodes, noise.differing) == (2, 2, 1)
    assert noise.mean == pytest.approx(0.15)


def test_nothing_finished_twice_says_nothing() -> None:
    assert noise_of([row(1, 0.5), row(2, 0.5), row(2, None, replay=1)]) is None


def test_what_is_needed_is_what_makes_it_detectable() -> None:
    for gain in (0.025, 0.05, 0.1):
        pairs = needed(0.12, gain, 0.9)
        assert pairs is not None
        found, fewer = detectable(0.12, pairs, 0.9), detectable(0.12, pairs - 1, 0.9)
        assert found is not None
        assert fewer is not None
        assert found <= gain < fewer
    assert detectable(0.12, 2, 0.9) is None
    assert needed(5.0, 0.001, 0.9) is None
    with pytest.raises(ValueError, match="cannot be found"):
        needed(0.1, 0.0, 0.9)


def test_a_gate_that_cannot_decide_is_warned_of() -> None:
    noise = noise_of(plays(0.15, 50, 2))
    assert noise is not None
    paired = Optimize()
    assert warnings(paired, 10) == []
    assert warnings(paired, 100, noise) == []
    assert "accepts nothing with 1 pair;" in warnings(paired, 1)[0]
    assert "rests on 4 pairs" in warnings(paired, 4)[0]
    assert "probability 6/7" in warnings(Optimize(gate="mean"), 100)[0]
    (coarse,) = warnings(paired, 10, noise)
    assert "select seeds are enough" in coarse
    assert warnings(paired, 10, noise_of([row(seed, 0.4, replay=k) for seed in range(5) for k in range(2)])) == []


def test_the_table_shows_the_floor_and_the_seeds_needed() -> None:
    rows = [row(seed, 0.4 + 0.1 * (k == seed % 2), replay=k, task=t) for seed in range(9) for k in (0, 1) for t in "tu"]
    noise = noise_of(rows)
    assert noise is not None
    cells = dict(noise_grid(noise, Optimize()).rows)
    assert cells["pairs played more than once"] == cells["of them with different results"] == "18"
    assert cells["mean difference, a play minus the one before"] == "-1.11 points"
    assert cells["standard deviation of a difference"] == "10.00 points"
    assert cells["standard error over 18 pairs"] == "2.36 points"
    pairs = needed(noise.sd, 0.05, 0.9)
    assert pairs is not None
    assert cells["seeds of each task to find 5 points as surely"] == str(-(-pairs // 2))


def test_play_that_repeats_itself_says_so() -> None:
    noise = noise_of([row(seed, 0.4, replay=k) for seed in range(5) for k in range(2)])
    assert noise is not None
    grid = noise_grid(noise, Optimize())
    assert "repeated itself" in grid.note
    assert len(grid.rows) == 5
