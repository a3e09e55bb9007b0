from __future__ import annotations

import numpy as np
import pytest

from automem.envs.nethack.game import Moment
from automem.envs.nethack.progress import DeepestReached, TaskSolved, progression


def at(depth: int, level: int) -> Moment:
    stats = np.zeros(27, np.int64)
    stats[12], stats[18] = depth, level
    return Moment({"blstats": stats}, "")


def test_the_table_grows_with_depth_and_with_experience() -> None:
    for name, most in (("Dlvl", 50), ("Xp", 30)):
        chances = [progression()[f"{name}:{n}"] for n in range(1, most + 1)]
        assert chances == sorted(chances)
        assert chances[0] == 0
        assert chances[-1] < 1
    assert len(progression()) == 80


def test_progression_is_the_best_that_was_reached() -> None:
    progress = DeepestReached()
    assert progress.update(at(1, 1)) == ("Dlvl:1", "Xp:1")
    assert progress.value == 0
    assert progress.update(at(4, 1)) == ("Dlvl:4",)
    assert progress.value == progression()["Dlvl:4"]
    assert progress.update(at(2, 10)) == ("Dlvl:2", "Xp:10")
    assert progress.value == progression()["Xp:10"] > progression()["Dlvl:4"]
    assert progress.update(at(4, 1)) == ()
    assert progress.value == progression()["Xp:10"]
    assert progress.update(at(0, 31)) == ()


@pytest.mark.parametrize(
    ("rule", "reward", "end", "value"),
    [
        ("ours", 1.0, "solved", 1.0),
        ("ours", 0.99, "solved", 1.0),
        ("ours", 1.0, "", 0.0),
        ("balrog", 1.0, "solved", 1.0),
        ("balrog", 0.99, "solved", 0.0),
        ("balrog", -0.01, "died", 0.0),
    ],
)
def test_the_two_rules(rule: str, reward: float, end: str, value: float) -> None:
    progress = TaskSolved(rule)
    assert progress.update(Moment({}, "", reward, "", end)) == (("solved",) if value else ())
    assert progress.value == value
