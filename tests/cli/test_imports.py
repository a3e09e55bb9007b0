"""What is imported, and when: the command line answers quickly, and heavy packages wait until they are used."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from automem import cli

from .running import Shell

HEAVY = ("torch", "transformers", "openai", "anthropic", "crafter", "opensimplex", "PIL", "matplotlib")


@pytest.mark.parametrize("module", ["automem", "automem.cli"])
def test_heavy_packages_are_imported_only_when_used(module: str) -> None:
    program = f"import sys, {module}; print(*(name for name in {HEAVY} if name in sys.modules))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.split() == []


def test_it_runs_as_a_module(played: Shell) -> None:
    said = played.process("--version")
    assert (said.returncode, said.stdout) == (0, f"automem, version {version('automem')}\n")


def test_every_command_is_offered(played: Shell) -> None:
    files = {
        file.stem for file in Path(cli.__file__).parent.glob("*.py") if "@click.command(" in file.read_text("utf-8")
    }
    offered = played("--help").out.partition("Commands:")[2].split("\n")
    assert files - {line.split()[0] for line in offered if line.strip()} == set()


def test_everything_the_package_offers_is_there() -> None:
    import automem

    assert [name for name in automem.__all__ if not hasattr(automem, name)] == []
