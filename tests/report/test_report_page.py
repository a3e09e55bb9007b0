"""The page in a real browser: nothing in it runs, all of it is shown, and it fits where it is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from automem.api.report import run_report
from automem.report.page import to_html

from .hostile import CONTROL, EVIL, LONG, NAME, SPELT, hostile

POLICY = "Content-Security-Policy"


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    return to_html(run_report(NAME, hostile(tmp_path_factory.mktemp("hostile"))))


@pytest.mark.parametrize("policy", [True, False], ids=["with its policy", "without it"])
def test_nothing_runs_and_all_is_shown(html: str, page: Page, tmp_path: Path, policy: bool) -> None:
    file = tmp_path / "report.html"
    file.write_text(html if policy else html.replace(POLICY, "x-none"), encoding="utf-8")
    page.goto(file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.hover("h1")
    assert page.evaluate("window.hit") is None
    assert page.evaluate("document.querySelectorAll('script, img, iframe, object, [style], [onerror]').length") == 0
    shown = page.evaluate("document.body.innerText")
    places = ("reason", "verdict", "proposed by", "expects")
    assert all(EVIL in fact or SPELT in fact for place in places for fact in facts(page, place)[:1])
    assert shown.count(EVIL) > 10
    assert SPELT in shown
    assert not any(character in shown for character in CONTROL[:1] + "\x07\u202e")
    assert page.title() == f"{NAME} · AutoMem report"


def facts(page: Page, name: str) -> list[str]:
    """What the page states under that name, the hostile ones first."""
    found = page.locator(f"dt:text-is('{name}') + dd").all_inner_texts()
    return sorted(found, key=lambda text: EVIL not in text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_can_be_read(html: str, page: Page, scheme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_content(html)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert LONG in page.evaluate("document.body.innerText")
    paper, ink, drawn = (page.evaluate(f"getComputedStyle(document.{what}") for what in COLOURS)
    assert (brightness(paper) > 200, brightness(ink) < 100) == ((scheme == "light"),) * 2
    assert drawn == ink
    assert page.locator("svg[role=img][aria-label] > desc").count() == page.locator("figure").count() > 4
    assert page.evaluate(SMALLEST) >= (11 if width == 1280 else 8)


COLOURS = ("body).backgroundColor", "body).color", "querySelector('svg text')).fill")
SMALLEST = """Math.min(...[...document.querySelectorAll('svg text')].map(one => {
    const drawn = one.getScreenCTM();
    return parseFloat(getComputedStyle(one).fontSize) * Math.hypot(drawn.a, drawn.b);
}))"""


def brightness(colour: str) -> float:
    return sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(","))) / 3


def test_on_paper_nothing_is_folded_away(html: str, page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.set_content(html)
    assert page.locator("nav").is_hidden()
    assert page.locator("details pre").first.bounding_box() is not None
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_headings_tables_and_links_are_in_order(html: str, page: Page) -> None:
    page.set_content(html)
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(one => one.tagName)")
    assert levels[0] == "H1"
    assert set(levels[1:]) == {"H2"}
    assert page.evaluate("[...document.querySelectorAll('table')].every(one => one.caption.textContent)")
    assert page.evaluate("[...document.querySelectorAll('th')].every(one => one.scope)")
    targets = page.evaluate("[...document.querySelectorAll('a')].map(one => one.getAttribute('href'))")
    assert page.evaluate("targets => targets.every(one => document.querySelector(one))", targets)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
