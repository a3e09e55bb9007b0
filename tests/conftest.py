"""Where the games' packages are missing (nle has no wheels for macOS), their tests are left out, and that is said."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

INSTALLED = find_spec("nle") is not None and find_spec("minihack") is not None
FILES = (
    "agent/test_nethack_v0.py",
    "engines_scripted/test_nethack_*.py",
    "envs/minihack/*",
    "envs/nethack/*",
    "envs/test_determinism.py",
    "runs/test_notes.py",
)
NAMES = ("minihack", "nethack", "built_ins", "field-of-builtin", "rehearse-parameter", "rehearse-without-data")

collect_ignore_glob = [] if INSTALLED else list(FILES)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if not INSTALLED and any(name in item.nodeid for name in NAMES)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not INSTALLED:
        terminalreporter.write_line("nle or minihack is not installed: tests of NetHack and MiniHack were left out")
