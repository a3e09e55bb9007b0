"""A preview: what is chosen, what is not and why, how long it is, and exactly which text bears the loss."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cli.running import Shell
from engines.local.making import make_model, make_tokenizer

from automem.api.recipe import preview_recipe
from automem.errors import AutoMemError, RunError
from automem.library import shipped
from automem.loops.proficiency.examples import examples_of
from automem.loops.proficiency.lessons import lesson_of
from automem.loops.proficiency.preparing import VERDICTS
from automem.loops.proficiency.preview import preview
from automem.loops.proficiency.selection import select
from automem.loops.proficiency.verdicts import write_verdicts
from automem.runs.layout import RunFolder
from automem.runs.store import Store
from automem.runs.trials import TrialRow
from automem.spec.load import load_scaffold
from automem.spec.recipe import Recipe

from .real import played

RECIPE = """\
kind: recipe
name: small
select:
  keep:
    looked:    {when: looked, phases: [log], about: first a look}
    consulted: {when: searches + reads > 0 or ended, phases: [plan]}
    early:     {when: step < 40, about: not the whole episode}
compose: {most: 30, minimum: 5, log_share: 0.5}
train: {max_tokens: 4000}
"""


@pytest.fixture
def own(tmp_path: Path) -> RunFolder:
    """A copy of a real run, to be changed; a recipe lies beside its folder."""
    (tmp_path / "small.yaml").write_text(RECIPE)
    return RunFolder(Path(shutil.copytree(played("compact").path, tmp_path / "runs" / "compact")))


def test_the_marks_hold_the_lessons_answers_and_the_token_that_ends_each(own: RunFolder) -> None:
    tokenizer, scaffold = make_tokenizer(), load_scaffold(own.scaffold(0))
    with Store.read(own.database) as store:
        pool = examples_of(own, store.episodes())
    rules = Recipe.model_validate({"kind": "recipe", "name": "all", "compose": {"most": 40}})
    selected = select(rules, pool)
    found = preview(rules, pool, selected, scaffold, tokenizer, limit=40, rejected=3)
    lessons = {one.id: lesson_of(one, scaffold) for one in selected.chosen}
    trained = [one for one in found.shown if not one.why and one.verdict.state == "chosen"]
    assert len(trained) > 10
    for one in trained:
        marked = [text for text, bears in one.pieces if bears]
        messages = lessons[one.verdict.example].messages
        assert marked == [f"{said.text}<|im_end|>" for said in messages if said.speaker == "assistant"]
    assert found.lengths is not None
    assert (found.lengths.unit, found.lessons) == (
        "tokens",
        len(selected.chosen + selected.held_out) - sum(found.dropped.values()),
    )
    assert set(found.dropped) <= {"no_ops", "acts_at_once"}
    assert [one.verdict.state for one in found.shown][-3:] == ["rejected"] * 3
    assert not any(bears for one in found.shown[-3:] for _, bears in one.pieces)


def test_the_command_shows_counts_reasons_and_marks_without_colour(own: RunFolder, tmp_path: Path) -> None:
    said = Shell(tmp_path)("recipe", "preview", "compact", "small.yaml", "--limit", 2, "--rejected").out
    assert "Recipe small on run compact: 3 episodes of crafter-compact v0" in said
    assert "Lengths are in characters: the engine 'scripted' has no tokenizer here" in said
    assert "first a look" in said
    assert said.count("========") == 4
    assert "rejected by keep/" in said
    shown = said.partition("======== 1:")[2].partition("======== 2:")[0]
    for marked in shown.split("{+")[1:]:
        assert "<|" in marked.partition("+}")[0]
        assert "ACTION" not in marked.partition("+}")[0]
    assert "user:" in shown


def test_data_for_scripts_adds_up(own: RunFolder, tmp_path: Path) -> None:
    data = Shell(tmp_path)("recipe", "preview", "compact", "small.yaml", "--json").data
    counts = data["counts"]
    assert counts["examples"] == counts["chosen"] + counts["held_out"] + counts["rejected"] == 3 * (70 + 69)
    assert counts["rejected.keep/early"] == 3 * 31 * 2
    assert data["lengths"]["unit"] == "characters"
    assert (data["unjudged"], len(data["examples"]), data["exact"]) == (False, 2, False)


def test_tokens_are_those_of_the_runs_base(own: RunFolder, tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    text = own.experiment.read_text()
    for place, unit in ((model, "tokens"), (tmp_path / "gone", "characters")):
        changed = text.replace("engine: scripted", "engine: local").replace("model: crafter-plain", f"model: {place}")
        own.experiment.write_text(changed)
        found = preview_recipe("compact", tmp_path / "small.yaml", tmp_path / "runs")
        assert found.preview.lengths is not None
        assert found.preview.lengths.unit == unit
        assert (str(place) in found.without_tokens) == (unit == "characters")


def test_a_trial_shows_what_it_selected(own: RunFolder, tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    chosen = shell("recipe", "preview", "compact", "small.yaml", "--json").data
    with Store.open(own.database) as store:
        episodes = store.episodes()
        rules = Recipe.model_validate({"kind": "recipe", "name": "all", "compose": {"most": 8}})
        own.trial(1).mkdir(parents=True)
        write_verdicts(own.trial(1) / VERDICTS, select(rules, examples_of(own, episodes)).verdicts)
        store.put_trial(TrialRow(1, 0, episodes[0].row.conditions, "experiment", "training", recipe=RECIPE))
    shown = shell("recipe", "preview", "compact", "--trial", 1, "--json").data
    assert shown["counts"]["chosen"] + shown["counts"]["held_out"] == 8
    (tmp_path / "again.yaml").write_text(RECIPE + "reuse: 1\n")
    assert shell("recipe", "preview", "compact", "again.yaml", "--json").data["counts"] == shown["counts"]
    assert shown["counts"] != chosen["counts"]
    with pytest.raises(RunError, match=r"no trial t2; it has: t1"):
        preview_recipe("compact", runs=tmp_path / "runs", trial=2)


def test_what_is_missing_is_told(own: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(AutoMemError, match="say which recipe"):
        preview_recipe("compact", runs=tmp_path / "runs")
    with Store.open(own.database) as store:
        store.file_seeds(dict.fromkeys((42, 43, 44), "select"))
    with pytest.raises(RunError, match=r"no finished episode of train seeds.*seeds: \{train"):
        preview_recipe("compact", shipped("specs") / "recipes/tiny.yaml", tmp_path / "runs")
    Shell(tmp_path)("recipe", "preview", "compact", code=2)
