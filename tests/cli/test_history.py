"""`automem history` and the report's section on loop 1, of a run whose candidates were written as the loop does."""

from __future__ import annotations

import pytest
from loops.patches import candidate, patch

from automem.runs.candidates import Effect, proposal_key
from automem.runs.costs import Cost
from automem.runs.layout import RunFolder
from automem.runs.store import Store
from automem.runs.versions import adopt, last_conditions
from automem.spec.load import load_scaffold

from .running import Shell

EFFECTS = {
    "progression": Effect("progression", 2, 0.1, 0.125, 0.025, -0.01, 0.06),
    "longest_run": Effect("longest_run", 2, 7.0, 3.5, -3.5),
}


@pytest.fixture
def tried(own: Shell) -> Shell:
    """c1 was refused, c2 accepted as v1, c3 declined."""
    folder = RunFolder(own.home / "runs/tiny")
    own.edit("scaffold.yaml", "when: unchanged_count >= 3", "when: unchanged_count >= 2")
    with Store.open(folder.database) as store:
        first = store.versions()[0]
        made = adopt(store, folder, load_scaffold(own.home / "scaffold.yaml"), first)
        under = {"conditions": last_conditions(store)}
        store.put_candidate(
            candidate(1, **under, status="refused", patch=patch(9), why="it breaks a [bold]rule[/bold]\x1b[2J")
        )
        store.put_candidate(
            candidate(
                2, **under, status="accepted", version=made.number, why="+2.50 points on 2 pairs", effects=EFFECTS
            )
        )
        store.put_candidate(
            candidate(3, **under, status="declined", parent=made.number, revision=2, comment="too clever")
        )
        store.add_costs(
            proposal_key(2), {"meta": Cost(calls=3, input_tokens=900, output_tokens=100, usd=0.5, priced=3)}
        )
    return own


def test_the_tree(tried: Shell) -> None:
    lines = tried("history", "tiny").out.splitlines()
    assert lines[0].startswith("crafter-v0 v0  first  select ")
    assert lines[0].endswith("% (n = 2)")
    assert "├─ c1  refused" in lines
    assert r"│     refused: it breaks a [bold]rule[/bold]\x1b[2J" in lines
    at = lines.index("└─ crafter-v0 v1 of c2  accepted  select not played  <- incumbent")
    assert lines[at + 1 : at + 7] == [
        "   │  revision 1, attempt 2 by catalogue",
        "   │  reason: The notice comes too late. Three steps are lost each time.",
        "   │  expected progression up by 2 points; 10.00 → 12.50 %, +2.50 [-1.00, +6.00], n = 2",
        "   │  accepted: +2.50 points on 2 pairs",
        "   │  cost: proposal 3 calls, 1,000 tokens, 0.5000 USD",
        "   └─ c3  declined",
    ]
    assert "all of a candidate: automem review tiny cN" in lines
    assert lines[-1].strip() == "scaffold: runs/tiny/scaffolds/v0.yaml"


def test_the_tree_as_data(tried: Shell) -> None:
    found = tried("history", "tiny", "--json").data
    (first,) = found["versions"]
    assert (found["current"], first["version"]["origin"], first["progression"]["n"]) == (0, "first", 2)
    assert first["played"]["calls"] > 0
    c1, c2 = first["children"]
    assert (c1["version"], c2["version"]["number"], c2["incumbent"]) == (None, 1, True)
    assert c2["tried"]["promises"][1]["effect"]["after"] == 3.5


def test_any_version_begins_a_new_experiment(tried: Shell) -> None:
    tried.edit("experiment.yaml", "scaffold: scaffold.yaml", "scaffold: runs/tiny/scaffolds/v1.yaml")
    tried.edit("experiment.yaml", "name: tiny", "name: another")
    tried.edit("experiment.yaml", "42..43", "42")
    assert "1 episodes played" in tried("apply", "experiment.yaml").out
    assert tried("diff", "another@v0", "tiny@v1").out == "no value differs\n"


def test_the_report_has_a_section_on_it(tried: Shell) -> None:
    text = tried("report", "tiny").out
    assert text.count("c2 (v0 → v1)") == 1
    assert "longest_run" not in text.partition("Lineage")[2]
    assert "\x1b" not in text
    page = tried("report", "tiny", "--format", "markdown").out.partition("## Lineage")[2].partition("\n## ")[0]
    assert "progression up by 2 points" in page
    assert "longest_run down by 20% | 7.00 → 3.50, -3.50, n = 2" in page
    assert "| declined: too clever |" in page
    assert "-        when: unchanged_count >= 3\n+        when: unchanged_count >= 2\n" in page
    assert "\x1b" not in page
    lineage = tried("report", "tiny", "--format", "json").data["lineage"]
    assert [one["candidate"]["number"] for one in lineage] == [1, 2, 3]
    assert [row["model"] for row in tried("report", "tiny", "--format", "json").data["costs"]] == ["base", "meta"]


def test_without_a_loop_nothing_is_said_of_it(played: Shell) -> None:
    assert "Lineage" not in played("report", "tiny", "--format", "text").out
    assert "Lineage" not in played("report", "tiny", "--format", "markdown").out
    lines = played("history", "tiny").out.splitlines()
    assert "incumbent" not in lines[0]
    assert lines[1].startswith("   cost: select episodes ")
