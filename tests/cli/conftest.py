"""A folder from `automem init` whose tiny experiment has been applied."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .running import Shell


def begin(home: Path) -> Shell:
    home.mkdir()
    shell = Shell(home)
    shell("init")
    shell.edit("experiment.yaml", "max_steps: 300", "max_steps: 20")
    shell.edit("experiment.yaml", "42..51", "42..43")
    shell.edit("experiment.yaml", "name: crafter-scripted", "name: tiny")
    return shell


@pytest.fixture
def fresh(tmp_path: Path) -> Shell:
    """Nothing is played yet."""
    return begin(tmp_path / "home")


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """To be read only."""
    shell = begin(tmp_path_factory.mktemp("cli") / "home")
    shell("apply", "experiment.yaml")
    return shell


@pytest.fixture
def own(played: Shell, tmp_path: Path) -> Shell:
    """A copy of what was played, to be changed."""
    shutil.copytree(played.home, tmp_path / "home")
    return Shell(tmp_path / "home")
