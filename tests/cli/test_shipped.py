"""What is shipped is current and in order, for the command line and for an editor."""

from __future__ import annotations

from pathlib import Path

import pytest
from envs.levels import lay
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from automem.api.json_schema import FILES, schema_text
from automem.library import shipped

from .running import Shell

ROOT = shipped("specs").parent
DOCUMENTS = sorted(
    path
    for sort in ("specs", "schemas", "templates")
    for path in shipped(sort).rglob("*.yaml")
    if path.parent.name != "accelerate"  # documents of another program
)
MARK = "# yaml-language-server: $schema="


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("kind", FILES)
def test_committed_schemas_are_current(kind: str) -> None:
    committed = (shipped("schemas") / FILES[kind]).read_text(encoding="utf-8")
    assert committed == schema_text(kind), "run `automem schema --write schemas`"


def test_every_committed_schema_belongs_to_a_kind() -> None:
    assert {path.name for path in shipped("schemas").glob("*.json")} == set(FILES.values())


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_document_is_in_order(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOMEM_BOXOBAN_LEVELS", lay(tmp_path / "levels"))
    assert "1 document in order" in Shell(tmp_path)("validate", path).out


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_document_names_its_schema_and_keeps_to_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first.startswith(MARK)
    schema = YAML(typ="safe").load((path.parent / first.removeprefix(MARK)).read_text(encoding="utf-8"))
    data = YAML(typ="safe").load(text)
    assert schema["title"] == f"AutoMem {data['kind']}"
    Draft202012Validator.check_schema(schema)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []


def test_a_schema_refuses_what_the_command_line_refuses(fresh: Shell) -> None:
    fresh.edit("scaffold.yaml", "verb: search", "verb: 7")
    fresh("validate", "scaffold.yaml", code=1)
    schema = YAML(typ="safe").load((fresh.home / "schemas/scaffold.schema.json").read_text())
    data = YAML(typ="safe").load((fresh.home / "scaffold.yaml").read_text())
    assert not Draft202012Validator(schema).is_valid(data)
