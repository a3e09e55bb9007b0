"""What `init` writes can be validated and played as it is, for every shipped world."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from automem.api.starter import init
from automem.api.validate import validate
from automem.envs import WORLDS
from automem.errors import AutoMemError
from automem.library import shipped
from automem.loops.apply import apply
from automem.spec.load import load_experiment

NAMES = {world: f"{world}-scripted" for world in ("crafter", "minihack", "nethack")}


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("world", NAMES)
def test_a_starter_is_in_order_and_uses_the_scaffold_beside_it(world: str, tmp_path: Path) -> None:
    written = init(tmp_path / "mine", world)
    assert [path.name for path in written[:2]] == ["scaffold.yaml", "experiment.yaml"]
    assert [issue for issue in validate(written[0]) if issue.severity == "error"] == []
    assert validate(written[1]) == []
    replace(written[0], f"name: {world}-v0", "name: of-my-own")
    loaded = load_experiment(written[1])
    assert (loaded.experiment.name, loaded.experiment.env.name) == (NAMES[world], world)
    assert loaded.scaffold.name == "of-my-own"


@pytest.mark.parametrize("world", NAMES)
def test_the_editor_finds_the_schemas(world: str, tmp_path: Path) -> None:
    for path in init(tmp_path, world)[:2]:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        schema = tmp_path / first.removeprefix("# yaml-language-server: $schema=")
        assert YAML(typ="safe").load(schema.read_text(encoding="utf-8"))["title"] == f"AutoMem {path.stem}"


def test_every_folder_of_shipped_specs_with_a_starting_scaffold_has_a_starter() -> None:
    assert {path.parent.name for path in shipped("specs").glob("*/v0.yaml")} == set(NAMES)


def test_a_starter_of_nethack_is_played(tmp_path: Path) -> None:
    _, experiment, *_ = init(tmp_path, "nethack")
    replace(experiment, "max_steps: 1000", "max_steps: 8")
    replace(experiment, "42..46", "42..43")
    result = apply(load_experiment(experiment), tmp_path / "runs")
    assert [(row.task, row.seed, row.steps) for row in result.rows] == [
        ("NetHackChallenge", 42, 8),
        ("NetHackChallenge", 43, 8),
    ]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a world that another package brings."""
    metadata = tmp_path / "site" / "keymaze-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: keymaze\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[automem.envs]\nkeymaze = keymaze:WORLD\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return "keymaze"


MISTAKES = [
    ("nethak", "no world is called 'nethak' (did you mean 'nethack'?); starters are shipped for crafter, minihack, n"),
    ("NetHack", "did you mean 'nethack'?"),
    ("chess", "no world is called 'chess'; starters are shipped for crafter, minihack, nethack"),
    ("keymase", "did you mean 'keymaze'?"),
    (
        "keymaze",
        "the world 'keymaze' brings no starter; starters are shipped for crafter, minihack, nethack. docs/your-w",
    ),
    ("keymaze:WORLD", "the world 'keymaze:WORLD' brings no starter"),
]


@pytest.mark.parametrize(("world", "words"), MISTAKES, ids=[world for world, _ in MISTAKES])
def test_a_world_without_a_starter_is_named(world: str, words: str, installed: str, tmp_path: Path) -> None:
    assert installed in WORLDS.names()
    with pytest.raises(AutoMemError) as raised:
        init(tmp_path / "mine", world)
    assert words in str(raised.value)
    assert not (tmp_path / "mine").exists()


def test_another_world_overwrites_nothing(tmp_path: Path) -> None:
    init(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    with pytest.raises(AutoMemError, match="would be overwritten"):
        init(tmp_path, "nethack")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before
