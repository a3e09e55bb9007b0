"""`automem review`: what a person is shown, and what scripts and terminals can decide."""

from __future__ import annotations

import os
import pty
import select
import stat
import subprocess
import time
from pathlib import Path

import pytest
from loops.patches import candidate, patch

from automem.runs.candidates import Candidate, Effect
from automem.runs.layout import RunFolder
from automem.runs.lock import hold
from automem.runs.store import Store
from automem.runs.versions import last_conditions

from .running import COMMAND, Shell


@pytest.fixture
def waiting(own: Shell) -> Shell:
    """c1 was declined; c2 waits, with a step and one that is not there as evidence."""
    with Store.open(run(own).database) as store:
        seen = patch(2, "42").replace("expects:", "  - {episode: '42', step: 999}\nexpects:")
        seen, under = seen.replace("it stands still", "'[red]it stands'"), last_conditions(store)
        store.put_candidate(candidate(1, status="declined", comment="too clever", conditions=under))
        store.put_candidate(candidate(2, status="waiting", patch=seen, conditions=under))
    return own


def run(shell: Shell) -> RunFolder:
    return RunFolder(shell.home / "runs/tiny")


def kept(shell: Shell, number: int = 2) -> Candidate:
    with Store.read(run(shell).database) as store:
        return store.candidates()[number - 1]


def test_all_that_speaks_for_it(waiting: Shell) -> None:
    out = waiting("review", "tiny", code=3).out
    assert "c2 (v0 → –) · revision 1, attempt 2 · by catalogue" in out
    assert "-        when: unchanged_count >= 3" in out.splitlines()
    assert "+        when: unchanged_count >= 2" in out.splitlines()
    assert "Evidence: longest_run = 7" in out
    assert "Evidence: episode 42, step 3: [red]it stands" in out
    assert "── action " in out
    assert "── APPEND actions.md" in out
    command = out.partition("in full: automem ")[2].splitlines()[0].split()
    assert "step 3 · crafter" in waiting(*command).out
    replay = out.partition("in a browser: automem ")[2].splitlines()[0].split()
    assert replay[:3] == ["view", "tiny", "--at"]
    exported = waiting(*replay, "--export", waiting.home / "page").out
    assert exported.strip().endswith(f"index.html#{replay[3]}")
    assert "it cannot be opened: " in out
    assert "progression up by 2 points" in out
    assert "c1" not in out


def test_what_rests_on_much_opens_the_first_of_it(waiting: Shell) -> None:
    places = "".join(f"  - {{episode: '42', step: {step}}}\n" for step in range(4, 9))
    effects = {
        name: Effect(name, 2, 1.0, 1.0 + gain, gain) for name, gain in (("calls", 2.0), ("malformed_op_rate", 0.0))
    }
    with Store.open(run(waiting).database) as store:
        seen = patch(4, "42").replace("expects:", f"{places}expects:")
        store.put_candidate(candidate(3, status="rejected", patch=seen, effects=effects))
    out = waiting("review", "tiny", "c3", code=3).out
    assert out.count("── action ") == 3  # beside a figure
    assert out.count("in full: automem trace") == 6
    assert "1 of 2 metrics stayed exactly as they were" in out
    assert "malformed_op_rate" not in out


def test_any_candidate_can_be_looked_at(waiting: Shell) -> None:
    assert "declined: too clever" in waiting("review", "tiny", "c1", code=3).out
    assert "there are: c1, c2" in waiting("review", "tiny", "c7", code=1).err
    found = waiting("review", "tiny", "--all", "--json", code=3).data
    assert [page["tried"]["candidate"]["status"] for page in found] == ["declined", "waiting"]
    assert found[1]["evidence"][1]["lines"][0].startswith("step 3 · crafter")


def test_a_patch_that_is_none_is_shown_as_it_is(waiting: Shell) -> None:
    with Store.open(run(waiting).database) as store:
        store.put_candidate(candidate(3, status="refused", patch="reason: [b]\x1b[2J", why="it is no patch"))
    out = waiting("review", "tiny", "3", code=3).out
    assert r"reason: [b]\x1b[2J" in out
    assert "refused: it is no patch" in out


def test_accepted_by_a_script(waiting: Shell) -> None:
    assert "`automem apply` plays it" in waiting("review", "tiny", "--accept", "c2").out
    assert kept(waiting).status == "playing"
    assert "it is playing" in waiting("review", "tiny", "--accept", "2", code=1).err
    assert "c2 is declined" in waiting("review", "tiny", "--decline", "2", "--reason", "no").out
    assert waiting("review", "tiny").out == "nothing waits for a person\n"


def test_declined_by_a_script(waiting: Shell) -> None:
    waiting("review", "tiny", "--decline", "c2", code=2)
    waiting("review", "tiny", "--decline", "c2", "--reason", "costs too many words")
    assert (kept(waiting).status, kept(waiting).comment) == ("declined", "costs too many words")


def test_edited_by_a_script(waiting: Shell) -> None:
    (waiting.home / "bad.yaml").write_text(patch(2).replace("of: crafter-v0", "of: another"))
    assert "bad.yaml:2:" in waiting("review", "tiny", "--edit", "c2", "--patch", "bad.yaml", code=1).err
    (waiting.home / "good.yaml").write_text(patch(4))
    assert "it still waits" in waiting("review", "tiny", "--edit", "c2", "--patch", "good.yaml", code=3).out
    assert (kept(waiting).patch, kept(waiting).proposer) == (patch(4), "catalogue, edited")


def test_stopped_by_a_script(waiting: Shell) -> None:
    waiting("review", "tiny", "--stop", "--reason", "good enough")
    assert "stopped by a person: good enough" in waiting("history", "tiny").out
    waiting("review", "tiny", "--resume", code=3)
    assert "stopped" not in waiting("history", "tiny").out
    waiting("review", "tiny", "--resume", code=1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--accept", "c2", "--stop"),
        ("--accept", "twelve"),
        ("--edit", "c2"),
        ("--patch", "scaffold.yaml"),
        ("--reason", "why"),
        ("c2", "--all"),
        ("c2", "--stop"),
    ],
)
def test_wrong_usage_changes_nothing(waiting: Shell, arguments: tuple[str, ...]) -> None:
    waiting("review", "tiny", *arguments, code=2)
    assert kept(waiting).status == "waiting"


def test_a_run_at_work_is_not_changed(waiting: Shell) -> None:
    with hold(run(waiting).lock):
        said = waiting("review", "tiny", "--accept", "c2", code=1).err
    assert f"in use by process {os.getpid()}" in said
    assert kept(waiting).status == "waiting"


class Terminal:
    """`automem review` on a terminal of its own."""

    def __init__(self, shell: Shell, editor: Path | None = None) -> None:
        self._screen, inside = pty.openpty()
        surroundings = {**os.environ, "TERM": "xterm", "EDITOR": str(editor or "false")}
        surroundings.pop("VISUAL", None)
        self._child = subprocess.Popen(
            [*COMMAND, "review", "tiny"], cwd=shell.home, env=surroundings, stdin=inside, stdout=inside, stderr=inside
        )
        os.close(inside)

    def until(self, text: str) -> str:
        """What is shown up to `text`, or to the end."""
        shown, deadline = b"", time.monotonic() + 30
        while text.encode() not in shown or not text:
            assert select.select([self._screen], [], [], deadline - time.monotonic())[0], shown.decode()
            try:
                piece = os.read(self._screen, 1 << 16)
            except OSError:  # how Linux tells that the other side is closed
                piece = b""
            if not piece:
                assert not text, f"{text!r} was never shown:\n{shown.decode()}"
                break
            shown += piece
        return shown.decode()

    def answer(self, text: str) -> None:
        os.write(self._screen, f"{text}\n".encode())

    def end(self) -> tuple[str, int]:
        """What is left to show, and the exit code."""
        shown = self.until("")
        os.close(self._screen)
        return shown, self._child.wait(30)


QUESTION = "or stop the loop:"


def test_at_a_terminal_a_reason_is_asked_for(waiting: Shell) -> None:
    terminal = Terminal(waiting)
    shown = terminal.until(QUESTION)
    assert "\x1b[32m+        when: unchanged_count >= 2" in shown
    assert "\x1b[2J" not in shown
    terminal.answer("d")
    terminal.until("shown it):")
    terminal.answer("too many words")
    shown, code = terminal.end()
    assert ("c2: declined" in shown, code) == (True, 0)
    assert (kept(waiting).status, kept(waiting).comment) == ("declined", "too many words")


def test_at_a_terminal_a_patch_is_edited_until_it_is_valid(waiting: Shell, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    first_then_better = "-e 's|>= 2|>= nonsense|' -e t -e 's|>= nonsense|>= 4|'"
    editor.write_text(f'#!/bin/sh\nsed {first_then_better} "$1" > "$1.new" && mv "$1.new" "$1"\n')
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    terminal = Terminal(waiting, editor)
    terminal.until(QUESTION)
    terminal.answer("e")
    assert "nonsense" in terminal.until("edit it again?")
    terminal.answer("y")
    assert "unchanged_count >= 4" in terminal.until(QUESTION)
    terminal.answer("a")
    assert terminal.end()[1] == 0
    assert (kept(waiting).status, kept(waiting).proposer) == ("playing", "catalogue, edited")


def test_at_a_terminal_one_may_put_it_off_or_stop(waiting: Shell) -> None:
    terminal = Terminal(waiting)
    terminal.until(QUESTION)
    terminal.answer("e")  # `false` is no editor
    terminal.until("the patch stays as it was")
    terminal.answer("s")
    assert terminal.end()[1] == 3
    assert kept(waiting).status == "waiting"
    terminal = Terminal(waiting)
    terminal.until(QUESTION)
    terminal.answer("stop")
    terminal.until("why:")
    terminal.answer("enough")
    assert terminal.end()[1] == 0
    assert waiting("history", "tiny", "--json").data["stopped"] == {"0": "enough"}
