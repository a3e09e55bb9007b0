"""Selection by criteria, scores and episodes: what is chosen fits, what is not says why, and chance has no part."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from automem.errors import RunError
from automem.loops.proficiency.criteria import CriterionFails
from automem.loops.proficiency.examples import Examples, examples_of
from automem.loops.proficiency.selection import Selected, TooFew, select, select_again
from automem.loops.proficiency.verdicts import read_verdicts, write_verdicts
from automem.runs.store import Store
from automem.spec.recipe import Recipe

from .real import played

KEEP = {
    "looked": {"when": "looked", "phases": ["log"]},
    "consulted": {"when": "searches + reads > 0", "phases": ["plan"]},
    "early": {"when": "position < 0.8"},
}


def recipe(**sections: Any) -> Recipe:
    return Recipe.model_validate({"kind": "recipe", "name": "test", **sections})


@pytest.fixture(scope="module")
def pool() -> Examples:
    run = played("compact")
    with Store.read(run.database) as store:
        return examples_of(run, store.episodes())


def chosen(selected: Selected) -> list[str]:
    return [one.id for one in (*selected.chosen, *selected.held_out)]


def test_what_is_chosen_passes_and_what_is_rejected_names_every_filter_it_fails(pool: Examples) -> None:
    selected = select(recipe(select={"keep": KEEP}), pool)
    features = {one.id: one.features for one in pool}
    assert len(selected.verdicts) == len(features) == selected.counts["examples"]
    for verdict in selected.verdicts:
        of = features[verdict.example]
        fails = {
            "keep/looked": of["phase"] == "log" and not of["looked"],
            "keep/consulted": of["phase"] == "plan" and of["searches"] + of["reads"] == 0,
            "keep/early": of["position"] >= 0.8,
        }
        assert set(verdict.by) == {name for name, fault in fails.items() if fault}, verdict
        assert (verdict.state == "rejected") == bool(verdict.by)
    by = Counter(name for verdict in selected.verdicts for name in verdict.by)
    assert {name: selected.counts[f"rejected.{name}"] for name in by} == dict(by)
    assert selected.counts["chosen"] + selected.counts["held_out"] + selected.counts["rejected"] == len(features)
    assert 0 < selected.counts["alone.keep/early"] < by["keep/early"]


def test_the_same_recipe_chooses_the_same_whatever_the_order_of_episodes(pool: Examples) -> None:
    rules = recipe(select={"keep": KEEP}, compose={"most": 40, "near_duplicates": 0.9, "per_episode": 20})
    turned = Examples(pool.folder, pool.episodes[::-1], pool.standings)
    assert chosen(select(rules, pool)) == chosen(select(rules, turned))
    other = recipe(select={"keep": KEEP}, compose=rules.compose.model_dump(), train={"seed": 1})
    assert chosen(select(rules, pool)) != chosen(select(other, pool)), "the lot among equals is another"


def test_the_best_score_comes_first(pool: Examples) -> None:
    score = {"talk": {"value": "chars_out", "weight": -1}, "log": {"value": "true", "weight": 1000, "phases": ["log"]}}
    selected = select(recipe(select={"score": score}, compose={"most": 50, "held_out": 0}), pool)
    scores = [(one.phase == "log") * 1000 - one.features["chars_out"] for one in selected.chosen]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 50
    assert scores[0] == max(one.score or 0 for one in selected.verdicts)


def test_only_the_best_episodes_of_each_task_are_taken(pool: Examples) -> None:
    selected = select(recipe(select={"episodes": 0.5}), pool)
    best = sorted(pool.standings, key=lambda one: pool.standings[one].rank)[:2]  # of three, rounded up
    assert {one.episode for one in selected.verdicts if one.by != ("episodes",)} == set(best)


def test_whole_episodes_are_held_out(pool: Examples) -> None:
    selected = select(recipe(compose={"held_out": 0.1}), pool)
    trained, held = ({one.episode for one in part} for part in (selected.chosen, selected.held_out))
    assert (len(trained), len(held)) == (2, 1)
    assert not trained & held


def test_too_few_says_what_rejected_most(pool: Examples) -> None:
    rules = recipe(select={"keep": {**KEEP, "no": {"when": "step > 40"}}}, compose={"minimum": 500})
    with pytest.raises(TooFew, match=r"chooses \d+ of \d+ examples.*at least 500.*keep/no \d+") as refused:
        select(rules, pool).require(rules)
    assert refused.value.counts["rejected.keep/no"] == 3 * (40 + 39)


def test_a_criterion_that_breaks_names_itself_and_the_example(pool: Examples) -> None:
    rules = recipe(select={"keep": {"ratio": {"when": "1 / (step - 3) > 0 or true"}}})
    with pytest.raises(CriterionFails, match=r"select/keep/ratio/when: division by zero, for the example .*/3/log"):
        select(rules, pool.within({pool.episodes[0].id}))


def test_a_selection_that_was_kept_is_made_again(pool: Examples, tmp_path: Path) -> None:
    first = select(recipe(select={"keep": KEEP}, compose={"most": 60}), pool)
    write_verdicts(tmp_path / "kept.jsonl", first.verdicts)
    again = select_again(pool, read_verdicts(tmp_path / "kept.jsonl"))
    assert {one.id for one in again.chosen} == {one.id for one in first.chosen}
    assert {one.id for one in again.held_out} == {one.id for one in first.held_out}
    assert again.verdicts == first.verdicts
    fewer = replace(pool, episodes=pool.episodes[:1])
    with pytest.raises(RunError, match="is not there any more; select anew"):
        select_again(fewer, first.verdicts)
    (tmp_path / "kept.jsonl").write_text("{")
    with pytest.raises(RunError, match="damaged"):
        read_verdicts(tmp_path / "kept.jsonl")
    with pytest.raises(RunError, match="no selection is kept"):
        read_verdicts(tmp_path / "other.jsonl")
