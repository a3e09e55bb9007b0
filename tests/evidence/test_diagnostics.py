"""Diagnostics find what a player does wrong, say where, and find nothing of it where it is not done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from loops.recorded import played
from traces.play import header, op, step

from automem.agent.record import Firing
from automem.errors import RunError
from automem.evidence.diagnostics import DIAGNOSTICS, MOST_PLACES, TOOLS, Finding, diagnose
from automem.evidence.diagnostics.acting import InvalidActions, Repeats
from automem.evidence.diagnostics.finding import Finder, Moment
from automem.evidence.diagnostics.speaking import Commands, Notices
from automem.evidence.tool import MOST_CHARS
from automem.evidence.view import View, view_of

Found = dict[tuple[str, str], Finding]
STEPS = 60
LOGS = 47  # of steps 2 to 60, those that no 5 divides


@pytest.fixture(scope="module")
def erring(tmp_path_factory: pytest.TempPathFactory) -> View:
    return view_of(played(tmp_path_factory.mktemp("erring"), "erring")[1])


@pytest.fixture(scope="module")
def found(erring: View) -> Found:
    return {(one.name, one.subject): one for one in diagnose(erring)}


@pytest.mark.parametrize(
    ("name", "subject", "value"),
    [
        ("denied_ops", "TAIL", STEPS),
        ("unknown_ops", "COUNT", LOGS),
        ("turns_out", "log", LOGS),
        ("no_command", "log", 12),
        ("blind_writes", "notes.md", LOGS),
        ("redundant_writes", "notes.md", LOGS - 1),
        ("duplicate_lines", "log.md", 0.5),
        ("lost_lines", "plan.md", 12),
        ("never_read", "notes.md", LOGS),
        ("never_used", "spare.md", 1),
        ("invalid_actions", "", 9),
        ("routine_reads", "log.md", 1.0),
        ("stagnation", "", STEPS),
    ],
)
def test_a_fault_is_counted(found: Found, name: str, subject: str, value: float) -> None:
    assert found[name, subject].value == value


def test_what_was_meant_is_told(found: Found) -> None:
    more = found["invalid_actions", ""].more
    assert (more["decorated"], more["first_word"]) == (3, 3)
    assert more["near"] == {"Noop for now": "Noop", "Mvoe West": "Move West", "Noop": "Noop"}


def test_findings_are_in_order_and_show_where(erring: View, found: Found) -> None:
    weights = [one.weight for one in diagnose(erring)]
    assert weights == sorted(weights, reverse=True)
    assert all(0 <= weight <= 1 for weight in weights)
    numbers = {episode.id: [one.number for one in erring.steps(episode)] for episode in erring.episodes}
    for one in found.values():
        assert one.name in DIAGNOSTICS
        assert len(one.places) <= MOST_PLACES
        assert all(place.step in numbers[place.episode] for place in one.places)


def test_a_sound_player_has_none_of_it(view: View) -> None:
    names = {one.name for one in diagnose(view, 0)}
    assert not names & {"invalid_actions", "unknown_ops", "denied_ops", "turns_out", "no_command", "lost_lines"}


def test_the_tool_pages_and_narrows(erring: View) -> None:
    (tool,) = TOOLS
    first = tool.ask(erring, {"count": 3})
    assert (len(first["entries"]), first["next"]) == (3, 3)
    assert len(str(tool.ask(erring, {"count": 200}))) <= MOST_CHARS * 1.1
    only = tool.ask(erring, {"name": "denied_ops"})
    assert [one["subject"] for one in only["entries"]] == ["TAIL"]
    with pytest.raises(RunError, match="no diagnostic is called 'denied'"):
        tool.ask(erring, {"name": "denied"})


def test_a_version_without_episodes_is_refused(erring: View) -> None:
    with pytest.raises(RunError, match="no finished report episode"):
        diagnose(View(erring.folder, erring.versions, "report"))


def shown(finder: Finder, *steps: dict[str, Any]) -> Found:
    """What a finder says of hand-made steps; each is seen as unchanged where its observation is the one before."""
    before = None
    for number, fields in enumerate(steps, 1):
        now = step(number, **fields)
        same = before is not None and now.observation == before.observation
        finder.see(Moment("e", header(), now, before, same, False, ("Move West", "Move East", "Do")))
        before = now
    return {(one.name, one.subject): one for one in finder.findings(len(steps))}


def test_ops_that_fail_are_told_apart() -> None:
    ops = {"READ": {"verb": "read"}, "TAIL": {"verb": "tail"}}
    bad = (op("read", status="malformed"), op("read", status="rejected"), op("read", role="engine", status="denied"))
    found = shown(Commands({"ops": ops}), {"ops": bad})
    assert set(found) == {("malformed_ops", "READ"), ("rejected_ops", "READ"), ("unused_ops", "TAIL")}


def test_notices_that_always_or_never_speak() -> None:
    scaffold = {"notices": {"always": {}, "never": {}, "once": {}}, "guards": {}}
    always, once = Firing("notice", "always"), Firing("notice", "once")
    found = shown(Notices(scaffold), {"firings": (always, once)}, {"firings": (always,)})
    assert set(found) == {("constant", "notice.always"), ("silent", "notice.never")}


def test_patience_that_pays_is_known() -> None:
    in_vain = [{"action": "Do", "observation": "a tree"}] * 4
    found = shown(Repeats({}), *in_vain, {"action": "Do", "observation": "a sapling"})
    again = found["repeated_in_vain", "Do"]
    assert (again.value, again.more["series"], again.more["patience"]) == (3, 1, 1.0)
    assert again.more["patient"] == ["Do"]


def test_a_spelling_between_two_actions_means_neither() -> None:
    found = shown(InvalidActions({}), {"raw": "Move", "valid": False}, {"raw": "Move Wset", "valid": False})
    assert found["invalid_actions", ""].more["near"] == {"Move Wset": "Move West"}


def test_a_run_whose_memory_is_gone_says_so(tmp_path: Path) -> None:
    run = played(tmp_path, "erring", steps=2)[1]
    view = view_of(run)
    for file in run.memory(view.episodes[0].id).iterdir():
        file.unlink()
    run.memory(view.episodes[0].id).rmdir()
    with pytest.raises(RunError, match="memory directory cannot be read"):
        diagnose(view)
