"""The three worlds in a real browser: pictures and texts, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from automem.api.view import export_view, open_view
from automem.runs import RunFolder
from automem.traces.store import read_step

from .conftest import Played
from .looking import at, opened
from .stage import perform

WORLDS: dict[str, dict[str, Any]] = {
    "crafter": {"scaffold": "crafter/v0.yaml", "env": {"name": "crafter", "max_steps": 30}},
    "minihack": {
        "scaffold": "minihack/v0.yaml",
        "env": {"name": "minihack", "tasks": ["MazeWalk-9x9"], "max_steps": 8},
    },
    "nethack": {"scaffold": "nethack/v0.yaml", "env": {"name": "nethack", "max_steps": 8}},
}


@pytest.fixture(scope="module", params=WORLDS)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """One episode of a world, played by rules."""
    folder = tmp_path_factory.mktemp("worlds") / request.param
    model = "crafter" if request.param == "crafter" else "nethack"
    sections = {"seeds": {"select": [42]}, "models": {"base": {"engine": "scripted", "model": model}}}
    perform(folder, name="world", **sections, **WORLDS[request.param])
    return Played(RunFolder(folder / "runs" / "world"))


def picture(page: Page) -> str:
    """Where the picture that is shown comes from; it has been read."""
    image = page.locator(".scene img")
    expect(image).to_be_visible()
    assert image.evaluate("(one) => one.complete && one.naturalWidth > 100")
    return str(image.get_attribute("src"))


def test_picture_and_text_of_each_step(page: Page, played: Played) -> None:
    (episode,) = played.episodes
    trace = played.folder.trace(episode.id)
    with open_view(["world"], played.runs, at="42/2") as address:
        opened(page, address, 1)
        for key, step in (("ArrowRight", 3), ("ArrowLeft", 2), ("ArrowLeft", 1), ("End", episode.row.steps or 0)):
            page.keyboard.press(key)
            at(page, step)
            expect(page.locator(".scene img")).to_have_attribute(
                "alt", f"Picture of step {step}; its text is under Text"
            )
            assert picture(page).endswith(f"/picture-{step}.png")
        page.get_by_role("button", name="Text", exact=True).click()
        expect(page.locator(".scene .observation")).to_have_text(read_step(trace, step).observation)
        page.keyboard.press("p")
        picture(page)
        page.goto("about:blank")


def test_an_export_has_its_pictures_with_it(page: Page, played: Played, tmp_path: Path) -> None:
    place = export_view(["world"], tmp_path / "out", played.runs, at="42/3", pictures=True)
    file, _, place = place.partition("#")
    opened(page, f"{Path(file).as_uri()}#{place}", 1)
    at(page, 3)
    assert picture(page).endswith("/picture-3.png")
    pictures = list((tmp_path / "out").rglob("picture-*.png"))
    assert len(pictures) == played.episodes[0].row.steps
