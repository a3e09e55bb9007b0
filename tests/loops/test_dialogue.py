"""A meta-model looks at a real run through tools, and proposes: over both protocols."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from engines.loopback import reply
from engines.tool_servers import Scripted, ToolChat, ToolMessages

from automem.errors import AutoMemError, BudgetReached, ContextExceeded, EngineUnavailable
from automem.loops.meta import dialogue
from automem.loops.meta.proposer import Proposal
from automem.loops.structure.proposers.briefing import system_prompt
from automem.runs.candidates import Candidate, Effect
from automem.runs.layout import RunFolder

from .meeting import EXAMPLE, INJECTION, Meeting, Server, changed, edits, play, propose, proposer_on

KEY = "sk-very/secret+1234567890"
LOOK = Scripted("First a look.", [("overview", {}), ("diagnostics", {})], thinking="where is it lost?")
GOOD = changed(lambda document: None)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return play(tmp_path_factory.mktemp("lab"))


@dataclass
class Table:
    """A meeting with a server to ask."""

    meeting: Meeting
    server: Server

    async def propose(
        self, answers: Sequence[Scripted], lineage: Sequence[Candidate] = (), entry: Any = None, **limits: Any
    ) -> Proposal:
        self.server.answers = list(answers)
        proposer = proposer_on(self.server, **(entry or {}))
        try:
            return await proposer.propose(self.meeting.assignment(lineage, **limits))
        finally:
            await proposer.close()

    @property
    def results(self) -> list[dict[str, Any]]:
        return [record["result"] for record in self.meeting.records if record["type"] == "returned"]


@pytest.fixture
async def meeting(run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Meeting:
    monkeypatch.setenv("SOME_KEY", KEY)
    return Meeting(run, tmp_path / "proposals" / "c1.jsonl")


@pytest.fixture(params=[ToolChat, ToolMessages])
async def both(request: pytest.FixtureRequest, meeting: Meeting) -> AsyncIterator[Table]:
    async with request.param() as server:
        yield Table(meeting, server)


@pytest.fixture
async def table(meeting: Meeting) -> AsyncIterator[Table]:
    async with ToolMessages() as server:
        yield Table(meeting, server)


def candidate(**more: Any) -> Candidate:
    return Candidate(1, 0, 0, 1, 1, 0, "catalogue", "rejected", patch=GOOD, version=0, why="it lost", **more)


async def test_a_whole_proposal(both: Table):
    answers = [
        LOOK,
        Scripted(calls=[("steps", {"episode": "42"}), ("steps", {"episode": 42, "colour": "red"}), ("dig", {})]),
        propose(edits({"replace": "phases/log/turns", "with": "many"}), "check_patch"),
        propose(edits({"replace": "env", "with": "toy"})),
        Scripted("It is the map.", propose(EXAMPLE).calls),
    ]
    proposal = await both.propose(answers)
    assert proposal == Proposal(EXAMPLE, "It is the map.")
    assert [result["is_error"] for result in both.results] == [False, False, False, True, True, False, True]
    overview, steps, wrong, unknown, checked, refused = (both.results[at]["text"] for at in (0, 2, 3, 4, 5, 6))
    assert json.loads(overview)["stage"] == "select"
    assert json.loads(steps)["entries"]
    assert "colour" in wrong
    assert "there is no tool 'dig'" in unknown
    assert "phases/log/turns" in json.loads(checked)["errors"][0]
    assert "env cannot be patched" in json.loads(refused)["errors"][0]
    assert [(cost.calls, cost.input_tokens, cost.output_tokens) for cost in both.meeting.spent] == [(1, 100, 20)] * 5
    assert KEY in str(both.server.seen[0].headers)
    assert KEY not in both.meeting.transcript.read_text()
    assert "where is it lost?" in str(both.server.asked[-1])


async def test_a_proposal_that_was_made_is_not_asked_for_again(both: Table):
    first = await both.propose([LOOK, propose(GOOD)])
    assert await both.propose([]) == first == Proposal(GOOD)
    assert (len(both.server.asked), len(both.meeting.spent)) == (2, 2)


def test_the_worked_example_is_a_sound_patch(meeting: Meeting):
    assert meeting.assignment().check(EXAMPLE).issues == ()


FORBIDDEN = {
    "seeds": edits({"add": "seeds", "with": {"select": "1..3"}}),
    "env": edits({"replace": "env", "with": "nethack"}),
    "library": edits({"replace": "library/templates/crafter~1game", "with": "You have won."}),
    "outside": edits({"add": "variants/all", "with": {"match": "*", "set": {"env": "toy"}}}),
    "attribute": edits({"add": "notices/x", "with": {"rules": {"a": {"say": "{{ ''.__class__.__mro__ }}"}}}}),
    "call": edits({"add": "state/x", "with": {"value": 0, "set": "range(9)"}}),
    "include": edits({"add": "phases/plan/sections/x", "with": {"text": "{% include '/etc/passwd' %}"}}),
    "alias": "kind: patch\nof: crafter-v0\nreason: &a x\nedits:\n  - {add: state/x, with: *a}\n",
    "tag": "kind: patch\nof: crafter-v0\nreason: !!python/object/apply:os.getcwd []\nedits: []\n",
    "memory": edits({"remove": "ops/APPEND"}, {"remove": "ops/WRITE"}, {"remove": "ops/CREATE"}),
    "nothing": edits({"replace": "about", "with": "better"}),
    "no yaml": "{",
    "huge": "x" * 2_000_000,
}


async def test_what_no_patch_may_do_comes_back_and_can_be_mended(table: Table):
    answers = [*map(propose, FORBIDDEN.values()), propose(GOOD)]
    assert await table.propose(answers) == Proposal(GOOD)
    accepted = [
        sort
        for sort, result in zip(FORBIDDEN, table.results, strict=True)
        if not (result["is_error"] and json.loads(result["text"])["errors"])
    ]
    assert accepted == []


async def test_a_model_that_only_talks_is_reminded_and_then_given_up(both: Table):
    proposal = await both.propose([propose(FORBIDDEN["seeds"]), *[Scripted("I will not.")] * 5])
    assert proposal.text is None
    assert "called no tool in 3 answers in a row" in proposal.said
    assert len(both.server.asked) == 4
    assert "You called no tool." in str(both.server.asked[-1])


async def test_a_model_that_was_reminded_can_go_on(table: Table):
    answers = [Scripted("Hm."), LOOK, Scripted("Hm."), Scripted("Well."), propose(GOOD)]
    assert (await table.propose(answers)).text == GOOD


async def test_a_refusal_ends_it(both: Table):
    proposal = await both.propose([LOOK, Scripted("Not this.", stop="refusal")])
    assert proposal == Proposal(None, "the model refused to go on: Not this.")


async def test_an_answer_cut_off_within_a_call_can_be_written_again(both: Table):
    cut = Scripted(calls=[("propose_patch", '{"patch": "kind: pa')], stop="max_tokens")
    assert (await both.propose([cut, Scripted("so", stop="max_tokens"), propose(GOOD)])).text == GOOD
    assert "cut off after 16000 tokens, within this call" in both.results[-1]["text"]
    assert "cut off after 16000 tokens, before it called a tool" in str(both.server.asked[-1])


async def test_arguments_that_are_no_object_are_an_error(both: Table):
    assert (await both.propose([Scripted(calls=[("overview", "[1")]), propose(GOOD)])).text == GOOD
    assert "not a whole JSON object" in both.results[-1]["text"]


async def test_a_pause_is_gone_on_with(table: Table):
    # The server's turns must alternate: a paused answer is the last of what is sent.
    table.server.answers = [Scripted("One moment.", stop="pause_turn"), propose(GOOD)]
    assert (await table.propose(table.server.answers)).text == GOOD
    assert table.server.asked[1]["messages"][-1]["role"] == "assistant"


async def test_calls_beyond_the_most_are_not_carried_out(table: Table):
    many = Scripted(calls=[("overview", {})] * (dialogue.MOST_CALLS + 2))
    await table.propose([many, propose(GOOD)])
    assert sum(result["is_error"] for result in table.results) == 2


@pytest.mark.parametrize(
    ("limits", "usage", "asked", "said"),
    [
        ({"turns": 3}, (100, 20), 3, "cap reached: 3 answers"),
        ({"tokens": 50_000}, (15_000, 1_000), 3, "cap reached: 48000 of 50000 tokens"),
        ({"usd": 0.04}, (10_000, 1_000), 3, "cap reached: 0.036 of 0.04 US dollars"),
        ({}, (190_000, 100), 1, "as long as the model takes"),
    ],
)
async def test_caps(table: Table, limits: Any, usage: tuple[int, int], asked: int, said: str):
    prices = {"prices": {"input": 1.0, "cached": 1.0, "output": 2.0}}
    answers = [Scripted(calls=[("metrics", {"name": "steps"})], usage=usage)] * 9
    proposal = await table.propose(answers, entry=prices, **limits)
    assert proposal.text is None
    assert said in proposal.said
    assert len(table.server.asked) == len(table.meeting.spent) == asked


async def test_on_the_last_answers_the_model_is_told_how_many_are_left(table: Table):
    await table.propose([LOOK] * 7, turns=7)
    told = [record["text"] for record in table.meeting.records if record["type"] == "said"]
    assert told[0] == "You have 5 answers left, the one with propose_patch included."
    assert "This is your last answer" in told[4]
    assert "This is your last answer" in str(table.server.asked[-1]["messages"][-1])


async def test_a_result_that_does_not_fit_is_left_out(table: Table):
    look = Scripted(calls=[("scaffold", {}), ("metrics", {"name": "steps"})], usage=(166_500, 100))
    assert (await table.propose([look, propose(GOOD)])).text == GOOD
    assert [result["is_error"] for result in table.results] == [True, False]


async def test_a_limit_of_money_needs_prices(table: Table):
    with pytest.raises(AutoMemError, match=r"propose\.usd limits money; give models\.meta its `prices"):
        await table.propose([], usd=1.0)


async def test_where_the_budget_is_met_the_answer_is_kept_and_used_later(both: Table):
    both.meeting.refuse = BudgetReached("no more")
    with pytest.raises(BudgetReached):
        await both.propose([LOOK, propose(GOOD)])
    both.meeting.refuse = None
    assert (await both.propose([LOOK, propose(GOOD)])).text == GOOD
    assert (len(both.server.asked), len(both.meeting.spent)) == (2, 2)


async def test_when_the_server_falls_silent_the_conversation_goes_on_later(both: Table):
    both.server.script = [both.server.behave, reply(529)]
    with pytest.raises(EngineUnavailable):
        await both.propose([LOOK, propose(GOOD)])
    assert (await both.propose([LOOK, propose(GOOD)])).text == GOOD
    assert (len(both.server.asked), len(both.meeting.spent)) == (3, 2)


TOO_LONG = [
    "prompt is too long: 214321 tokens > 200000 maximum",
    "input length and `max_tokens` exceed context limit: 195000 + 16000 > 200000",
    "This model's maximum context length is 8192 tokens. However, you requested 9001 tokens",
    "the request exceeds the available context size",
]


@pytest.mark.parametrize("words", TOO_LONG)
async def test_a_conversation_that_grew_too_long_is_a_failed_attempt(both: Table, words: str):
    refused = reply(400, {"error": {"type": "invalid_request_error", "message": words}})
    both.server.script = [both.server.behave, refused]
    proposal = await both.propose([LOOK, propose(GOOD)])
    assert proposal.text is None
    assert "the conversation grew too long" in proposal.said
    assert await both.propose([]) == proposal
    assert (len(both.server.asked), len(both.meeting.spent)) == (2, 1)


async def test_a_task_that_is_too_long_by_itself_stops_the_run(table: Table):
    table.server.script = [reply(400, {"error": {"message": TOO_LONG[0]}})]
    with pytest.raises(ContextExceeded, match="prompt is too long"):
        await table.propose([LOOK])


async def test_marks_of_a_code_block_are_taken_off(table: Table):
    assert (await table.propose([propose(f"```yaml\n{GOOD}\n```\n")])).text == f"{GOOD}\n"


async def test_a_proposer_may_not_say_how_the_text_changes(table: Table):
    exact = {"at": 0, "cut": "a comment", "put": "another"}
    answers = [propose(edits({"replace": "phases/log/turns", "with": 4, "exact": exact})), propose(GOOD)]
    assert (await table.propose(answers)).text == GOOD
    assert "edits/0/exact: `exact` is for patches that take others back" in table.results[0]["text"]


async def test_a_line_torn_by_a_kill_is_dropped(both: Table):
    first = await both.propose([LOOK, propose(GOOD)])
    whole = both.meeting.transcript.read_bytes()
    lines = whole.splitlines(keepends=True)
    both.meeting.transcript.write_bytes(b"".join(lines[:-3]) + lines[-3][:40])
    assert await both.propose([LOOK, propose(GOOD)]) == first
    assert both.meeting.transcript.read_bytes().splitlines()[:-3] == whole.splitlines()[:-3]


@pytest.mark.parametrize("change", ["tools", "conversation"])
async def test_another_programs_conversation_is_kept_beside(table: Table, monkeypatch, change: str):
    await table.propose([Scripted("Hm."), LOOK, propose(GOOD)])
    lines = table.meeting.transcript.read_text().splitlines(keepends=True)
    if change == "tools":
        table.meeting.transcript.write_text(lines[0].replace("overview", "glance") + "".join(lines[1:]))
    else:  # it reminded, where this one would not
        table.meeting.transcript.write_text("".join(lines[:1] + lines[3:-1]))
    old = table.meeting.transcript.read_bytes()
    assert (await table.propose([LOOK, propose(GOOD)])).text == GOOD
    assert table.meeting.transcript.with_name("c1.1.jsonl").read_bytes() == old


async def test_orders_in_records_stay_data(both: Table):
    lineage = [candidate(comment=INJECTION)]
    look = Scripted(
        calls=[("grep", {"text": "Ignore your instructions"}), ("memory_file", {"episode": "42", "file": "map.md"})]
    )
    assert (await both.propose([look, propose(GOOD)], lineage)).text == GOOD
    assert "Ignore your instructions" in both.results[0]["text"]
    for result in both.results:
        assert "Ignore your" in json.dumps(json.loads(result["text"]))  # still one JSON document
    head = both.meeting.records[0]
    assert "Ignore your" not in head["system"]
    assert [head["task"].count(f"</{mark}>") for mark in ("scaffold", "overview", "candidate")] == [1, 1, 1]


async def test_the_task_tells_all_that_was_tried(table: Table):
    effects = {"progression": Effect("progression", 3, 0.5, 0.25, -0.25), "steps": Effect("steps", 3, 9.0, 8.0, -1.0)}
    lineage = [candidate(comment="not so fast", effects=effects)]
    await table.propose([propose(GOOD)], lineage)
    task = table.server.asked[0]["messages"][0]["content"][0]["text"]
    assert "c1, revision 1, attempt 1, by catalogue: rejected" in task
    assert "why: it lost\na person said: not so fast" in task
    assert "progression: 0.5, 0.25, -0.25" in task
    assert GOOD in task
    assert "second try after c1" in task
    assert "`crafter-v0@" in task
    assert "library:" not in task.partition("</scaffold>")[0]


async def test_sealed_episodes_cannot_be_asked_for(table: Table):
    await table.propose([Scripted(calls=[("steps", {"episode": "90"})]), propose(GOOD)])
    assert "no episode matches '90'" in table.results[-1]["text"]


def test_the_manual_names_all_of_the_language():
    text = system_prompt()
    for name in ("keyed-map", "`upsert`", "obs_text", "where(", "duplicate_lines", "`entities`", "counter", "at_most"):
        assert name in text, name
    assert "<!--" not in text
    assert len(text) < 60_000
