from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from automem.engines.base import Message
from automem.errors import AutoMemError
from automem.pretraining.talk import Talk, read_talks, write_talks


def known(talk: Talk) -> Talk:
    """What a file keeps of a conversation: of later messages not which part is stable."""
    return replace(talk, messages=(talk.messages[0], *(replace(message, stable=0) for message in talk.messages[1:])))


def test_what_is_written_is_read(talks: list[Talk], tmp_path: Path) -> None:
    path = tmp_path / "talks.jsonl.zst"
    given = [replace(talk, weight=1 + number / 8, first=number % 2) for number, talk in enumerate(map(known, talks))]
    assert write_talks(path, given) == len(given)
    assert list(read_talks(path)) == given
    assert path.stat().st_size < sum(len(talk.messages[0].text) for talk in talks) / 20


def test_a_damaged_file_is_refused(talks_file: Path, tmp_path: Path) -> None:
    cut, other = tmp_path / "cut", tmp_path / "other"
    cut.write_bytes(talks_file.read_bytes()[:-2000])
    other.write_bytes(b"{}")
    for path in (cut, other, tmp_path / "none"):
        with pytest.raises(AutoMemError, match=path.name):
            list(read_talks(path))


@pytest.mark.parametrize("speakers", [(), ("user",), ("assistant", "user"), ("user", "user")])
def test_user_and_assistant_alternate(speakers: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="alternate"):
        Talk(tuple(Message(speaker, "text") for speaker in speakers), "crafter")  # type: ignore[arg-type]
