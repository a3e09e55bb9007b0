"""The tree of a run: who made what from what, and where each lineage stands."""

from __future__ import annotations

import pytest

from automem.loops.structure.lineage import Chronicle, Node, incumbent_of, root_of, tree, tried
from automem.runs.candidates import Effect
from automem.runs.costs import Cost
from automem.runs.records import Recorded, Version
from automem.traces.summary import EpisodeRow
from loops.patches import candidate


def version(number: int, parent: int | None, origin: str = "patched") -> Version:
    return Version(number, f"hash{number}", "crafter-v0", parent, origin, f"2026-01-01T00:01:{number:02}")


def episode(of: int, seed: int, progression: float, replay: int = 0, stage: str = "select") -> Recorded:
    key = f"{of}-{seed}-{replay}"
    row = EpisodeRow(key, stage, "s", "h", "crafter", "default", seed, "done", progression, 20, replay=replay)
    return Recorded(row, key, of, 1.0, 1, "")


VERSIONS = [version(0, None, "first"), version(1, 0), version(2, 0), version(3, 2), version(4, 2, "edited")]
CANDIDATES = [
    candidate(1, status="refused", why="it breaks a rule"),
    candidate(2, status="rejected", version=1),
    candidate(3, status="accepted", version=2),
    candidate(4, status="rejected", parent=2, version=3),
    candidate(5, status="declined", parent=2, comment="too clever"),
    candidate(6, root=4, parent=4, status="refused", version=1),
]


def shape(node: Node) -> object:
    name = node.tried.candidate.name if node.tried else "a person"
    return (node.version.number if node.version else None, name, [shape(child) for child in node.children])


def test_versions_and_what_made_none_hang_below_what_they_change() -> None:
    (first,) = tree(Chronicle(VERSIONS, CANDIDATES))
    below_v2: list[object] = [(3, "c4", []), (None, "c5", []), (4, "a person", [(None, "c6", [])])]
    assert shape(first) == (0, "a person", [(None, "c1", []), (1, "c2", []), (2, "c3", below_v2)])


def test_each_lineage_stands_at_what_it_accepted_last() -> None:
    assert [root_of(VERSIONS, number) for number in range(5)] == [0, 0, 0, 0, 4]
    assert (incumbent_of(0, CANDIDATES), incumbent_of(4, CANDIDATES)) == (2, 4)
    (first,) = tree(Chronicle(VERSIONS, CANDIDATES))
    v1, v2 = (node for node in first.children if node.version)
    v4 = v2.children[-1]
    assert [node.incumbent for node in (first, v1, v2, v4)] == [False, False, True, True]
    assert not tree(Chronicle(VERSIONS[:1]))[0].incumbent


def test_replays_of_a_seed_count_as_one() -> None:
    episodes = [episode(0, 1, 0.2), episode(0, 1, 0.4, replay=1), episode(0, 2, 0.5), episode(1, 1, 0.9)]
    costs = {"0-1-0": {"base": Cost(calls=2), "specialist": Cost(calls=1)}, "0-2-0": {"base": Cost(calls=4)}}
    (first,) = tree(Chronicle(VERSIONS, CANDIDATES, episodes, episodes, costs, {3: Cost(calls=9)}))
    assert first.progression.mean == pytest.approx(0.4)
    assert (first.progression.n, first.played.calls, first.proposed.calls) == (2, 7, 0)
    assert first.children[2].proposed.calls == 9


def test_what_the_report_cost_is_told_apart() -> None:
    episodes = [episode(0, 1, 0.2), episode(0, 9, 0.4, stage="report")]
    costs = {"0-1-0": {"base": Cost(calls=2)}, "0-9-0": {"base": Cost(calls=5)}}
    (first,) = tree(Chronicle(VERSIONS[:1], (), episodes, episodes[:1], costs))
    assert (first.played.calls, first.reported.calls) == (2, 5)


def test_what_a_patch_says_of_itself() -> None:
    effect = Effect("progression", 2, 0.1, 0.2, 0.1)
    found = tried(candidate(1, effects={"progression": effect}))
    assert found.reason.startswith("The notice comes too late.")
    assert [(one.metric, one.direction, one.size, one.effect) for one in found.promises] == [
        ("progression", "up", 0.02, effect),
        ("longest_run", "down", "20%", None),
    ]
    assert tried(CANDIDATES[4]).verdict == "declined: too clever"
    assert tried(CANDIDATES[0]).verdict == "refused: it breaks a rule"


@pytest.mark.parametrize("text", ["", "not: [yaml", "kind: patch", "&a 1"])
def test_a_patch_that_is_none_says_nothing(text: str) -> None:
    assert tried(candidate(1, patch=text)).reason == ""
