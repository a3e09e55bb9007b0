"""Recipes of a person, and who is chosen as the training engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from automem.errors import AutoMemError, SpecError
from automem.loops.meta.proposer import Proposal
from automem.loops.proficiency.engines import TRAINING_ENGINES, make_training_engine
from automem.loops.proficiency.engines.file import Files, create
from automem.loops.structure.proposers import PROPOSERS
from automem.runs.layout import RunFolder
from automem.spec.experiment import ModelSection

from .bench import Bench
from .ledgers import Workshop, recipe, row

ONE, TWO = recipe(lora={"rank": 2, "alpha": 4}), recipe(lora={"rank": 4, "alpha": 8})


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(RunFolder(tmp_path / "run"), tmp_path / "t2.jsonl")


def files(folder: Path, **texts: str) -> Files:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    entry = {"engine": "file", "recipes": [f"{name}.yaml" for name in texts]}
    return create(ModelSection.model_validate(entry), folder)


async def test_each_recipe_is_proposed_once_in_order(workshop: Workshop, tmp_path: Path):
    engine = files(tmp_path, one=ONE, two=TWO)
    await engine.check()
    assert engine.name == "file one.yaml two.yaml"
    first = await engine.propose(workshop.assignment())
    assert first == Proposal(ONE, str(tmp_path / "one.yaml"))
    second = await engine.propose(workshop.assignment([row(), row(2, ONE)]))
    assert second.text == TWO
    last = await engine.propose(workshop.assignment([row(), row(2, ONE), row(3, TWO)]))
    assert last == Proposal(None, "no further recipe is listed", exhausted=True)


async def test_one_that_cannot_be_used_is_said_and_passed_over(workshop: Workshop, tmp_path: Path):
    engine = files(tmp_path, same=recipe(name="again"), late=recipe(reuse=7))
    proposal = await engine.propose(workshop.assignment())
    assert proposal.exhausted
    assert "same.yaml cannot be used: t1 was made by a recipe that decides the same" in proposal.said
    assert "late.yaml cannot be used: trial t7 selected nothing of its own" in proposal.said


async def test_wrong_files_are_told_all_at_once(tmp_path: Path):
    wrong = recipe(select={"keep": {"odd": {"when": "luck > 0"}}})
    with pytest.raises(SpecError) as error:
        await files(tmp_path, one="kind: recipe\nname: [", two=wrong).check()
    assert {Path(issue.file).name for issue in error.value.issues} == {"one.yaml", "two.yaml"}
    assert "'luck' is no feature" in str(error.value)


@pytest.mark.parametrize("recipes", [None, [], "one.yaml", [1]])
def test_without_a_list_of_files_there_is_nothing_to_propose(tmp_path: Path, recipes: Any):
    with pytest.raises(AutoMemError, match="`recipes` must list the files of recipes"):
        create(ModelSection.model_validate({"engine": "file", "recipes": recipes}), tmp_path)


def test_both_loops_know_the_same_engines():
    assert TRAINING_ENGINES.names() == PROPOSERS.names()
    for entry in (
        {"engine": "catalogue", "catalogue": "a", "moves": "b"},
        {"engine": "file", "patches": ["a"], "recipes": ["b"]},
    ):
        for registry in (PROPOSERS, TRAINING_ENGINES):
            section = ModelSection.model_validate(entry)
            assert registry.load(section.engine or "")(section, Path())


WRONG: list[tuple[Any, Any, str]] = [
    ({"engine": "clod"}, {}, "models/meta/engine: no training engine is called 'clod'"),
    ({"engine": "anthropic", "model": "x"}, {"budget": {"usd": 1}}, "budget/usd: cannot be kept without prices"),
    ({"engine": "openai", "model": "x"}, {"train": {"propose": {"usd": 1}}}, "train/propose/usd: cannot be kept"),
]


@pytest.mark.parametrize(("meta", "sections", "message"), WRONG)
def test_what_cannot_be_asked_is_refused_with_its_place(
    tmp_path: Path, meta: Any, sections: dict[str, Any], message: str
):
    bench = Bench(tmp_path / "bench")
    train = sections.pop("train", None)
    model = {"engine": "loops.proficiency.noted:create", "model": str(bench.path / "model")}
    loaded = bench.load(train, models={"base": model, "meta": meta}, **sections)
    with pytest.raises(SpecError, match=message):
        make_training_engine(loaded)


def test_where_nobody_is_named_the_catalogue_proposes_and_where_nothing_is_trained_nobody(tmp_path: Path):
    bench = Bench(tmp_path / "bench")
    model = {"engine": "loops.proficiency.noted:create", "model": str(bench.path / "model")}
    loaded = bench.load(models={"base": model})
    engine = make_training_engine(loaded)
    assert engine is not None
    assert engine.name == "catalogue"
    untrained = loaded.experiment.model_copy(update={"train": None})
    assert make_training_engine(replace(loaded, experiment=untrained)) is None
