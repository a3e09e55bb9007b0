"""`automem view` as a person meets it."""

from __future__ import annotations

import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from .running import COMMAND, Shell


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_ended(played: Shell, number: signal.Signals) -> None:
    command = [*COMMAND, "view", "tiny", "--at", "42/12", "--no-open"]
    with subprocess.Popen(command, cwd=played.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        address = child.stdout.readline().strip()
        place = address.partition("#")[2]
        assert place.startswith("crafter-42-")
        assert place.endswith("/12")
        with urllib.request.urlopen(address) as answer:
            assert b"AutoMem replay" in answer.read()
        child.send_signal(number)
        _, err = child.communicate(timeout=30)
    assert (child.returncode, err.strip()) == (0, "")


def test_a_page_that_needs_no_server(played: Shell, tmp_path: Path) -> None:
    said = played("view", "tiny", "--export", tmp_path / "out", "--at", "43").out
    file, _, place = said.removeprefix("wrote ").strip().partition("#")
    assert Path(file).is_file()
    assert place.endswith("/1")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "Missing argument"),
        (("other",), 1, "known: tiny"),
        (("tiny", "--at", "77/1"), 1, "no episode matches '77'"),
        (("tiny", "--at", "42/21"), 1, "it has steps 1 to 20"),
        (("tiny", "--at", "42/0"), 1, "EPISODE/STEP"),
        (("tiny", "--pictures"), 2, "belongs to --export"),
        (("tiny", "--export", "runs", "--port", "8000"), 2, "needs no server"),
        (("tiny", "--export", "runs"), 1, "no earlier export"),
    ],
)
def test_mistakes_are_answered_in_words(played: Shell, arguments: tuple[str, ...], code: int, words: str) -> None:
    assert words in played("view", *arguments, code=code).err
