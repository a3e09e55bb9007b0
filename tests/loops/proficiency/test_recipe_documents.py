"""The recipe document: the shipped ones, where they are found, and what is told of a wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from docs.test_documents import ROOT, blocks

from automem.api.reference import refresh
from automem.api.validate import validate
from automem.errors import SpecError
from automem.library import shipped
from automem.loops.proficiency.criteria import find_recipe, load_recipe

PUBLISHED: dict[str, tuple[Any, ...]] = {
    "crafter": (256, 512, 5e-5, 4, 32, "attention", 600),
    "minihack": (128, 256, 5e-5, 3, 16, "all-linear", 300),
    "nethack": (256, 512, 5e-5, 1, 32, "all-linear", 800),
}


@pytest.mark.parametrize("game", PUBLISHED)
def test_the_shipped_recipes_begin_where_the_published_ones_did(game: str) -> None:
    found = load_recipe(shipped("specs") / "recipes" / f"{game}.yaml")
    lora, train = found.lora, found.train
    settings = (lora.rank, lora.alpha, train.learning_rate, train.epochs, train.batch, lora.targets)
    assert (*settings, found.compose.minimum) == PUBLISHED[game]
    assert (lora.dropout, train.schedule, train.warmup, train.max_tokens) == (0, "cosine", 0.05, 16384)


@pytest.mark.parametrize("path", sorted((shipped("specs") / "recipes").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_criterion_says_what_it_is_for(path: Path) -> None:
    select = load_recipe(path).select
    assert all(one.about for one in (*select.keep.values(), *select.score.values()))


def test_a_recipe_is_found_beside_the_experiment_then_among_the_shipped(tmp_path: Path) -> None:
    experiment = tmp_path / "experiment.yaml"
    found = find_recipe("recipes/tiny.yaml", experiment)
    assert found == (shipped("specs") / "recipes/tiny.yaml").resolve()
    (tmp_path / "recipes").mkdir()
    own = tmp_path / "recipes" / "tiny.yaml"
    own.write_text("kind: recipe\nname: own\n")
    assert find_recipe("recipes/tiny.yaml", experiment) == own
    assert find_recipe("recipes/none.yaml", experiment) is None


def test_an_experiment_is_told_what_is_wrong_with_its_recipe(tmp_path: Path) -> None:
    experiment = tmp_path / "experiment.yaml"
    experiment.write_text(
        "kind: experiment\nname: own\nscaffold: crafter/v0\nenv: {name: crafter}\nseeds: {select: 1, train: 2}\n"
        "models: {base: {engine: scripted, model: crafter}}\ntrain: {recipe: mine.yaml}\n"
    )
    assert any("there is no recipe 'mine.yaml'" in str(issue) for issue in validate(experiment))
    (tmp_path / "mine.yaml").write_text("kind: recipe\nname: own\nselect: {keep: {a: {when: serches > 0}}}\n")
    (issue,) = [one for one in validate(experiment) if one.file.endswith("mine.yaml")]
    assert (issue.line, issue.path) == (3, "select/keep/a/when")
    with pytest.raises(SpecError, match="did you mean 'searches'"):
        load_recipe(tmp_path / "mine.yaml")


def test_the_page_shows_a_recipe_that_is_in_order_and_fresh_tables(tmp_path: Path) -> None:
    page = ROOT / "docs" / "recipes.md"
    (tmp_path / "careful.yaml").write_text(blocks(page)[0], encoding="utf-8")
    assert validate(tmp_path / "careful.yaml") == []
    text = page.read_text(encoding="utf-8")
    assert refresh(text) == text, "run `make docs`"
