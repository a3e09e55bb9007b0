"""Experiments: how seeds are written, and what a whole one holds."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from automem.library import shipped
from automem.spec.experiment import SeedSection
from automem.spec.load import load_experiment


@pytest.mark.parametrize(
    ("written", "seeds"),
    [
        (7, [7]),
        ("7", [7]),
        ("42..45", [42, 43, 44, 45]),
        ("5..5", [5]),
        ([1, "3..4", "9"], [1, 3, 4, 9]),
        ({"count": 3, "from": 1000}, [1000, 1001, 1002]),
        ({"count": 2}, [0, 1]),
    ],
)
def test_seeds(written, seeds):
    assert SeedSection(select=written).select == seeds


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("9..3", "backwards"),
        ("1..1000000", "more than 100000"),
        ([f"{n}00000..{n}99999" for n in range(1, 99)], "more than 100000 seeds"),
        ([1, 1], "twice"),
        (True, "expected a seed"),
        ("a..b", "neither a seed nor a range"),
        ("²", "neither a seed nor a range"),
        (2**31, "between 0 and 2147483647"),
        (-1, "between 0 and 2147483647"),
        ({"count": 0}, "between 1 and 100000"),
        ({"many": 3}, "expected {count"),
        ([], "at least 1"),
    ],
)
def test_seeds_that_are_none(written, said):
    with pytest.raises(ValidationError, match=said):
        SeedSection(select=written)


def test_the_three_sets_of_seeds_are_apart():
    apart = SeedSection(select="1..3", report="4..6", train={"count": 3, "from": 7})
    assert apart.train == [7, 8, 9]
    with pytest.raises(ValidationError, match="report and train share the seed 6"):
        SeedSection(select="1..3", report="4..6", train="6..9")


def test_a_whole_one_with_its_scaffold():
    loaded = load_experiment(shipped("specs") / "crafter/scripted.yaml")
    assert loaded.experiment.seeds.select == list(range(42, 52))
    assert loaded.experiment.env.settings == {"max_steps": 300}
    assert loaded.scaffold.name == "crafter-v0"
