"""A meta-model within an apply; and killed after each line it keeps, a proposal that asks no question twice."""

from __future__ import annotations

import json
from pathlib import Path

from engines.tool_servers import Scripted, ToolMessages

from automem.runs.store import Store

from .meeting import changed, entry_of, play, propose, serving
from .talking import killed

GOOD = changed(lambda document: None)
ANSWERS = [
    Scripted("I look.", [("overview", {}), ("metrics", {"name": "steps"}), ("dig", {})], thinking="where?"),
    Scripted("Hm."),
    propose(changed(lambda document: document.update(of="nobody"))),
    propose(GOOD),
]


def test_a_killed_proposal_asks_nothing_twice(tmp_path: Path):
    run, transcript, spent = play(tmp_path / "lab"), tmp_path / "c1.jsonl", tmp_path / "spent"
    with serving(ToolMessages(), ANSWERS) as served:
        found = killed("patch", run, transcript, served.url, spent)
    kinds = [json.loads(line)["type"] for line in transcript.read_text().splitlines()]
    assert found == {"kills": len(kinds), "proposed": GOOD}
    assert kinds == [
        *("begin", "answered", "paid", "returned", "returned", "returned"),
        *("answered", "paid", "said", "answered", "paid", "returned", "answered", "paid", "ended"),
    ]
    assert [sum(one["role"] == "assistant" for one in body["messages"]) for body in served.asked] == [0, 1, 2, 3]
    assert spent.read_text().splitlines() == ["spent"] * 4


def test_an_apply_plays_what_a_meta_model_proposes(tmp_path: Path):
    optimize = {"revisions": 1, "attempts": 2, "continuations": 0}
    with serving(ToolMessages(), ANSWERS) as served:
        run = play(tmp_path / "lab", meta=entry_of(served), optimize=optimize)
    with Store.read(run.database) as store:
        candidates, spent = store.candidates(), store.spent()
    assert [(one.proposer, one.patch, one.version) for one in candidates][:1] == [("anthropic tiny", GOOD, 1)]
    assert len(served.asked) == 4 * len(candidates)
    assert spent["meta"].calls == len(served.asked)
    assert run.transcript(1).is_file()
