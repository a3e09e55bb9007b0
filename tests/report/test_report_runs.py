"""Reports of real runs: the worlds of nle, a world from outside, both loops, a run that is not finished."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from loops.proposing import Bench, skill
from runs.chat import serving
from runs.making import Lab

from automem.api.report import run_report
from automem.loops.apply import apply
from automem.report.page import to_html
from automem.spec.load import load_experiment


def sections(html: str) -> list[str]:
    return re.findall(r'<section id="([a-z-]+)"', html)


@pytest.mark.parametrize(
    ("world", "env"),
    [
        ("nethack", {"max_steps": 5}),
        ("minihack", {"max_steps": 4, "tasks": ["MazeWalk-9x9", "Boxoban-Hard"], "levels": "generated"}),
    ],
)
def test_worlds_of_nle_have_their_own_references(tmp_path: Path, world: str, env: dict[str, object]) -> None:
    document = {
        "kind": "experiment",
        "name": world,
        "scaffold": f"{world}/v0.yaml",
        "env": {"name": world, **env},
        "seeds": {"select": "42"},
        "models": {"base": {"engine": "scripted", "model": "nethack"}},
    }
    (tmp_path / "experiment.yaml").write_text(json.dumps(document))
    apply(load_experiment(tmp_path / "experiment.yaml"), tmp_path / "runs")
    report = run_report(world, tmp_path / "runs")
    html = to_html(report)
    assert [one.env for one in report.published] == [world]
    assert f'aria-describedby="published-{world}-told"' in html
    shown = ["results", "published", "steps", "behaviour", "cost", "metrics"]
    assert [name for name in sections(html) if name != "episodes"] == shown


def test_loop_1_shows_each_candidate_and_what_decided(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "bench")
    seen = [{"episode": "3", "step": 2, "note": "the wrong side"}, {"episode": "99", "note": "not there"}]
    bench.propose(skill(1), skill(95, evidence=seen))
    bench.apply({"revisions": 1, "attempts": 2, "continuations": 0})
    report = run_report("toy", bench.run.path.parent)
    html = to_html(report)
    names = ["results", "differences", "steps", "behaviour", "lineage", "episodes", "cost", "metrics"]
    assert sections(html) == names
    text = unescape(re.sub(r"<[^>]+>", "", html))
    assert "-  skill: 50  # percent of lamps the player gets right\n+  skill: 95" in text
    assert re.search(r"the wrong side\s*automem view toy --at lamps-3-[0-9a-f]{8}/2 --runs ", text)
    assert "it cannot be opened: no episode matches '99'" in text
    assert [one.cost.tokens for one in report.changes] == [1100, 1100]
    (_, last) = [(one.group.stage, one.group.scaffold) for one in report.results][-2:]
    assert last == ("report", "toy v2")
    gain = re.search(r"<dt>gain</dt><dd><strong>(\+\d+\.\d points)</strong> <span>report toy v0 → v2,", html)
    assert gain is not None


def test_a_run_that_owes_episodes_says_so_first(tmp_path: Path) -> None:
    lab = Lab(tmp_path / "lab")
    with serving() as server:
        server.answers = 10
        lab.apply(models={"base": server.entry()})
    html = to_html(run_report("lab", lab.runs))
    (warned,) = re.findall(r'<ul class="warnings">(.+?)</ul>', html, re.DOTALL)
    assert re.search(r"\d episodes? owed; the same automem apply goes on", warned)
    assert "The last apply was not the end (incomplete)" in warned
    assert "out of order" in warned
    assert sections(html)[0] == "results"
