"""`automem evidence`: the questions on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cli.running import Shell
from traces.play import step

from automem.api.evidence import TOOLS, WrongArgument, ask
from automem.cli.plain_text import lines_of
from automem.evidence.view import view_of
from automem.runs.layout import RunFolder
from automem.runs.store import Store
from automem.runs.versions import current, make_current
from automem.traces.store import TraceWriter


@pytest.fixture
def shell(run: RunFolder) -> Shell:
    return Shell(run.path.parent.parent)


def test_without_a_question_it_says_what_can_be_asked(shell: Shell) -> None:
    said = shell("evidence", "small")
    names = [line for line in said.out.splitlines() if line and line[0] not in " `"]
    assert names == list(TOOLS)


@pytest.mark.parametrize("name", TOOLS)
def test_every_argument_is_an_option(shell: Shell, name: str) -> None:
    out = shell("evidence", "small", name, "--help").out
    for field in TOOLS[name].args.model_fields:
        assert f"--{field.replace('_', '-')} " in out


def test_json_is_the_answer_itself(shell: Shell, run: RunFolder) -> None:
    said = shell("evidence", "small", "steps", "--episode", "43", "--version", 0, "--only", "event", "--json")
    assert said.data == TOOLS["steps"].ask(view_of(run), {"episode": "43", "version": 0, "only": "event"})
    said = shell("evidence", "small", "operations", "--by", "op", "--by", "file", "--json")
    assert said.data == TOOLS["operations"].ask(view_of(run), {"by": ["op", "file"]})


def test_a_patch_is_given_as_a_file(shell: Shell, tmp_path: Path) -> None:
    patch = tmp_path / "patch.yaml"
    patch.write_text("kind: patch\n")
    said = shell("evidence", "small", "render_under_patch", "--patch", patch, "--json")
    assert said.data["valid"] is False
    patch.write_bytes(b"\xff")
    assert "not UTF-8" in shell("evidence", "small", "render-under-patch", "--patch", patch, code=2).err


def test_text_is_for_reading(shell: Shell) -> None:
    out = shell("evidence", "small", "step", "--episode", "42", "--step", 2).out
    assert "step: 2\n" in out
    assert "  - part: observation\n    text: |\n      Your status:\n" in out


def test_the_sealed_stage_is_a_persons_to_open(shell: Shell) -> None:
    assert "no episode matches '142'" in shell("evidence", "small", "steps", "--episode", "142", code=1).err
    assert shell("evidence", "small", "steps", "--episode", "142", "--stage", "report", "--json").data["total"] == 40


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("small", "grep"), 2, "say either `text` or `regex`"),
        (("small", "steps"), 2, "Missing option '--episode'"),
        (("small", "steps", "--episode", "42", "--count", 900), 2, "count: Input should be less than or equal to 200"),
        (("small", "nothing"), 2, "No such command 'nothing'"),
        (("other", "overview"), 1, "holds no run 'other'; known: small"),
    ],
)
def test_what_cannot_be_answered_is_said(shell: Shell, args: tuple[Any, ...], code: int, message: str) -> None:
    assert message in shell("evidence", *args, code=code).err


def test_control_characters_are_spelt_out(own: RunFolder) -> None:
    view = view_of(own)
    episode = view.episode("42")
    with TraceWriter(own.trace(episode.id), view.header(episode)) as writer:
        writer.write(step(1, observation="a \x1b[2J tree\n"))
        writer.finish()
    out = Shell(own.path.parent.parent)("evidence", "small", "grep", "--text", "tree").out
    assert "line: a \\x1b[2J tree" in out


def test_where_no_version_is_named_the_one_the_run_stands_at_is_meant(run: RunFolder) -> None:
    def overview() -> Any:
        return ask("small", "overview", runs=run.path.parent)

    versions = [row["version"] for row in overview()["versions"]]
    with Store.open(run.database) as store:
        last, before = store.versions()[-1], current(store)
        assert before is not None
        try:
            for version in store.versions():
                make_current(store, version)
                assert overview()["version"] == version.number
                assert [row["version"] for row in overview()["versions"]] == versions
        finally:
            make_current(store, before)
    assert last.number > 0


def test_an_unknown_question_is_told_so(run: RunFolder) -> None:
    with pytest.raises(WrongArgument, match="did you mean 'overview'"):
        ask("small", "overvew", runs=run.path.parent)


def test_plain_text() -> None:
    data: dict[str, Any] = {"a": 1, "t": "one\n\ntwo", "l": [{"k": None, "text": "x\ny"}, True]}
    data |= {"e": {}, "d": {"m": []}}
    data["n"] = 29.847826086
    data["long"] = {"b": "w" * 100, "c": "v" * 20}
    assert list(lines_of(data)) == [
        "a: 1",
        "t: |",
        "  one",
        "",
        "  two",
        "l:",
        "  - k: -",
        "    text: |",
        "      x",
        "      y",
        "  - yes",
        "e: {}",
        "d: {m: []}",
        "n: 29.8478",
        "long:",
        "  b: " + "w" * 100,
        "  c: " + "v" * 20,
    ]
