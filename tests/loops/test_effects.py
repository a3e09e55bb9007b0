from __future__ import annotations

import pytest

from automem.loops.effects import effects_of
from automem.loops.pairs import Pair, pairs_of
from loops.rows import row


def test_pairs_are_finished_by_both_and_replays_are_averaged() -> None:
    before = [row(1, 0.2), row(1, 0.4, replay=1), row(2, None), row(3, 0.1)]
    after = [row(3, 0.5), row(2, 0.5), row(1, 0.5), row(4, 0.5), row(1, 0.9, task="u")]
    assert pairs_of(before, after) == [Pair("t", 3, 0.1, 0.5), Pair("t", 1, pytest.approx(0.3), 0.5)]


def test_effects_are_paired_over_what_both_have() -> None:
    before = [row(seed, 0.1 * seed, metrics={"memory_growth": 10.0 + seed}) for seed in range(4)]
    after = [row(seed, 0.1 * seed + 0.2, metrics={"memory_growth": 4.0 + seed}) for seed in (1, 2, 3, 9)]
    effects = effects_of(before, after)
    assert list(effects) == ["progression", "memory_growth"]
    growth = effects["memory_growth"]
    assert (growth.pairs, growth.before, growth.after, growth.difference) == (3, 12.0, 6.0, -6.0)
    assert effects["progression"].low == pytest.approx(0.2)


def test_a_name_only_one_side_has_counts_where_absence_means_something() -> None:
    before = [row(seed, 0.1, metrics={"calls": 5.0, "duplicate_lines.old.md": 0.5}) for seed in range(2)]
    after = [row(seed, 0.1, metrics={"calls": 5.0, "guard.stuck": 3.0 + seed}) for seed in range(2)]
    effects = effects_of(before, after)
    assert effects["guard.stuck"].before == 0.0
    assert effects["guard.stuck"].difference == 3.5
    assert "duplicate_lines.old.md" not in effects


def test_undefined_values_and_unmeasured_episodes_leave_their_pair_out() -> None:
    before = [row(1, 0.1, metrics={"empty_search_rate": None}), row(2, 0.1, metrics={"empty_search_rate": 0.5})]
    after = [row(1, 0.1, metrics={"empty_search_rate": 0.1}), row(2, 0.1, metrics={"empty_search_rate": 0.25})]
    effect = effects_of(before, after)["empty_search_rate"]
    assert (effect.pairs, effect.difference, effect.low) == (1, -0.25, None)
    assert effects_of([row(1, None)], [row(1, 0.5)]) == {}
    assert list(effects_of([row(1, 0.2)], [row(1, 0.5, metrics={"guard.x": 1.0})])) == ["progression"]
