"""Whatever a trace holds, no answer is longer than it may be, and a long trace is never kept whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from traces.play import op, step, turn

from automem.agent.record import Firing, Said, Step
from automem.evidence import grep
from automem.evidence.tool import MOST_CHARS, chars_of
from automem.evidence.tools import TOOLS
from automem.evidence.view import View, view_of
from automem.runs.candidates import Candidate, Decision, Effect
from automem.runs.layout import RunFolder
from automem.runs.store import Store
from automem.runs.versions import last_conditions
from automem.traces.store import TraceWriter

NASTY = 'a\x00"\\\n☃ ' * 5_000
TAG = "\x01" * 3_000


def nasty_step(number: int) -> Step:
    """A step in which everything that a model or a world words is long and costly to write down."""
    said = turn(NASTY, NASTY, new=tuple(Said("user", NASTY + str(number)) for _ in range(9)))
    ops = tuple(op("read", TAG, "unknown", op=f"{TAG}{n}", args={"a": NASTY, TAG: "b"}, reply=NASTY) for n in range(40))
    return step(
        number,
        action=NASTY[:500],
        observation=NASTY,
        turns=(said,),
        ops=ops,
        firings=tuple(Firing("notice", TAG, f"{TAG}{n}", "log") for n in range(40)),
        raw=NASTY,
        valid=False,
        events=tuple(f"{n}{TAG}" for n in range(100)),
        intention=NASTY,
    )


@pytest.fixture(scope="module")
def nasty(run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> View:
    own = RunFolder(Path(shutil.copytree(run.path, tmp_path_factory.mktemp("nasty") / run.name)))
    view = view_of(own)
    episode = view.episode("42")
    trace, head = own.trace(episode.id), view.header(episode)
    with TraceWriter(trace, head) as writer:
        for number in range(1, 5):
            writer.write(nasty_step(number))
        writer.finish()
    return view


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("overview", {}),
        ("metrics", {"count": 200}),
        ("steps", {"episode": "42", "count": 200}),
        ("step", {"episode": "42", "step": 2}),
        ("step", {"episode": "42", "step": 2, "part": "observation"}),
        ("grep", {"regex": ".", "count": 200}),
        ("grep", {"text": "☃", "where": "prompt"}),
        ("memory", {"episode": "42"}),
        ("operations", {"by": ["op", "file", "phase"], "count": 200}),
        ("firings", {"count": 200}),
        ("compare", {"episode": "42"}),
        ("compare", {"episode": "42", "other": "43"}),
        ("scaffold", {}),
    ],
)
def test_no_answer_is_too_long(nasty: View, tool: str, given: dict[str, Any]) -> None:
    found = TOOLS[tool].ask(nasty, given)
    assert chars_of(found) <= MOST_CHARS
    assert found.get("total") != 0


def test_a_search_stops_and_says_where(nasty: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grep, "MOST_SEARCHED", 4 * len(NASTY))
    found = TOOLS["grep"].ask(nasty, {"text": "☃", "where": "observation", "episode": "42"})
    assert "searched_until" not in found
    found = TOOLS["grep"].ask(nasty, {"text": "☃"})
    assert found["searched_until"] == {"episode": nasty.episode("42").id, "first": 2}
    assert {entry["step"] for entry in found["entries"]} == {1}


def test_two_thousand_steps_are_read_as_they_come(own: RunFolder) -> None:
    view = view_of(own)
    episode = view.episode("42")
    with TraceWriter(own.trace(episode.id), view.header(episode)) as writer:
        for number in range(1, 2_001):
            writer.write(step(number, observation=f"sight {number}\n" + "tree " * 50))
        writer.finish()
    found = TOOLS["steps"].ask(view, {"episode": "42", "start": 1_990})
    assert ([entry["step"] for entry in found["entries"]], found["total"]) == (list(range(1_991, 2_001)), 2_000)
    found = TOOLS["grep"].ask(view, {"episode": "42", "regex": "sight 1\\d99"})
    assert [entry["step"] for entry in found["entries"]] == list(range(1_099, 2_000, 100))


def candidates() -> Iterator[Candidate]:
    for number in range(1, 31):
        reason = "why it helps; " * 250
        yield Candidate(
            number=number,
            root=0,
            parent=0,
            revision=1,
            attempt=number,
            continuation=0,
            proposer="file",
            status="rejected",
            patch="kind: patch\n"
            f"reason: {reason}\n"
            "expects: [{metric: memory_growth, direction: down, size: 90%}]\n"
            f"edits: [{{replace: phases/plan/turns, with: {number}}}, {{add: templates/x, with: {'y' * 9_000}}}]\n",
            version=1,
            why="no better\x00" * 500,
            comment="I do not like it. " * 100,
            decision=Decision("paired", False, "it lost " * 200, 2, -0.1, -0.2, 0.1, 0.9),
            effects={f"m{n}": Effect(f"m{n}", 2, 1.0, 2.0, 1.0, 0.5, 1.5) for n in range(200)},
        )


def test_what_was_tried(own: RunFolder) -> None:
    with Store.open(own.database) as store:
        for candidate in candidates():
            store.put_candidate(replace(candidate, root=1, conditions=last_conditions(store)))
        store.put_candidate(Candidate(31, 1, 0, 1, 31, 0, "file", patch="no: [yaml", conditions=last_conditions(store)))
    view = view_of(own)
    entries: list[Any] = []
    start: int | None = 0
    while start is not None:
        found = TOOLS["lineage"].ask(view, {"start": start})
        assert chars_of(found) <= MOST_CHARS
        entries += found["entries"]
        start = found.get("next")
    assert [entry["candidate"] for entry in entries] == list(range(1, 32))
    first = entries[0]
    assert first["edits"] == ["replace phases/plan/turns", "add templates/x"]
    assert first["expects"] == ["memory_growth down 90%"]
    assert first["changed"][0] == "m0 +1"
    assert entries[-1]["edits"] == []
    text = ""
    start = 0
    while start is not None:
        found = TOOLS["candidate"].ask(view, {"number": 7, "patch_start": start})
        assert chars_of(found) <= MOST_CHARS
        text += found["patch"]["text"]
        start = found["patch"].get("next")
    assert text == list(candidates())[6].patch
    assert found["effects"]["total"] == 200
    assert found["decision"]["low"] == -0.2
