"""Loop 2 from the episodes it collects to the sealed seeds, on a world where what a note is worth can be chosen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from automem.api.history import history
from automem.api.report import run_report
from automem.errors import EXIT_DONE, EXIT_INCOMPLETE, SpecError
from automem.loops.structure.review import stop
from automem.report.kept import ends, kept
from automem.report.page import to_html
from automem.runs import show_run
from automem.runs.lock import hold
from automem.runs.store import Store
from automem.runs.versions import last_conditions

from ..folder import Folder
from ..proposing import skill
from ..proposing import told as patches_told
from .bench import ANY, GOOD, Bench, recipe, told

ONE = {"trials": 1}


def test_good_notes_make_a_specialist_that_plays_better(bench: Bench) -> None:
    result = bench.apply(ONE)
    (trial,) = bench.trials()
    assert (trial.status, trial.proposer, trial.source) == ("passed", "experiment", 1)
    assert trial.tasks["lamps"].after == pytest.approx(5 / 6)  # nothing is noted before the first lamp
    assert trial.counts["lessons"] == trial.counts["chosen"] < trial.counts["examples.log"]
    assert trial.losses == {"train": 0.5, "held_out": 0.6, "held_out_before": 0.7}
    assert result.exit_code == EXIT_DONE
    assert result.training == (
        "loop 2: 1 trials, 1 trained, 1 passed; the specialist is t1; ended: all 1 trials are made"
    )


def test_what_a_trial_leaves_behind(bench: Bench) -> None:
    bench.apply(ONE)
    names = {path.name for path in bench.run.trial(1).iterdir()}
    assert {"recipe.yaml", "verdicts.jsonl", "lessons.jsonl", "job.json"} <= names
    assert "checkpoints" not in names
    assert (bench.run.trial(1) / "recipe.yaml").read_text() == recipe()
    assert bench.run.adapter(1).is_dir()


def test_the_ledger_goes_on_with_what_is_proposed_and_the_best_is_kept(bench: Bench) -> None:
    bench.recipe(recipe(ANY))
    bench.propose(2, recipe(GOOD))
    bench.propose(3, recipe(ANY, train={"epochs": 1}))
    result = bench.apply()
    first, second, third = bench.trials()
    assert (first.proposer, second.proposer) == ("experiment", "folder")
    assert second.status == "passed"
    assert third.counts["chosen"] == first.counts["chosen"] > second.counts["chosen"]
    assert "the specialist is t2" in result.training


def test_the_report_is_played_by_the_base_and_by_both_and_opened_last(bench: Bench) -> None:
    bench.apply(ONE)
    (trial,) = bench.trials()
    episodes = show_run("noted", bench.run.path.parent).episodes
    sealed = {(one.row.conditions, one.row.seed) for one in episodes if one.row.stage == "report"}
    assert sealed == {(under, seed) for under in (trial.conditions, trial.played) for seed in range(101, 103)}
    first = min(one.changed for one in episodes if one.row.stage == "report")
    assert all(one.changed < first for one in episodes if one.row.stage != "report")


def test_where_none_passes_there_is_no_specialist_and_it_is_said(bench: Bench) -> None:
    bench.recipe(recipe({"keep": {"bad": {"when": "phase == 'log' and progress_in != 1"}}}))
    result = bench.apply(ONE)
    (trial,) = bench.trials()
    assert (trial.status, result.exit_code) == ("rejected", EXIT_DONE)
    assert "0 passed; there is no specialist" in result.training
    assert {row.conditions for row in result.rows if row.stage == "report"} == {trial.conditions}


def test_the_training_engine_sees_the_ledger_and_no_sealed_seed(bench: Bench) -> None:
    bench.recipe(recipe(ANY))
    bench.propose(2, recipe(GOOD))
    bench.apply({"trials": 2})
    seen = {"collected": [201, 202, 203], "played": [1, 2, 3, 4], "t1": [1, 2, 3, 4]}
    assert bench.told(2) == {"ledger": ["t1"], "seen": seen}


def test_the_same_command_again_does_nothing(bench: Bench) -> None:
    bench.apply(ONE)
    again = bench.apply(ONE)
    assert (again.played, again.exit_code) == (0, EXIT_DONE)
    assert again.summary.startswith("nothing left to do")
    assert len(bench.trials()) == 1


def test_an_earlier_selection_is_used_again(bench: Bench) -> None:
    bench.propose(2, recipe(ANY, reuse=1, train={"epochs": 9}))
    bench.apply({"trials": 2})
    first, second = bench.trials()
    assert (second.source, second.counts["chosen"]) == (1, first.counts["chosen"])
    read = [sorted((bench.run.trial(number) / "lessons.jsonl").read_text().splitlines()) for number in (1, 2)]
    assert read[0] == read[1]


@pytest.mark.parametrize(
    ("proposed", "why"),
    [
        (recipe(GOOD, name="another-name"), "t1 was made by a recipe that decides the same"),
        (recipe(GOOD, reuse=7), "trial t7 selected nothing of its own"),
        (recipe({"keep": {"odd": {"when": "luck > 1"}}}), "'luck' is no feature of an example"),
        (recipe({"judge": {"rubric": "is it good?"}}), "models.meta names no model"),
        ("kind: recipe\nname: &x y\nabout: *x\n", "alias"),
        (recipe(GOOD, compose={"minimum": 1000}), "asks for at least 1000"),
    ],
)
def test_a_recipe_that_cannot_be_used_costs_a_trial_and_no_episode(bench: Bench, proposed: str, why: str) -> None:
    bench.propose(2, proposed)
    result = bench.apply({"trials": 2})
    second = bench.trials()[1]
    assert (second.status, result.exit_code) == ("refused", EXIT_DONE)
    assert why in second.why
    assert not second.played


def test_an_engine_with_nothing_to_propose_ends_the_loop(bench: Bench) -> None:
    result = bench.apply()
    assert "nothing further is proposed (the folder is empty)" in result.training
    assert result.exit_code == EXIT_DONE


def test_a_person_changes_the_recipe_and_it_is_tried(bench: Bench) -> None:
    bench.recipe(recipe(ANY))
    bench.apply(seeds={"select": "1..4", "train": "201..203"})
    bench.recipe(recipe(GOOD))
    bench.apply(seeds={"select": "1..4", "train": "201..203"})
    assert [(one.proposer, one.status) for one in bench.trials()][::2] == [
        ("experiment", bench.trials()[0].status),
        ("experiment", "passed"),
    ]


def test_a_person_ends_the_loop(bench: Bench) -> None:
    bench.propose(2, "silent")
    stopped = bench.apply()
    assert (stopped.exit_code, stopped.stopped) == (EXIT_INCOMPLETE, "the model is silent")
    assert stopped.pending == "loop 2 goes on with trial 2 of 3 (t2 is proposing)"
    with hold(bench.run.lock), Store.open(bench.run.database) as store:
        stop(store, 0, last_conditions(store), "good enough")
    result = bench.apply()
    assert "ended: stopped by a person: good enough" in result.training
    assert result.exit_code == EXIT_DONE


def test_it_trains_for_what_loop_1_has_come_to(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    scaffold = bench.path / "scaffold.yaml"
    scaffold.write_text(scaffold.read_text() + "tables: {skill: 1}\n")
    patches = bench.path / "patches"
    patches.mkdir()
    (patches / "1.yaml").write_text(skill(2, of="noted"))
    engine = Folder(bench.path / "proposals", told)  # one entry names who proposes for both loops, and here they differ
    monkeypatch.setattr("automem.loops.course.make_training_engine", lambda loaded: engine)
    models = {**bench.load().experiment.models.model_dump(exclude_none=True), "meta": {"engine": f"{__name__}:patcher"}}
    optimize = {"revisions": 1, "attempts": 1, "continuations": 0, "gate": "mean"}
    result = bench.apply(ONE, models=models, optimize=optimize)
    (trial,) = bench.trials()
    assert trial.version == result.version.number
    groups = {(row.stage, row.scaffold) for row in result.rows}
    assert ("train", f"noted v{trial.version}") in groups
    assert len({(row.scaffold, row.conditions) for row in result.rows if row.stage == "report"}) == 2 + trial.version


def patcher(model: Any, base: Any) -> Folder[Any]:
    return Folder(base / "patches", patches_told)


def test_the_report_shows_the_specialist_and_not_what_failed(bench: Bench) -> None:
    bench.recipe(recipe({"keep": {"bad": {"when": "phase == 'log' and progress_in != 1"}}}))
    bench.propose(2, recipe(GOOD))
    bench.apply({"trials": 2})
    failed, best = bench.trials()
    report = run_report("noted", bench.run.path.parent)
    for shown in (kept(report), ends(report)):
        assert {one.group.conditions for one in shown.results} == {best.conditions, best.played}
    assert failed.played in {one.group.conditions for one in report.results}
    assert [one.name for one in report.trials] == ["t1", "t2"]
    page = to_html(report)
    assert "The specialist is t2." in page
    assert "select noted v0 with t2" in page
    assert page.count("<summary>The recipe</summary>") == 2
    (first, second) = history("noted", bench.run.path.parent).trials
    assert (first.specialist, second.specialist) == (False, True)
    assert second.meta.tokens == 1100
    assert second.played.calls > 0


def test_the_plan_says_what_would_be_collected_played_and_trained(bench: Bench) -> None:
    found = bench.plan().training
    assert found is not None
    assert (found.cached, found.collect, found.trials, found.episodes) == (0, 3, 3, 3 + 3 * 4 + 2)
    assert found.tokens.high > 0
    bench.propose(2, "silent")
    bench.apply()
    found = bench.plan().training
    assert found is not None
    assert (found.cached, found.collect, found.standing) == (3, 0, "trial 2 of 3")
    bench.propose(2, recipe(ANY))
    bench.apply({"trials": 2})
    assert bench.plan({"trials": 2}).training is None


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"seeds": {"select": 1}}, "train: learns from episodes of the `train` seeds"),
        ({"train": {"recipe": "none.yaml"}}, "train/recipe: there is no recipe 'none.yaml'"),
        ({"models": {"base": {"engine": "loops.toy:create"}}}, "loads no adapters"),
        ({"specialist": {"engine": "loops.toy:create"}}, "models/specialist: `train` makes the specialist"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_play(bench: Bench, sections: dict[str, Any], message: str) -> None:
    document = json.loads(bench.load().document.text)
    train = {**document["train"], **sections.pop("train", {})}
    models = {**document["models"], **sections.pop("models", {})}
    if specialist := sections.pop("specialist", None):
        models["specialist"] = specialist
    for ask in (bench.plan, bench.apply):
        with pytest.raises(SpecError, match=message):
            ask(train, models=models, **sections)
    assert not bench.run.path.exists()


def test_what_was_trained_on_decides_nothing_and_is_no_report(bench: Bench) -> None:
    bench.apply(ONE)
    for seeds, message in (
        ({"select": "201..208", "train": "301"}, "seeds/select: seed 201 was a train seed"),
        ({"select": "1..8", "report": "201", "train": "301"}, "seeds/report: seed 201 was a train seed"),
        ({"select": "1..8", "train": "101"}, "seeds/train: seed 101 was a report seed"),
    ):
        with pytest.raises(SpecError, match=message):
            bench.apply(ONE, seeds=seeds)
    with pytest.raises(SpecError, match=r"the report seeds \(such as 101\) were opened"):
        bench.apply({"trials": 2})
