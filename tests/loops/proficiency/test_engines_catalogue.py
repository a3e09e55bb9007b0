"""The catalogue of moves: which recipe it makes of a ledger, and when it has nothing further."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from docs.test_documents import blocks

from automem.api.reference import refresh
from automem.api.validate import validate
from automem.errors import SpecError
from automem.library import shipped
from automem.loops.proficiency.criteria import examine_recipe
from automem.loops.proficiency.engines.catalogue import Catalogue, create
from automem.loops.proficiency.engines.moves import Suiting, read_moves, suiting
from automem.loops.proficiency.engines.standpoint import standpoint
from automem.runs.layout import RunFolder
from automem.runs.trials import TrialRow
from automem.spec.experiment import ModelSection
from automem.spec.source import parse_document

from .ledgers import Workshop, play, recipe, row

PAGE = Path(__file__).parents[3] / "docs" / "training-engine.md"
MOVES = shipped("specs") / "recipes/moves"
RECIPES = sorted((shipped("specs") / "recipes").glob("*.yaml"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return play(tmp_path_factory.mktemp("lab"))


@pytest.fixture
def workshop(run: RunFolder, tmp_path: Path) -> Workshop:
    return Workshop(run, tmp_path / "t2.jsonl")


def moves_in(folder: Path, *documents: dict[str, Any]) -> Catalogue:
    """The catalogue of these moves and no others."""
    (folder / "moves").mkdir()
    usual = {"kind": "move", "about": "a move", "reason": "because", "expects": "more"}
    for number, document in enumerate(documents):
        (folder / "moves" / f"{number}.yaml").write_text(json.dumps({"name": f"m{number}", **usual, **document}))
    return create(ModelSection.model_validate({"engine": "catalogue", "moves": "moves"}), folder)


async def proposed(catalogue: Catalogue, workshop: Workshop, *ledger: TrialRow) -> dict[str, Any]:
    """The next recipe as plain data."""
    proposal = await catalogue.propose(workshop.assignment(ledger))
    assert proposal.text is not None, proposal.said
    return parse_document(proposal.text, "recipe", aliases=False).plain()


@pytest.mark.parametrize("base", RECIPES, ids=lambda path: path.stem)
def test_every_shipped_move_makes_a_recipe_of_every_shipped_one(base: Path, workshop: Workshop):
    at = standpoint(workshop.assignment([row(text=base.read_text())]))
    for move in read_moves(MOVES):
        parameters = {name: {"share": 0.5, "rate": 0.001}.get(name, 8) for name in move.let}
        text = Suiting(move, 1.0, parameters).text(at, 2)
        found, issues = examine_recipe(parse_document(text, f"{move.name}.yaml", aliases=False))
        assert issues == []
        assert found is not None
        assert found.name == f"t2-{move.name}"
        assert found.reason
        assert found.expects


async def test_moves_are_made_one_after_the_other_until_none_is_left(workshop: Workshop):
    catalogue, ledger = Catalogue(MOVES), [row()]
    while (proposal := await catalogue.propose(workshop.assignment(ledger))).text is not None:
        assert await catalogue.propose(workshop.assignment(ledger)) == proposal
        assert workshop.assignment(ledger).check(proposal.text).issues == ()
        ledger.append(row(len(ledger) + 1, proposal.text, effects={}, losses={}, counts={}))
        assert len(ledger) < 40
    assert len(ledger) > 5
    assert proposal.exhausted
    assert "the catalogue has nothing further: " in proposal.said


async def test_the_ledger_decides_which_move_comes_first(workshop: Workshop):
    catalogue = Catalogue(MOVES)

    async def after(**facts: Any) -> str:
        return str((await proposed(catalogue, workshop, row(**facts)))["name"])

    assert await after(losses={"train": 0.5, "held_out": 0.9, "held_out_before": 2.0}) == "t2-shorter"
    assert await after(losses={"train": 1.9, "held_out": 1.9, "held_out_before": 2.0}) in ("t2-faster", "t2-longer")
    thin = recipe(select={"episodes": 0.5})
    assert await after(text=thin, status="refused", losses={}, why="too few") == "t2-more-episodes"


async def test_the_recipe_of_the_best_trial_is_changed(workshop: Workshop, tmp_path: Path):
    catalogue = moves_in(tmp_path, {"changes": {"train/epochs": 9}})
    best = recipe(name="best", lora={"rank": 4, "alpha": 8})
    made = await proposed(
        catalogue, workshop, row(1, decision=None), row(2, best, status="passed"), row(3, recipe(name="last", train={}))
    )
    assert (made["lora"], made["train"]["epochs"]) == ({"rank": 4, "alpha": 8}, 9)
    assert made["reason"] == "because"


async def test_parameters_conditions_and_weights_see_the_ledger(workshop: Workshop, tmp_path: Path):
    catalogue = moves_in(
        tmp_path,
        {"when": "last.status == 'passed'", "weight": "9", "changes": {"train/epochs": 1}},
        {"weight": "1", "changes": {"train/epochs": 2}},
        {
            "let": {"rank": "recipe.lora.rank // 2", "loss": "best.losses.train"},
            "weight": "(trials | length) + metrics.steps",
            "changes": {"lora/rank": "${rank}", "lora/targets": ["q_proj"], "select/score/few": {"value": "1 - rank"}},
            "reason": "a loss of ${loss}",
        },
    )
    made = await proposed(catalogue, workshop, row())
    assert made["lora"] == {"rank": 4, "alpha": 16, "targets": ["q_proj"]}
    assert made["select"]["score"] == {"few": {"value": "1 - rank"}}
    assert made["reason"] == "a loss of 1.0"


async def test_a_new_selection_is_made_where_selection_changes_and_an_old_one_kept_where_it_does_not(
    workshop: Workshop, tmp_path: Path
):
    catalogue = moves_in(
        tmp_path, {"weight": "2", "changes": {"train/epochs": 9}}, {"changes": {"compose/most": 20, "about": None}}
    )
    again = row(2, recipe(reuse=1, train={"epochs": 4}), source=1)
    first = await proposed(catalogue, workshop, row(), again)
    assert first["reuse"] == 1
    later = row(3, json.dumps(first), source=1, status="refused", effects={})
    second = await proposed(catalogue, workshop, row(), again, later)
    assert "reuse" not in second
    assert second["compose"]["most"] == 20


async def test_what_would_be_no_trial_is_passed_over(workshop: Workshop, tmp_path: Path):
    catalogue = moves_in(
        tmp_path,
        {"weight": "9", "changes": {"compose/most": 39_000, "select/keep/all": {"when": "ops >= 0"}}},
        {"weight": "8", "changes": {"compose/most": 40_000, "compose/minimum": 30_000}},
        {"weight": "7", "changes": {"select/keep/odd": {"when": "no_such_feature"}}},
        {"weight": "6", "changes": {"lora/rank": -1}},
        {"weight": "5", "let": {"none": "best.counts.nothing / 2"}, "changes": {"lora/rank": 3}},
        {"weight": "4", "changes": {"train/epochs": 3}},
    )
    wide = recipe(compose={"most": 2_000, "minimum": 2, "held_out": 0})
    proposal = await catalogue.propose(workshop.assignment([row(text=wide)]))
    assert (proposal.text, proposal.exhausted) == (None, True)
    for why in (
        "m0: it selects the very examples of t1",
        "m1: recipe t2-m1 chooses",
        "m2: 'no_such_feature' is no feature",
        "m3: ",
        "m4: ",
        "m5: t1 was made by a recipe that decides the same",
    ):
        assert why in proposal.said


WRONG = {
    "nothing changes": ({"changes": {}}, "changes"),
    "an unknown name": ({"changes": {"lora/rank": 4}, "when": "bst.gain > 0"}, "did you mean 'best'"),
    "an unknown parameter": ({"changes": {"lora/rank": "${rnk}"}, "let": {"rank": 4}}, "${rnk} is no parameter"),
    "a broken expression": ({"changes": {"lora/rank": 4}, "weight": "1 +"}, "weight"),
    "another key": ({"changes": {"lora/rank": 4}, "wen": "true"}, "did you mean 'when'"),
}


@pytest.mark.parametrize("sort", WRONG)
async def test_a_wrong_move_is_refused_with_its_place(tmp_path: Path, sort: str):
    document, message = WRONG[sort]
    with pytest.raises(SpecError) as error:
        await moves_in(tmp_path, document).check()
    assert str(tmp_path / "moves/0.yaml") in str(error.value)
    assert message in str(error.value)


def test_the_page_shows_a_move_that_is_in_order_and_fresh_tables(tmp_path: Path, workshop: Workshop):
    move = tmp_path / "fewer-words.yaml"
    move.write_text(blocks(PAGE)[1], encoding="utf-8")
    assert validate(move) == []
    ((suits,), problems) = suiting(read_moves(tmp_path), standpoint(workshop.assignment()))
    assert (problems, suits.parameters["weight"]) == ([], 0.1)
    text = PAGE.read_text(encoding="utf-8")
    assert refresh(text) == text, "run `make docs`"


async def test_a_folder_without_moves_is_refused(tmp_path: Path):
    with pytest.raises(SpecError, match="there are no moves here"):
        await moves_in(tmp_path).check()
