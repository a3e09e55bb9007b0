"""What the documents show is true: their YAML works, their links lead somewhere, their tables are fresh."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from automem.api.diff import diff
from automem.api.reference import refresh
from automem.api.render import render
from automem.api.starter import init
from automem.api.validate import validate
from automem.loops.apply import apply
from automem.spec.load import load_experiment

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!http)([^)#]+)?(#[^)]*)?\)")


def blocks(path: Path) -> list[str]:
    """The YAML blocks of a document, in order."""
    return re.findall(r"^```yaml\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def replace(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def with_map(scaffold: str, schema: str, op: str) -> str:
    """The starting scaffold after the change that the README and the guide describe."""
    line = next(line for line in scaffold.splitlines() if line.startswith("    map.md:"))
    entry = next(line for line in schema.splitlines() if "map.md" in line)
    return replace(replace(scaffold, line, "    " + entry.strip()), "  DONE:", f"  {op.strip()}\n  DONE:")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    targets = [match[1] for match in LINK.finditer(path.read_text(encoding="utf-8")) if match[1]]
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_tables_of_the_reference_are_fresh() -> None:
    text = (ROOT / "docs" / "spec.md").read_text(encoding="utf-8")
    assert refresh(text) == text, "run `make docs`"


def test_the_scaffold_of_the_readme_is_in_order(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(blocks(ROOT / "README.md")[0], encoding="utf-8")
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 30
    assert validate(path) == []


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder from `automem init`, with an experiment small enough for a test."""
    init(tmp_path)
    experiment = tmp_path / "experiment.yaml"
    text = experiment.read_text(encoding="utf-8").replace("42..51", "42..43").replace("300", "25")
    experiment.write_text(text, encoding="utf-8")
    return tmp_path


def test_a_newcomer_changes_a_file_and_an_op(mine: Path) -> None:
    _, schema, op, *_ = blocks(ROOT / "README.md")
    experiment, scaffold, runs = mine / "experiment.yaml", mine / "scaffold.yaml", mine / "runs"
    first = apply(load_experiment(experiment), runs)
    scaffold.write_text(with_map(scaffold.read_text(encoding="utf-8"), schema, op), encoding="utf-8")
    assert validate(scaffold) == []
    assert "<|MARK|>x,y|what<|END|>" in render(scaffold).prompts["log"].text
    second = apply(load_experiment(experiment), runs)
    assert (first.version.number, second.version.number, second.reused) == (0, 1, 0)
    changed = {change.path for change in diff("crafter-scripted@v0", "crafter-scripted@v1", runs).changes}
    assert {"memory/files/map.md/schema", "ops/MARK"} <= changed


def test_every_block_of_the_guide_fits_the_starting_scaffold(mine: Path) -> None:
    schema, op, rules = blocks(ROOT / "docs" / "your-scaffold.md")
    scaffold = mine / "scaffold.yaml"
    text = with_map(scaffold.read_text(encoding="utf-8"), schema, op)
    for section in ("observe", "state", "notices", "guards"):
        lines = re.search(rf"^{section}:\n((?:  .*\n)+)", rules, re.MULTILINE)
        assert lines is not None
        known = f"\n{section}:\n" in text
        text = replace(
            text,
            f"\n{section}:\n" if known else "\nactions:\n",
            f"\n{section}:\n{lines[1]}" + ("" if known else "\nactions:\n"),
        )
    scaffold.write_text(text, encoding="utf-8")
    assert validate(scaffold) == []
    assert validate(mine / "experiment.yaml") == []


def test_the_example_of_the_built_ins_is_in_order(tmp_path: Path) -> None:
    (example,) = (block for block in blocks(ROOT / "docs" / "spec.md") if "grid_map" in block)
    rest = """kind: scaffold
name: stairs
env: nethack
ops: {ACTION: {verb: commit, phases: [plan]}}
phases: {plan: {sections: {stairs: {text: "{{ notices.stairs }}"}, view: {text: "{{ obs_text }}"}}}}
"""
    path = tmp_path / "stairs.yaml"
    path.write_text(rest + example, encoding="utf-8")
    assert validate(path) == []
