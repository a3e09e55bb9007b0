"""A judge over both protocols: its scores count, and no answer of it is paid for twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from engines.loopback import reply
from engines.tool_servers import Scripted, ToolChat, ToolMessages

from automem.agent.record import Said
from automem.engines.base import Answer
from automem.engines.tools.base import Reply
from automem.errors import AutoMemError, BudgetReached, EngineRefused
from automem.loops.proficiency.example import Example
from automem.loops.proficiency.examples import Examples, examples_of
from automem.loops.proficiency.judge import MOST_CHARS, Judge, judge, judging
from automem.loops.proficiency.selection import select, shortlist
from automem.runs.costs import Cost
from automem.runs.store import Store
from automem.spec.experiment import ModelSection
from automem.spec.recipe import Recipe

from .real import played

KEY = "sk-very/secret+1234567890"
Server = ToolChat | ToolMessages


def recipe(**judging: Any) -> Recipe:
    rules = {"rubric": "Nothing is written twice.", "most": 6, **judging}
    select = {"keep": {"log": {"when": "phase == 'log'"}}, "judge": rules}
    return Recipe.model_validate({"kind": "recipe", "name": "judged", "select": select, "compose": {"held_out": 0}})


@dataclass
class Court:
    """A server to ask, and what was paid."""

    server: Server
    file: Path
    pool: Examples
    spent: list[Cost] = field(default_factory=list)
    refuse_after: int = 10**6

    def spend(self, cost: Cost) -> None:
        self.spent.append(cost)
        if len(self.spent) >= self.refuse_after:
            raise BudgetReached("enough")

    async def scores(self, rules: Recipe, answers: Sequence[Scripted]) -> dict[str, float | None]:
        self.server.answers = list(answers)
        engine = "openai" if isinstance(self.server, ToolChat) else "anthropic"
        entry = {"engine": engine, "model": "tiny", "base_url": self.server.url, "retries": 0, "key_env": "SOME_KEY"}
        found = await judge(rules, self.pool, ModelSection.model_validate(entry), self.file, self.spend)
        assert found is not None
        return found

    @property
    def asked(self) -> list[Any]:
        return [seen.body for seen in self.server.seen if seen.method == "POST" and "tools" in seen.body]


@pytest.fixture(scope="module")
def pool() -> Examples:
    run = played("compact")
    with Store.read(run.database) as store:
        return examples_of(run, store.episodes())


@pytest.fixture(params=[ToolMessages, ToolChat])
async def court(
    request: pytest.FixtureRequest, pool: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Court]:
    monkeypatch.setenv("SOME_KEY", KEY)
    async with request.param() as server:
        yield Court(server, tmp_path / "trial" / "judged.jsonl", pool)


def says(score: Any, why: str = f"so says {KEY}") -> Scripted:
    return Scripted(calls=[("score", {"score": score, "why": why})])


async def test_scores_are_asked_for_once_and_kept_without_the_key(court: Court) -> None:
    rules = recipe()
    found = await court.scores(rules, [says(7.5)])
    assert found == {one.id: 7.5 for one in shortlist(rules, court.pool)}
    assert len(found) == len(court.asked) == len(court.spent) == 6
    assert all(cost.tokens == 120 for cost in court.spent)
    assert KEY not in court.file.read_text()
    assert "Nothing is written twice." in json.dumps(court.asked[0])
    assert await court.scores(rules, []) == found, "the server has no answer left to give"
    assert len(court.spent) == 6
    assert (await court.scores(recipe(rubric="Something else."), [says(1)])).keys() == found.keys()
    assert len(court.spent) == 12


async def test_a_torn_line_is_asked_for_again_and_an_uncounted_answer_is_counted(court: Court) -> None:
    await court.scores(recipe(), [says(5)])
    lines = court.file.read_bytes().splitlines(keepends=True)
    assert [json.loads(line)["type"] for line in lines].count("judged") == 6
    court.file.write_bytes(b"".join(lines[:-2]) + lines[-2][: len(lines[-2]) // 2])
    court.spent.clear()
    known = {json.loads(line)["asked"] for line in lines[:-2] if json.loads(line)["type"] == "judged"}
    counted = {json.loads(line)["asked"] for line in lines[:-2] if json.loads(line)["type"] == "counted"}
    found = await court.scores(recipe(), [says(5)])
    assert set(found.values()) == {5}
    assert len(court.spent) == len(known - counted) + 6 - len(known)


async def test_a_met_budget_keeps_what_was_answered(court: Court) -> None:
    court.refuse_after = 2
    with pytest.raises(BudgetReached):
        await court.scores(recipe(), [says(5)])
    paid = len(court.spent)
    assert 2 <= paid < 6
    court.refuse_after = 10**6
    await court.scores(recipe(), [says(5)])
    assert len(court.spent) == 6


async def test_an_answer_without_a_sound_score_is_none(court: Court) -> None:
    for answer in (Scripted("I would rather not."), says(11), says("high"), Scripted(calls=[("score", "{")])):
        court.file.unlink(missing_ok=True)
        found = await court.scores(recipe(most=1), [answer])
        assert list(found.values()) == [None]
    selected = select(recipe(most=1), court.pool, found)
    assert not selected.chosen
    assert selected.counts["rejected.judge/no_score"] == 1
    assert selected.counts["rejected.judge/not_asked"] > 1


async def test_a_server_that_refuses_stops_it(court: Court) -> None:
    court.server.script = [reply(401)] * 4
    with pytest.raises(EngineRefused):
        await court.scores(recipe(), [says(5)])


def test_the_judges_part_ranks_and_sorts_out(pool: Examples) -> None:
    rules = recipe(at_least=4, weight=3)
    names = [one.id for one in shortlist(rules, pool)]
    scores: dict[str, float | None] = dict(zip(names, (9, 3, 4, 10, 0, 5), strict=True))
    selected = select(rules, pool, scores)
    assert [one.id for one in selected.chosen] == [names[at] for at in (3, 0, 5, 2)]
    best = next(one for one in selected.verdicts if one.example == names[3])
    assert best.score == 3.0
    assert selected.counts["rejected.judge/at_least"] == 2
    unheard = select(rules, pool)
    assert len(unheard.chosen) > 6, "a judge that was not asked counts for nothing"


def test_who_cannot_judge_is_told_before_anything_is_asked() -> None:
    for meta in (None, ModelSection(engine="catalogue")):
        with pytest.raises(AutoMemError, match=r"the recipe has a judge.*engine: anthropic"):
            judging(meta)


def test_what_the_judge_reads_is_bounded(pool: Examples, tmp_path: Path) -> None:
    """The model behind it counts characters and answers nothing of use."""
    lengths = []

    class Counting:
        context_tokens = 10_000

        def hide(self, text: str) -> str:
            return text

        async def check(self) -> None:
            """Nothing to find out."""

        async def converse(self, system: str, tools: Any, turns: Any, max_tokens: int) -> Reply:
            lengths.append(len(turns[0]))
            return Reply(Answer("no"), (), [])

        async def close(self) -> None:
            """Nothing is held."""

    said = tuple(Said(("user", "assistant")[at % 2], "x" * 50_000) for at in range(6))
    court = Judge("some model", Counting(), None, "r", tmp_path / "judged.jsonl", lambda cost: None)
    found = asyncio.run(court.scores([Example("e", "t", 1, 1, "log", said, ())]))
    assert found == {"e/1/log": None}
    assert lengths[0] < MOST_CHARS + 2_000
