"""Loop 1 from the first episode to the sealed seeds, on a world where what a patch is worth can be chosen."""

from __future__ import annotations

import json

import pytest

from automem.errors import EXIT_DONE, EXIT_INCOMPLETE, SpecError
from automem.loops.plan import plan
from automem.loops.structure.review import stop
from automem.patches.check import check_patch
from automem.runs import Proposals, find_episode, show_run
from automem.runs.lock import hold
from automem.runs.store import Store
from automem.runs.versions import last_conditions
from automem.spec.source import read_document

from .proposing import Bench, skill


def test_better_patches_are_kept_and_worse_ones_are_not(bench: Bench) -> None:
    bench.propose(skill(10), skill(80), skill(20), skill(100))
    result = bench.apply()
    assert [(one.status, one.version) for one in bench.candidates()] == [
        ("rejected", 1),
        ("accepted", 2),
        ("rejected", 3),
        ("accepted", 4),
    ]
    assert result.exit_code == EXIT_DONE
    assert result.version.number == 4
    assert result.loop == "loop 1: 4 proposed, 4 played, 2 kept; now toy v4; ended: all 2 revisions are made"


def test_every_version_knows_where_it_comes_from(bench: Bench) -> None:
    bench.propose(skill(80), skill(10), skill(100))
    bench.apply()
    versions = show_run("toy", bench.run.path.parent).versions
    assert [(one.number, one.parent, one.origin) for one in versions] == [
        (0, None, "first"),
        (1, 0, "patched"),
        (2, 1, "patched"),
        (3, 1, "patched"),
    ]
    text = bench.run.scaffold(3).read_text()
    assert "skill: 100  # percent of lamps the player gets right" in text
    assert "log.md: {schema: log}  # what was seen" in text
    assert json.loads(bench.run.patch(3).read_text())["reason"] == "a skill of 100"


def test_a_version_is_taken_back_by_the_undo_that_the_run_keeps(bench: Bench) -> None:
    bench.propose(skill(80))
    bench.apply({"revisions": 1})
    undo, made = bench.run.undo(1).read_text(), read_document(bench.run.scaffold(1))
    back = check_patch(undo, "undo.yaml", made, bench.load().experiment.env)
    assert back.text == bench.run.scaffold(0).read_text()


def test_effects_are_measured_on_the_same_seeds(bench: Bench) -> None:
    bench.propose(skill(100))
    bench.apply({"revisions": 1})
    (candidate,) = bench.candidates()
    effect = candidate.effects["progression"]
    assert (effect.pairs, effect.after) == (8, 1.0)
    assert effect.before is not None
    assert effect.difference == pytest.approx(1.0 - effect.before)
    assert candidate.decision is not None
    assert candidate.decision.accepted


def test_the_report_seeds_are_played_by_both_ends_and_by_nobody_else(bench: Bench) -> None:
    bench.propose(skill(10), skill(100))
    bench.apply({"revisions": 1})
    episodes = show_run("toy", bench.run.path.parent).episodes
    assert {(one.version, one.row.seed) for one in episodes if one.row.stage == "report"} == {
        (version, seed) for version in (0, 2) for seed in range(101, 105)
    }


def test_a_proposer_sees_the_incumbents_line_and_only_a_continuation_the_failed_one(bench: Bench) -> None:
    bench.propose(skill(80), skill(10), skill(20), skill(30), skill(40))
    bench.apply()
    assert bench.told(1) == {"versions": [0], "stages": ["select"], "failed": []}
    assert bench.told(2) == {"versions": [0, 1], "stages": ["select"], "failed": ["c1"]}
    assert bench.told(3)["versions"] == [0, 1, 2]  # a continuation of c2
    assert bench.told(4)["versions"] == [0, 1]
    assert bench.told(4)["failed"] == ["c1", "c2", "c3"]


def test_the_same_command_again_does_nothing(bench: Bench) -> None:
    bench.propose(skill(100))
    bench.apply({"revisions": 1})
    again = bench.apply({"revisions": 1})
    assert again.played == 0
    assert again.summary.startswith("nothing left to do")
    assert len(bench.candidates()) == 1


def test_a_proposer_with_nothing_to_propose_ends_the_loop(bench: Bench) -> None:
    result = bench.apply()
    assert result.exit_code == EXIT_DONE
    assert "nothing further is proposed (the folder is empty)" in result.loop
    assert result.version.number == 0


def test_what_cannot_be_played_costs_an_attempt_and_no_episode(bench: Bench) -> None:
    edits = (
        {"replace": "phases/plan/sections/skill/text", "with": "{{ oops"},
        {"replace": "env", "with": "crafter"},
        {"replace": "tables/will", "with": 1},
        {"remove": "ops/APPEND"},
    )
    bench.propose(*(skill(100, edits=[edit]) for edit in edits))
    result = bench.apply({"attempts": 4})
    assert [one.status for one in bench.candidates()] == ["refused"] * 4
    assert [one.version for one in bench.candidates()] == [None] * 4
    assert all("edits/0" in one.why or "phases/log" in one.why for one in bench.candidates())
    assert len(result.rows) == 8 + 4


def test_a_patch_that_makes_a_known_scaffold_is_not_played(bench: Bench) -> None:
    bench.propose(skill(10), skill(10))
    bench.apply({"attempts": 1})
    assert [one.status for one in bench.candidates()] == ["rejected", "refused"]
    assert bench.candidates()[1].why == "it makes the scaffold that v1 is"


def test_a_silent_model_stops_the_run_which_goes_on_later(bench: Bench) -> None:
    bench.propose(skill(80), "silent")
    stopped = bench.apply()
    assert (stopped.exit_code, stopped.stopped) == (EXIT_INCOMPLETE, "the model is silent")
    bench.propose(skill(80), skill(100))
    assert bench.apply().exit_code == EXIT_DONE
    assert [one.status for one in bench.candidates()] == ["accepted", "accepted"]


def test_the_budget_counts_the_proposals_and_stops_before_another(bench: Bench) -> None:
    bench.propose("silent")
    bench.apply()
    played = show_run("toy", bench.run.path.parent).spent["base"].tokens
    bench.propose(skill(10), skill(100))
    stopped = bench.apply(budget={"tokens": played + 1000})
    assert "the budget is reached" in stopped.stopped
    spent = show_run("toy", bench.run.path.parent).spent
    assert (spent["meta"].tokens, spent["base"].tokens) == (1100, played)
    assert bench.apply(budget={"tokens": 250_000}).exit_code == EXIT_DONE


def test_manual_approval_waits_and_does_not_play(bench: Bench) -> None:
    bench.propose(skill(100))
    result = bench.apply({"approval": "manual"})
    assert result.exit_code == EXIT_INCOMPLETE
    assert result.pending == "c1 waits for a person: `automem review toy` shows it"
    assert [one.status for one in bench.candidates()] == ["waiting"]
    assert {row.scaffold for row in result.rows} == {"toy v0"}
    again = bench.apply({"approval": "manual"})
    assert (again.played, again.exit_code) == (0, EXIT_INCOMPLETE)


def test_a_person_ends_the_loop(bench: Bench) -> None:
    bench.propose("silent")
    bench.apply()
    with hold(bench.run.lock), Store.open(bench.run.database) as store:
        stop(store, 0, last_conditions(store), "good enough")
    result = bench.apply()
    assert result.exit_code == EXIT_DONE
    assert "ended: stopped by a person: good enough" in result.loop
    assert {row.seed for row in result.rows if row.stage == "report"} == {101, 102, 103, 104}


def test_an_edited_scaffold_begins_a_lineage_of_its_own(bench: Bench) -> None:
    bench.propose(skill(80), skill(90), skill(95), skill(100))
    bench.apply({"revisions": 1})
    scaffold = bench.path / "scaffold.yaml"
    scaffold.write_text(scaffold.read_text().replace("skill: 50", "skill: 40"))
    result = bench.apply({"revisions": 1}, seeds={"select": "1..8", "report": "201..204"})
    versions = show_run("toy", bench.run.path.parent).versions
    assert [(one.number, one.parent, one.origin) for one in versions][2:] == [(2, 0, "edited"), (3, 2, "patched")]
    assert result.version.number == 3


def test_going_on_after_the_seal_was_opened_is_refused(bench: Bench) -> None:
    bench.propose(skill(80), skill(100))
    bench.apply({"revisions": 1})
    with pytest.raises(SpecError, match=r"seeds/report: the report seeds \(such as 101\) were opened"):
        bench.apply({"revisions": 2})
    with pytest.raises(SpecError, match="seeds/select: seed 101 was a report seed"):
        bench.apply({"revisions": 1}, seeds={"select": "101..104"})
    assert bench.apply({"revisions": 2}, seeds={"select": "1..8", "report": "201..204"}).version.number == 2


def test_the_incumbent_is_replayed_where_that_is_asked_for(bench: Bench) -> None:
    bench.propose(skill(100))
    result = bench.apply({"revisions": 1, "replays": 2})
    played = [row for row in result.rows if row.stage == "select"]
    assert sorted({row.replay for row in played if row.scaffold == "toy v0"}) == [0, 1, 2]
    assert len({row.key for row in played}) == len(played)
    assert {row.replay for row in played if row.scaffold == "toy v1"} == {0}  # nothing is measured against it
    assert result.left == 0


def test_a_seed_means_its_first_play_where_it_was_played_again(bench: Bench) -> None:
    bench.propose(skill(0))
    bench.apply({"revisions": 1, "attempts": 1, "continuations": 0, "replays": 1})
    assert find_episode("toy", "3", bench.run.path.parent).row.replay == 0


def test_a_hopeless_candidate_costs_fewer_episodes_than_a_full_play(bench: Bench) -> None:
    bench.propose(skill(0))
    seeds = {"select": "1..40", "report": "101..104"}
    bench.apply({"gate": "paired", "revisions": 1, "attempts": 1, "continuations": 0}, seeds=seeds)
    (candidate,) = bench.candidates()
    assert candidate.status == "rejected"
    assert candidate.decision is not None
    assert candidate.decision.pairs < 40
    tried = [one for one in show_run("toy", bench.run.path.parent).episodes if one.version == 1]
    assert len(tried) == candidate.decision.pairs


def test_an_early_yes_is_played_to_the_end(bench: Bench) -> None:
    bench.propose(skill(100))
    seeds = {"select": "1..40", "report": "101..104"}
    bench.apply({"gate": "paired", "revisions": 1}, seeds=seeds)
    (candidate,) = bench.candidates()
    assert candidate.status == "accepted"
    assert candidate.effects["progression"].pairs == 40


def test_screening_drops_what_is_worse_on_a_few_seeds(bench: Bench) -> None:
    bench.propose(skill(0))
    bench.apply({"screen": 4, "revisions": 1, "attempts": 1, "continuations": 0})
    (candidate,) = bench.candidates()
    assert candidate.status == "rejected"
    assert sum(one.version == 1 for one in show_run("toy", bench.run.path.parent).episodes) == 4


def test_the_plan_says_what_the_loop_may_cost(bench: Bench) -> None:
    loaded = bench.load()
    found = plan(loaded, bench.path / "runs")
    assert found.loop is not None
    assert (found.loop.candidates, found.loop.episodes) == (8, 8 * 8 + 4)
    assert any("mean" in warning for warning in found.loop.warnings)
    assert found.loop.proposals == Proposals(8, 60, 3_000_000, None, 480, 24_000_000, None)
    bench.propose(skill(80), "silent")
    bench.apply()
    found = plan(loaded, bench.path / "runs")
    assert found.loop is not None
    assert (found.loop.candidates, found.loop.standing) == (4, "revision 2 of 2, attempt 1 of 2")
