"""Every entry of the shipped catalogue proposes where it is called for, is silent elsewhere, and its patch plays."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from engines_scripted.playing import WORLD, play_out

from automem.agent.agent import Agent
from automem.api.reference import refresh
from automem.api.validate import validate
from automem.errors import SpecError
from automem.evidence.diagnostics.finding import Finding, Place
from automem.library import shipped
from automem.loops.structure.proposers.base import Assignment
from automem.loops.structure.proposers.catalogue.entries import Option, of, read_catalogue
from automem.loops.structure.proposers.catalogue.incumbent import Incumbent, look_at
from automem.patches.check import Checked
from automem.spec.catalogue import CatalogueEntry

from .recorded import RUNS, assignment_of, played

ENTRIES = {entry.name: entry for entry in read_catalogue(shipped("specs") / "catalogue")}
CALLED = {
    "answers-capped": ("erring", "sound"),
    "asked-again": ("erring", "sound"),
    "bare-actions": ("novice", "sound"),
    "circles-told": ("erring", "sound"),
    "fewer-turns": ("sound", ""),
    "first-word": ("erring", "sound"),
    "goals-listed": ("erring", "sound"),
    "keep-lines": ("erring", "sound"),
    "keyed-map": ("novice", "erring"),
    "known-lines": ("novice", "sound"),
    "line-cap": ("novice", ""),
    "look-before-writing": ("novice", ""),
    "materials-first": ("novice", "sound"),
    "missing-op": ("erring", "sound"),
    "more-turns": ("erring", "sound"),
    "no-line-twice": ("novice", "sound"),
    "not-again": ("novice", "sound"),
    "recall-in-both-phases": ("erring", "sound"),
    "routine-read-shown": ("sound", "novice"),
    "shorter-answers": ("erring", "sound"),
    "sleep-unseen": ("novice", "sound"),
    "spellings": ("novice", "sound"),
    "stable-first": ("erring", "sound"),
    "unread-file-shown": ("erring", "sound"),
    "unused-file-removed": ("novice", ""),
    "unused-op-removed": ("sound", "erring"),
    "vain-action-told": ("erring", "sound"),
    "visited-places": ("erring", "sound"),
}
"""Entry → a run in which it is called for, and one in which it is not (none where every run calls for it)."""


class Looked:
    """The recorded runs, each looked at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.at = cache(self._at)

    def _at(self, name: str) -> tuple[Assignment, Incumbent]:
        assignment = assignment_of(played(self._folder / name, name)[1])
        return assignment, look_at(assignment)

    def texts(self, entry: CatalogueEntry, name: str) -> Iterator[str]:
        """The patches of an entry's first variant about each finding that calls for it."""
        assignment, incumbent = self.at(name)
        for finding in incumbent.findings:
            if finding.name == entry.trigger:
                about = of(str(assignment.scaffold.data["name"]), assignment.scaffold_hash)
                text = Option(entry, finding, 1).text(about, incumbent.about(finding))
                if text is not None:
                    yield text


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Looked:
    return Looked(tmp_path_factory.mktemp("catalogue"))


def test_every_entry_is_tried() -> None:
    assert set(CALLED) == set(ENTRIES)


@pytest.mark.parametrize("name", CALLED)
def test_its_patch_is_sound_and_plays(name: str, looked: Looked) -> None:
    run = CALLED[name][0]
    assignment, _ = looked.at(run)
    for text in looked.texts(ENTRIES[name], run):
        checked = assignment.check(text)
        if checked.scaffold is not None:
            assert text.startswith(f"# From the catalogue: {name}")
            assert checked.patch is not None
            assert all(evidence.metric or evidence.episode or evidence.note for evidence in checked.patch.evidence)
            env = WORLD.start("crafter", 7, {"max_steps": 4})
            agent = Agent(checked.scaffold, WORLD.describe("crafter", {}))
            player = RUNS[run]["player"]
            steps = asyncio.run(play_out(agent, env, player, lambda asked: asked, lambda asked, answer: None))
            assert len(steps) == 4
            return
    pytest.fail(f"{name} has no patch for the run {run!r}")


@pytest.mark.parametrize(
    "words",
    [
        "a: b\r\n- c\r",
        "\x00\x1b[31m \ufffe",
        "{{ ''.__class__ }} ${subject} ${detail}",
        "\x85\u2028---\nedits: []\n...",
        "x" * 9_000,
        "\ttab: *a &b !!t # %",
    ],
)
def test_recorded_words_stay_words_whatever_they_are(words: str, looked: Looked) -> None:
    assignment, incumbent = looked.at("erring")
    entry = ENTRIES["vain-action-told"]
    (finding, *_) = (one for one in incumbent.findings if one.name == entry.trigger)
    about = of(str(assignment.scaffold.data["name"]), assignment.scaffold_hash)

    def made(of_finding: Finding) -> Checked:
        text = Option(entry, of_finding, 1).text(about, incumbent.about(of_finding))
        assert text is not None
        return assignment.check(text)

    plain = made(finding)
    hostile = made(replace(finding, subject=words, detail=words, places=(Place("a", 1, words),)))
    assert hostile.errors == ()
    assert hostile.text == plain.text


def test_a_spelling_that_no_document_can_hold_is_not_proposed(looked: Looked) -> None:
    _, incumbent = looked.at("novice")
    finding = next(one for one in incumbent.findings if one.name == "invalid_actions")
    hostile = replace(finding, more={**finding.more, "near": {"Move\x00": "Move East"}})
    with pytest.raises(SpecError, match="is not allowed in text"):
        Option(ENTRIES["spellings"], hostile, 1).text("crafter-v0@12345678", incumbent.about(hostile))


@pytest.mark.parametrize("name", [name for name, (_, quiet) in CALLED.items() if quiet])
def test_it_is_silent_where_nothing_calls_for_it(name: str, looked: Looked) -> None:
    assert list(looked.texts(ENTRIES[name], CALLED[name][1])) == []


def test_the_document_is_fresh_and_its_example_in_order(tmp_path: Path) -> None:
    text = (shipped("specs").parent / "docs" / "catalogue.md").read_text(encoding="utf-8")
    assert refresh(text) == text, "run `make docs`"
    example = re.search(r"^```yaml\n(kind: catalogue.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert example is not None
    (tmp_path / "entry.yaml").write_text(example[1])
    assert validate(tmp_path / "entry.yaml") == []
