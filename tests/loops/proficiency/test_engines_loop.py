"""Training engines within an apply; and killed after each line it keeps, a proposal that asks no question twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engines.tool_servers import Scripted, ToolMessages

from automem.loops.proficiency.preparing import VERDICTS
from automem.loops.proficiency.verdicts import read_verdicts
from automem.runs.store import Store
from loops.meeting import entry_of, serving
from loops.talking import killed

from .bench import ANY, Bench
from .bench import recipe as noted
from .ledgers import play, recipe

GOOD = recipe(name="good", lora={"rank": 4, "alpha": 8})
ANSWERS = [
    Scripted("I look.", [("ledger", {}), ("features", {"phase": "plan"})], thinking="what was learnt?"),
    Scripted(calls=[("propose_recipe", {"recipe": recipe(reason="")})]),
    Scripted(calls=[("propose_recipe", {"recipe": GOOD})]),
]


def test_a_killed_proposal_asks_nothing_twice(tmp_path: Path):
    run, transcript, spent = play(tmp_path / "lab", steps=5), tmp_path / "t2.jsonl", tmp_path / "spent"
    with serving(ToolMessages(), ANSWERS) as served:
        found = killed("recipe", run, transcript, served.url, spent)
    kinds = [json.loads(line)["type"] for line in transcript.read_text().splitlines()]
    assert found == {"kills": len(kinds), "proposed": GOOD}
    assert kinds == [
        *("begin", "answered", "paid", "returned", "returned"),
        *("answered", "paid", "returned", "answered", "paid", "ended"),
    ]
    assert [sum(one["role"] == "assistant" for one in body["messages"]) for body in served.asked] == [0, 1, 2]
    assert spent.read_text().splitlines() == ["spent"] * 3


def models(bench: Bench, meta: dict[str, Any]) -> dict[str, Any]:
    return {"base": {"engine": "loops.proficiency.noted:create", "model": str(bench.path / "model")}, "meta": meta}


NEXT = noted(name="next", expects="good notes: more", lora={"rank": 4, "alpha": 8})


def test_an_apply_trains_by_what_a_meta_model_proposes(bench: Bench):
    answers = [
        Scripted(calls=[("ledger", {}), ("overview", {"of": "t1"}), ("losses", {"trial": 1}), ("features", {})]),
        Scripted("More of the same.", [("propose_recipe", {"recipe": NEXT})]),
    ]
    with serving(ToolMessages(), answers) as served:
        result = bench.apply({"trials": 2}, models=models(bench, entry_of(served)))
    first, second = bench.trials()
    assert (first.proposer, second.proposer, second.recipe) == ("experiment", "anthropic tiny", NEXT)
    assert (second.reason, second.expects) == ("notes that helped", "good notes: more")
    assert second.weights
    assert result.left == 0
    results = [json.loads(line) for line in bench.run.trial_transcript(2).read_text().splitlines()]
    assert [one["result"]["is_error"] for one in results if one["type"] == "returned"] == [False] * 4
    with Store.read(bench.run.database) as store:
        assert store.spent()["meta"].calls == len(served.asked) == 2


def test_an_apply_trains_by_the_catalogue_and_goes_on_with_a_persons_file(bench: Bench):
    seeds = {"select": "1..8", "train": "201..206"}
    bench.apply({"trials": 2}, models=models(bench, {"engine": "catalogue"}), seeds=seeds)
    assert [one.proposer for one in bench.trials()] == ["experiment", "catalogue"]
    assert bench.trials()[1].reason
    (bench.path / "mine.yaml").write_text(NEXT)
    bench.apply({"trials": 3}, models=models(bench, {"engine": "file", "recipes": ["mine.yaml"]}), seeds=seeds)
    assert [one.proposer for one in bench.trials()] == ["experiment", "catalogue", "file mine.yaml"]
    assert bench.trials()[2].recipe == NEXT


def test_a_judge_decides_what_a_trial_trains_on_and_is_paid_once(bench: Bench):
    def judged(at_least: int) -> str:
        return noted({**ANY, "judge": {"rubric": "Of use later.", "at_least": at_least}})

    answer = Scripted(calls=[("score", {"score": 8, "why": "so I think"})])
    with serving(ToolMessages(), [answer]) as served:
        sections = {"models": models(bench, entry_of(served)), "seeds": {"select": "1..4", "train": "201..203"}}
        bench.recipe(judged(9))
        bench.apply({"trials": 1}, **sections)
        asked = len(served.asked)
        bench.recipe(judged(5))
        result = bench.apply({"trials": 2}, **sections)
        assert len(served.asked) == asked > 1
    strict, lenient = bench.trials()
    assert (strict.status, bool(lenient.weights), result.left) == ("refused", True, 0)
    assert {one.score for one in read_verdicts(bench.run.trial(2) / VERDICTS) if one.state == "chosen"} == {0.8}
    with Store.read(bench.run.database) as store:
        assert store.spent()["meta"].calls == asked
