"""The wheel works where there is nothing else: in an empty environment, away from the sources."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = "Scripts" if sys.platform == "win32" else "bin"


def run(*command: object, cwd: Path) -> str:
    said = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False)
    assert said.returncode == 0, f"{command}\n{said.stdout}\n{said.stderr}"
    return said.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def automem(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """The installed command."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home / "venv", with_pip=True)
    python = home / "venv" / BIN / "python"
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "-c", ROOT / "constraints.txt", wheel, cwd=home)
    return lambda *args: run(home / "venv" / BIN / "automem", *args, cwd=home)


def test_it_holds_everything_that_is_shipped(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        about = archive.read(metadata).decode()
    for sort in ("specs", "schemas", "templates"):
        shipped = [path for path in (ROOT / sort).rglob("*") if path.is_file()]
        assert shipped
        assert {f"automem/library/{path.relative_to(ROOT).as_posix()}" for path in shipped} <= names
    own = [path for path in (ROOT / "automem").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.relative_to(ROOT).as_posix() for path in own} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert "License-Expression: MIT" in about
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/")) or "__pycache__" in name]


def test_what_init_writes_can_be_planned_with_it_alone(automem: Callable[..., str]) -> None:
    assert "wrote mine/scaffold.yaml" in automem("init", "mine")
    assert "2 documents in order" in automem("validate", "mine/scaffold.yaml", "mine/experiment.yaml")
    assert "10 to play" in automem("plan", "mine/experiment.yaml")
    assert "missing" not in automem("doctor", "mine/experiment.yaml")


def test_the_shipped_loop_can_be_planned(automem: Callable[..., str]) -> None:
    assert "catalogue proposes" in automem("plan", "loop1")
