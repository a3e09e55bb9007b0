"""Parts found by name: from other packages, and what is said of those that cannot be had."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from automem.envs import Worlds
from automem.registry import MissingPart, Registry, UnknownPart


def installed(monkeypatch: pytest.MonkeyPatch, **points: str) -> Registry[object]:
    found = [EntryPoint(name, value, "automem.things") for name, value in points.items()]
    monkeypatch.setattr("automem.registry.entry_points", lambda group: found)
    return Registry("thing", "automem.things", {})


def test_entry_points_name_attributes_of_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert installed(monkeypatch, home="pathlib:Path.home").load("home") == Path.home
    assert installed(monkeypatch, here="pathlib:Path [extra]").load("here") is Path


@pytest.mark.parametrize(
    ("target", "kind", "said"),
    [
        ("no_such_module:x", MissingPart, "thing 'it' cannot be imported from 'no_such_module:x': No module named"),
        ("pathlib:Pth", UnknownPart, "has no attribute 'Pth'"),
        ("broken_module:x", UnknownPart, "NameError: name 'World' is not defined"),
    ],
)
def test_what_cannot_be_imported_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, target: str, kind: type[UnknownPart], said: str
) -> None:
    (tmp_path / "broken_module.py").write_text("x = World()\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(kind, match=said) as raised:
        installed(monkeypatch, it=target).load("it")
    assert isinstance(raised.value, MissingPart) == (kind is MissingPart)
    sys.modules.pop("broken_module", None)


def test_a_factory_that_fails_is_no_world() -> None:
    with pytest.raises(UnknownPart, match="cannot be made: ValueError: 'a world'"):
        Worlds("environment", "automem.envs", {"odd": f"{__name__}:fails"}).load("odd")


def fails() -> object:
    raise ValueError("'a world'")
