"""Smells that a scaffold's own play shows, and only what no step of it contradicts."""

from __future__ import annotations

from pathlib import Path

import pytest
from loops.recorded import played
from traces.play import op, step

from automem.agent.record import Firing
from automem.api.lint import lint
from automem.errors import RunError
from automem.evidence.diagnostics.finding import Moment
from automem.evidence.diagnostics.guarding import Guards
from automem.library import shipped

V0 = (shipped("specs") / "crafter/v0.yaml").read_text()
MORE = """\
  seldom: {rules: {dying: {when: step > 99, say: dying}}}
guards:
  each: {on: action, when: step > 0, warn: mind}
  second: {on: action, when: step == 2, warn: mind}
"""
SECTIONS = """\
      seldom: {text: "{{ notices.seldom }}"}
      never: {text: late, when: step > 99}
      once: {text: now, when: step == 7}
"""
SMELLY = (
    V0.replace("  files:\n", "  files:\n    rules.md: {schema: reference, text: Trees give wood.}\n")
    .replace("actions:\n", MORE + "\nactions:\n")
    .rstrip()
    + f"\n{SECTIONS}"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `smelly.yaml` stands, and the run `sound` that has played it."""
    folder = tmp_path_factory.mktemp("smells")
    (folder / "smelly.yaml").write_text(SMELLY)
    played(folder, "sound", folder / "smelly.yaml", seeds="42", steps=20)
    return folder


def test_play_shows_what_is_idle_and_what_always_acts(folder: Path) -> None:
    told = {one.path: one for one in lint(str(folder / "smelly.yaml"), "sound", folder / "runs")}
    assert "acted on each of the 20 steps on which it could (1 recorded episode)" in told["guards/each"].message
    assert "never shown in 20 recorded steps of 1 episode" in told["phases/plan/sections/never"].message
    assert {"notices/seldom", "memory/files/rules.md", "ops/COUNT"} < told.keys()
    assert not told.keys() & {"guards/second", "phases/plan/sections/once", "phases/plan/sections/seldom"}
    assert not told.keys() & {"phases/plan/sections/unseen", "ops/APPEND", "ops/ACTION", "ops/DONE"}
    line = SMELLY.splitlines()[told["guards/each"].line - 1]
    assert line.strip().startswith("each:")


def test_play_of_another_scaffold_says_nothing_of_this_one(folder: Path) -> None:
    with pytest.raises(RunError, match="has not played this scaffold as it stands; it has played sound@v0"):
        lint("crafter/v0", "sound", folder / "runs")
    assert lint("sound@v0", "sound", folder / "runs") != lint("sound@v0", runs=folder / "runs") == []


@pytest.mark.parametrize(
    ("on", "could", "other"),
    [
        ("action", {"valid": True}, {"valid": False}),
        ("APPEND", {"ops": (op("append", op="APPEND"),)}, {"ops": (op("append", op="APPEND", status="denied"),)}),
    ],
)
def test_a_guard_is_said_to_act_always_only_of_the_steps_on_which_it_could(on: str, could, other) -> None:
    fired = {**could, "firings": (Firing("guard", "g", "warn"),)}
    for steps, found in (([fired] * 5 + [other], 5), ([fired] * 5 + [could], None), ([fired] * 4, None)):
        finder = Guards({"guards": {"g": {"on": on}}})
        for number, fields in enumerate(steps, 1):
            finder.see(Moment("e", None, step(number, **{"valid": False, **fields}), None, False, False, ()))
        assert [one.value for one in finder.findings(len(steps))] == ([found] if found else [])
