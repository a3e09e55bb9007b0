from __future__ import annotations

import subprocess
import sys

import pytest

MISSING = """
import sys
sys.modules[{missing!r}] = None
from automem.envs import WORLDS
from automem.envs.nethack.data import COLUMNS
assert COLUMNS == 79
WORLDS.load({world!r})
"""


@pytest.mark.parametrize(
    ("missing", "world"),
    [("nle", "nethack"), ("nle", "minihack"), ("minihack", "minihack"), ("pkg_resources", "minihack")],
)
def test_a_missing_package_is_named_with_its_remedy(missing: str, world: str) -> None:
    program = MISSING.format(missing=missing, world=world)
    said = subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, check=False).stderr
    last = said.strip().splitlines()[-1]
    assert f"environment '{world}' cannot be imported" in last
    assert missing in last
    assert "pip install 'automem[nethack]'" in last
    assert "macOS" in last


def test_importing_warns_of_nothing() -> None:
    program = "from automem.envs import WORLDS; WORLDS.load('minihack')"
    said = subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, check=True).stderr
    assert said == ""
