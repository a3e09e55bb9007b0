"""No file of a run holds the key, whatever the server sends back."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from engines.loopback import echo
from engines.tool_servers import Scripted, ToolChat, ToolMessages

from automem.errors import EngineRefused

from .meeting import changed, entry_of, play, propose, serving

KEY = "sk-very/secret+1234567890"


@pytest.mark.parametrize(("server", "status"), [(ToolMessages, 0), (ToolChat, 400)])
def test_the_key_lies_nowhere(
    server: type[ToolChat] | type[ToolMessages],
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("SOME_KEY", KEY)
    caplog.set_level("DEBUG")
    patch = changed(lambda document: document.update(reason=f"because of {KEY}"))
    answers = [Scripted(f"It is {KEY}.", [("grep", {"text": KEY})], thinking=KEY), propose(patch)]
    with serving(server(), answers) as served:
        if status:
            served.script = [served.behave] * 3 + [echo(status)] * 9
        optimize = {"revisions": 1, "attempts": 1, "continuations": 0, "propose": {"turns": 4}}
        with suppress(EngineRefused):
            play(tmp_path / "lab", meta={**entry_of(served), "key_env": "SOME_KEY"}, optimize=optimize)
        assert any(KEY in str(seen.headers) for seen in served.seen)
    files = [path for path in (tmp_path / "lab").rglob("*") if path.is_file()]
    assert [path for path in files if b"sk-very/secret" in path.read_bytes()] == []
    assert KEY not in caplog.text
