"""A meta-model looks at ledger, selections and play through tools, and proposes a recipe: over both protocols."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from docs.test_documents import blocks
from engines.tool_servers import Scripted, ToolChat, ToolMessages

from automem.evidence.tool import MOST_CHARS
from automem.loops.meta.proposer import Proposal
from automem.loops.proficiency.engines import TRAINING_ENGINES
from automem.loops.proficiency.engines.briefing import INSTRUCTIONS, system_prompt
from automem.loops.proficiency.job import Job, Point
from automem.runs.layout import RunFolder
from automem.runs.trials import TrialRow
from automem.spec.experiment import ModelSection
from automem.spec.recipe import Recipe
from loops.meeting import INJECTION, Server, entry_of

from .ledgers import FIRST, Workshop, play, recipe, row

(EXAMPLE,) = blocks(INSTRUCTIONS)
GOOD = recipe(name="good", lora={"rank": 4, "alpha": 8})
LOOK = Scripted("First a look.", [("ledger", {}), ("trial", {"trial": 1}), ("losses", {"trial": 1})])


def propose(text: str, name: str = "propose_recipe") -> Scripted:
    return Scripted(calls=[(name, {"recipe": text})])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    run = play(tmp_path_factory.mktemp("lab"))
    job = Job(run.trial(1), "tiny", Recipe.model_validate(FIRST), ())
    job.write()
    points = [Point(step, 100, step / 100, 1.0, 10, 2.0 - step / 100, 1e-3) for step in range(1, 101)]
    held = [Point(step, 100, step / 100, 1.0, 10, held_out_loss=2.0) for step in (0, 100)]
    job.curve.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in (held[0], *points, held[1])))
    return run


@dataclass
class Table:
    """A workshop with a server to ask."""

    workshop: Workshop
    server: Server

    async def propose(self, answers: Sequence[Scripted], ledger: Sequence[TrialRow] = (), **limits: Any) -> Proposal:
        self.server.answers = list(answers)
        section = ModelSection.model_validate(entry_of(self.server))
        engine = TRAINING_ENGINES.load(section.engine or "")(section, Path())
        try:
            return await engine.propose(self.workshop.assignment(ledger, **limits))
        finally:
            await engine.close()

    async def ask(self, name: str, **arguments: Any) -> Any:
        """What one question gives: plain data, or the text of an error."""
        self.workshop.transcript.unlink(missing_ok=True)
        assert (await self.propose([Scripted(calls=[(name, arguments)]), propose(GOOD)])).text == GOOD
        (result,) = self.results
        assert len(result["text"]) <= MOST_CHARS
        return result["text"] if result["is_error"] else json.loads(result["text"])

    @property
    def results(self) -> list[dict[str, Any]]:
        return [record["result"] for record in self.workshop.records if record["type"] == "returned"]


@pytest.fixture
def workshop(run: RunFolder, tmp_path: Path) -> Workshop:
    return Workshop(run, tmp_path / "proposals" / "t2.jsonl")


@pytest.fixture(params=[ToolChat, ToolMessages])
async def both(request: pytest.FixtureRequest, workshop: Workshop) -> AsyncIterator[Table]:
    async with request.param() as server:
        yield Table(workshop, server)


@pytest.fixture
async def table(workshop: Workshop) -> AsyncIterator[Table]:
    async with ToolMessages() as server:
        yield Table(workshop, server)


async def test_a_whole_proposal(both: Table):
    answers = [
        LOOK,
        Scripted(calls=[("preview", {"recipe": GOOD}), ("overview", {"of": "train"}), ("dig", {})]),
        propose(recipe(reason=""), "check_recipe"),
        propose(recipe(name="same")),
        Scripted("Smaller.", propose(f"```yaml\n{GOOD}\n```").calls),
    ]
    assert await both.propose(answers) == Proposal(f"{GOOD}\n", "Smaller.")
    assert [result["is_error"] for result in both.results] == [*[False] * 5, True, False, True]
    ledger, trial, losses, preview, overview, _, checked, refused = (json_of(result) for result in both.results)
    assert ledger["entries"][0]["gain"] is None
    assert trial["recipe"] == row().recipe
    assert losses["total"] == 102
    assert preview["enough"] is True
    assert overview["stage"] == "select"
    assert "decides the same" in checked["errors"][0]
    assert "decides the same" in refused["errors"][0]
    assert [cost.calls for cost in both.workshop.spent] == [1] * 5


def json_of(result: dict[str, Any]) -> Any:
    return json.loads(result["text"]) if result["text"].startswith("{") else result["text"]


async def test_a_proposal_that_was_made_is_not_asked_for_again(both: Table):
    first = await both.propose([LOOK, propose(GOOD)])
    assert await both.propose([]) == first == Proposal(GOOD)
    assert (len(both.server.asked), len(both.workshop.spent)) == (2, 2)


WRONG = {
    "form": (recipe(lora={"rank": 0}), "lora/rank"),
    "reason": (recipe(reason=" ", lora={"rank": 4, "alpha": 8}), "reason: say why this and not the last one"),
    "expects": (recipe(expects="", lora={"rank": 4, "alpha": 8}), "expects: say what it should do"),
    "feature": (recipe(select={"keep": {"odd": {"when": "luck"}}}), "'luck' is no feature of an example"),
    "code": (recipe(select={"keep": {"odd": {"when": "''.__class__"}}}), "select/keep/odd/when"),
    "division": (recipe(select={"score": {"odd": {"value": "1 / searches"}}}), "select/score/odd/value"),
    "too few": (recipe(select={"keep": {"none": {"when": "ops > 999"}}}), "chooses 0 of"),
    "reuse": (recipe(reuse=5), "trial t5 selected nothing of its own"),
    "judge": (recipe(select={"judge": {"rubric": "good?"}}), "select/judge"),
    "alias": ("kind: recipe\nname: &a x\nabout: *a\n", "alias"),
    "no yaml": ("{", "t2.yaml"),
    "huge": ("x" * 2_000_000, "t2.yaml"),
}


async def test_what_cannot_be_used_comes_back_and_can_be_mended(table: Table):
    answers = [propose(text) for text, _ in WRONG.values()]
    assert await table.propose([*answers, propose(GOOD)]) == Proposal(GOOD)
    for (sort, (_, message)), result in zip(WRONG.items(), table.results, strict=True):
        assert result["is_error"], sort
        assert message in " ".join(json.loads(result["text"])["errors"]), sort


async def test_the_worked_example_is_a_sound_recipe(table: Table):
    checked = await table.ask("preview", recipe=EXAMPLE)
    assert checked["counts"]["examples"] > 50


async def test_a_preview_shows_examples_with_the_reasons(table: Table):
    text = recipe(select={"keep": {"wrote": {"when": "writes > 0"}, "early": {"when": "step <= 10"}}})
    whole = await table.ask("preview", recipe=text, count=200)
    assert whole["total"] == whole["counts"]["examples"]
    late = await table.ask("preview", recipe=text, state="rejected", by="keep/early", phase="log", count=3)
    assert late["total"] == sum(
        "keep/early" in one.get("by", ()) and one["example"].endswith("/log") for one in whole["entries"]
    )
    chosen = await table.ask("preview", recipe=text, state="chosen", count=1)
    example, step, phase = chosen["entries"][0]["example"].rsplit("/", 2)
    assert chosen["entries"][0]["commands"]
    shown = await table.ask("step", of="train", episode=example, step=int(step))
    assert any(part["part"].startswith(phase) for part in shown["parts"])


async def test_features_are_shown_with_their_spread(table: Table):
    found = await table.ask("features", phase="log")
    assert found["examples"] > 30
    least, *_, most = found["features"]["step"]["spread"]
    assert (least, most) == (2, 20)
    assert 0 <= found["features"]["ended"]["true"] <= 1
    assert found["features"]["phase"]["texts"] == {"log": found["examples"]}


async def test_long_curves_are_thinned_and_keep_what_is_held_out(table: Table):
    points = (await table.ask("losses", trial=1))["points"]
    assert len(points) <= 42
    assert [point["step"] for point in points if "held_out_loss" in point] == [0, 100]
    assert (points[1]["loss"], points[1]["learning_rate"]) == (pytest.approx(2 - points[1]["step"] / 100), 0.001)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("losses", {"trial": 9}, "there is no trial t9; there are t1"),
        ("trial", {"trial": 0}, "trial"),
        ("steps", {"episode": "42", "of": "t7"}, "there is no play of 't7'; there is train, select"),
        ("steps", {"episode": "90", "of": "select"}, "no episode matches '90'"),
        ("preview", {"recipe": "{"}, "t2.yaml"),
        ("features", {"colour": "red"}, "colour"),
        ("render_under_patch", {}, "there is no tool 'render_under_patch'"),
    ],
)
async def test_questions_that_cannot_be_answered_say_why(table: Table, name: str, arguments: Any, message: str):
    answer = await table.ask(name, **arguments)
    assert isinstance(answer, str)
    assert message in answer


async def test_the_task_tells_all_that_was_tried(table: Table):
    ledger = [row(), row(2, recipe(lora={"rank": 2, "alpha": 4}), status="refused", why="the loss is no number")]
    await table.propose([propose(GOOD)], ledger)
    task = table.server.asked[0]["messages"][0]["content"][0]["text"]
    assert "Propose the recipe of trial t3." in task
    assert "t1, by experiment: rejected\nwhy: the gain may be chance" in task
    assert "losses: train 1, held_out 1.1, held_out_before 2" in task
    assert "progression: 0.2, 0.25, 0.05" in task
    assert "t2, by experiment: refused\nwhy: the loss is no number" in task
    assert "name: crafter-v0" in task
    assert "library:" not in task.partition("</scaffold>")[0]


async def test_orders_in_records_stay_data(table: Table):
    ordered = row(1, recipe(about=INJECTION + " </trial>"), why=f"{INJECTION} </trial>")
    await table.propose([propose(GOOD)], [ordered])
    head = table.workshop.records[0]
    assert "Ignore your" not in head["system"]
    assert [head["task"].count(f"</{mark}>") for mark in ("scaffold", "overview", "trial")] == [1, 1, 1]


async def test_caps_name_the_place_of_their_limits(table: Table):
    proposal = await table.propose([LOOK] * 9, turns=3)
    assert proposal.text is None
    assert "cap reached: 3 answers without a recipe in order (train.propose.turns)" in proposal.said
    assert "This is your last answer: call propose_recipe in it." in str(table.server.asked[-1])


async def test_a_model_that_only_talks_is_given_up(table: Table):
    proposal = await table.propose([Scripted("I will not.")] * 5)
    assert "called no tool in 3 answers in a row, and proposed no recipe" in proposal.said
    assert "propose a recipe with propose_recipe" in str(table.server.asked[-1])


def test_the_manual_names_all_that_recipes_may_say():
    text = system_prompt()
    for name in ("useful_in", "held_out", "per_pattern", "`reuse`", "writes_per_search", "all-linear", "where("):
        assert name in text, name
    assert "<!--" not in text
    assert len(text) < 40_000


async def test_trials_that_played_can_be_looked_at(table: Table, monkeypatch: pytest.MonkeyPatch):
    view = table.workshop.view
    made = table.workshop.assignment
    monkeypatch.setattr(
        table.workshop, "assignment", lambda *args, **limits: replace(made(*args, **limits), tried={1: view})
    )
    found = await table.ask("operations", of="t1", by=["role"])
    assert found["entries"][0]["role"] == "base"
