"""`automem report`: what it writes, where, and what it does where something is missing."""

from __future__ import annotations

import json

from .running import Shell

FILES = ("report.html", "report.md", "report.json")


def test_it_writes_three_files_of_the_same_figures(own: Shell) -> None:
    said = own("report", "tiny").out
    assert said.startswith("Run tiny\n\nResults\n")
    folder = own.home / "runs/tiny/report"
    assert said.splitlines()[-3:] == [f"wrote runs/tiny/report/{name}" for name in FILES]
    first = {name: (folder / name).read_bytes() for name in FILES}
    own("report", "tiny")
    assert {name: (folder / name).read_bytes() for name in FILES} == first
    forms = ("html", "markdown", "json")
    assert {own("report", "tiny", "--format", form).out.strip().encode() for form in forms} == {
        text.strip() for text in first.values()
    }
    data = json.loads(first["report.json"])
    figure = f"{100 * data['results'][0]['overall']['progression']['mean']:.2f} ±"
    assert all(figure in text.decode() for text in (first["report.html"], first["report.md"]))
    assert [one["rows"][0]["agent"] for one in data["published"]] == ["Gemini-3-Pro"]


def test_a_form_that_is_asked_for_is_printed_and_nothing_is_written(own: Shell) -> None:
    for form in ("text", "markdown", "json", "html"):
        own("report", "tiny", "--format", form)
    assert not (own.home / "runs/tiny/report").exists()


def test_it_says_where_it_cannot_write(own: Shell) -> None:
    (own.home / "runs/tiny/report").write_text("not a folder")
    said = own("report", "tiny", code=1)
    assert "runs/tiny/report/report.html: the report cannot be written: File exists; name another" in said.err
    assert "Results" in said.out
    assert "wrote elsewhere/report.html" in own("report", "tiny", "--output", "elsewhere").out


def test_traces_that_are_missing_are_left_out_and_named(own: Shell) -> None:
    whole = own("report", "tiny", "--format", "json").data
    trace, *others = sorted((own.home / "runs/tiny/traces").glob("*.zst"))
    trace.unlink()
    data = own("report", "tiny", "--format", "json").data
    assert (whole["curves"][0]["episodes"], data["curves"][0]["episodes"]) == (2, 1)
    assert whole["results"] == data["results"]
    assert f"curves leave out 1 traces that cannot be read: runs/tiny/traces/{trace.name}: no trace" in data["notes"][0]
    others[0].write_bytes(b"torn")
    assert "curves leave out 2 traces" in own("report", "tiny", "--format", "markdown").out
    assert 'id="steps"' not in own("report", "tiny", "--format", "html").out


def test_a_run_that_has_played_nothing(own: Shell) -> None:
    (own.home / "runs/none").mkdir()
    (own.home / "runs/none/run.db").touch()
    assert "No episode" in own("report", "none").out
    assert "<h2" not in (own.home / "runs/none/report/report.html").read_text()
