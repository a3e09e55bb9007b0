"""The page in a real browser: everything a person can do with it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from automem.api.view import export_view, open_view
from automem.traces.replay import contents_at
from automem.traces.store import read_step

from .conftest import Played
from .looking import at, file, opened, said, spelt, steps
from .stage import ALLOWED, EVIL

TESTS = Path(__file__).parents[1]


def test_one_seed_at_every_stage_plays_in_lockstep(page: Page, served: Played) -> None:
    opened(page, served.address, 3)
    titles = page.locator(".panel h2").all_inner_texts()
    assert [title.partition(" ·")[0] for title in titles] == ["seed 42"] * 3
    assert ["stage v0" in titles[0], "stage v1" in titles[1], "stage v1" in titles[2]] == [True] * 3
    page.locator("#speed").select_option("30")
    page.keyboard.press(" ")
    expect(page.locator("#play")).to_have_text("❚❚ Pause")
    seen = set()
    for _ in range(20):
        now = steps(page)
        seen.update(now)
        page.wait_for_timeout(20)
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_text("▶ Play")
    page.wait_for_timeout(100)
    assert len(set(steps(page))) == 1
    assert len(seen) > 3
    page.keyboard.press("End")
    at(page, 60)
    page.locator("#play").click()  # from the beginning again
    expect(page.locator("#where")).to_have_text(re.compile(r"^[1-9] / 60"))
    page.locator("#play").click()


def test_every_jump(page: Page, served: Played) -> None:
    opened(page, served.address, 3)
    page.keyboard.press("d")
    said(page, "Step 8: the actions differ: wait · dig")
    at(page, 8)
    page.keyboard.press("Home")
    for keys, step, words in [
        ("r", 4, "reward"),
        ("r", 9, "reward"),
        ("Shift+R", 4, "reward"),
        ("w", 6, "memory write"),
        ("g", 9, "guard"),
        ("g", 18, "guard"),
        ("Shift+W", 15, "memory write"),
    ]:
        page.keyboard.press(keys)
        said(page, f"Step {step}: {words}")
        at(page, step)
    for name, step in (("reward", 19), ("write", 21), ("guard", 27), ("1st difference", 8)):
        page.get_by_role("button", name=name).click()
        at(page, step)
    page.keyboard.press("End")
    page.keyboard.press("r")
    said(page, "There is no reward after step 60")


def test_a_step_in_full(page: Page, served: Played) -> None:
    id_ = served.of_seed(42)[2]
    trace = served.folder.trace(id_)
    opened(page, f"{served.address}#{id_}/12", 1)
    panel = page.locator(".panel")
    step = read_step(trace, 12)
    roles = [turn.role for turn in step.turns]
    assert set(roles) == {"base", "specialist"}
    assert panel.locator(".turn .role").all_inner_texts() == roles
    assert panel.locator(".op b").all_inner_texts() == [op.op for op in step.ops]
    replies = [op.reply for op in step.ops if op.reply]
    assert [text.count("scene ") for text in panel.locator(".op .reply").all_inner_texts()] == [
        reply.count("scene ") for reply in replies
    ]
    assert sum(reply.count("scene ") for reply in replies) > 2
    expect(panel.locator(".chip")).to_contain_text("6.5 %")
    expect(panel.locator(".tag.reward")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    at(page, 14)
    expect(panel.locator(".tag.reward").first).to_have_text("★ reward +1")
    expect(panel.locator(".firing.notice")).to_contain_text("seventh")
    page.keyboard.press("g")
    expect(panel.locator(".firing.guard")).to_contain_text("ninth")


def test_memory_at_a_step_and_what_changed(page: Page, served: Played) -> None:
    id_ = served.of_seed(42)[0]
    trace = served.folder.trace(id_)
    opened(page, f"{served.address}#{id_}/52", 1)
    panel = page.locator(".panel")
    for step in (52, 51, 54, 3):
        page.locator("#scrub").fill(str(step))
        at(page, step)
        for name, text in contents_at(trace, step).items():
            assert file(panel, name) == spelt(text)
        panel.get_by_role("button", name="Follow changes").click()
    assert panel.locator(".file ins").all_inner_texts() == [spelt(contents_at(trace, 3)["map.md"].rstrip("\n"))]
    expect(panel.get_by_role("button", name="goal.md")).to_contain_text("● +1")
    page.keyboard.press("w")
    panel.get_by_role("button", name="goal.md").click()
    assert panel.locator(".file del").all_inner_texts() == ["after 3"]
    assert panel.locator(".file ins").all_inner_texts() == ["after 6"]


def test_prompt_and_answer_of_a_turn_word_for_word(page: Page, served: Played) -> None:
    id_ = served.of_seed(42)[0]
    step = read_step(served.folder.trace(id_), 8)
    opened(page, f"{served.address}#{id_}/8", 1)
    page.get_by_role("button", name="Open prompt and answer of plan turn 2").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".message.answer pre")).to_have_text(step.turns[2].answer)
    parts = dialog.locator(".message:not(.answer) pre").evaluate_all("(all) => all.map((one) => one.textContent)")
    asked = [said.text for turn in step.turns[1:] for said in turn.new]
    assert parts == list(map(spelt, asked))
    dialog.get_by_role("button", name="log 1 · base").click()
    expect(dialog.locator(".message.answer pre")).to_have_text(step.turns[0].answer)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_an_address_leads_to_a_place_and_follows_it(page: Page, served: Played) -> None:
    first, second, third = served.of_seed(43)
    opened(page, f"{served.address}#{first},{third}/7", 2)
    at(page, 7)
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url(f"**/#{first},{third}/17")
    page.evaluate(f"location.hash = '{second}/5'")
    at(page, 5)
    assert page.locator(".panel").count() == 1
    page.evaluate("location.hash = 'stage-7-ffffffff/5'")
    said(page, "There is no episode stage-7-ffffffff here")


def test_episodes_are_searched_and_opened(page: Page, served: Played) -> None:
    opened(page, served.address, 3)
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#filter-count")).to_have_text("3 of 6 episodes")  # the seed of the first panel
    dialog.get_by_label("Search").fill("")
    expect(dialog.locator("#filter-count")).to_have_text("6 episodes")
    dialog.get_by_label("Version").select_option("stage v1")
    expect(dialog.locator(".row")).to_have_count(4)
    dialog.get_by_label("Search").fill("seed:43 select v1 scenes")
    expect(dialog.locator(".row")).to_have_count(2)
    dialog.get_by_label("Progress at least").fill("50")
    expect(dialog.locator("#filter-count")).to_have_text("0 of 6 episodes")
    dialog.get_by_label("Progress at least").fill("0")
    dialog.get_by_label("Order").select_option("best")
    dialog.locator(".row").first.click()
    expect(page.locator(".panel")).to_have_count(4)
    page.locator(".panel").first.get_by_role("button", name="Remove this episode").click()
    expect(page.locator(".panel")).to_have_count(3)
    page.locator(".panel").first.get_by_role("button", name="Change").click()
    dialog.get_by_label("Search").fill(served.of_seed(43)[0])
    page.keyboard.press("Enter")
    expect(page.locator(".panel h2").first).to_contain_text("seed 43")


def test_the_keyboard_alone_is_enough(page: Page, served: Played) -> None:
    opened(page, served.address, 3)
    for keys, step in [
        ("ArrowRight", 2),
        ("Shift+ArrowRight", 12),
        ("ArrowLeft", 11),
        ("Shift+ArrowLeft", 1),
        ("End", 60),
    ]:
        page.keyboard.press(keys)
        at(page, step)
    page.keyboard.press("Home")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("play or pause")
    page.keyboard.press("ArrowRight")  # a dialog keeps its keys
    page.keyboard.press("Escape")
    at(page, 1)
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.do ?? document.activeElement.id"))
    assert {"add", "keys-open", "scrub", "speed", "play", "on10", "difference"} <= reached
    unnamed = page.evaluate(
        "[...document.querySelectorAll('button, input, select')].filter((one) => !one.ariaLabel"
        " && !one.textContent.trim() && !one.labels?.length).map((one) => one.outerHTML)"
    )
    assert unnamed == []


def test_all_steps_in_a_list_of_which_few_are_on_the_page(page: Page, served: Played) -> None:
    opened(page, f"{served.address}#{served.of_seed(42)[0]}/30", 1)
    panel = page.locator(".panel")
    panel.get_by_text("All steps").click()
    expect(panel.locator(".row[aria-current=step]")).to_have_text("30wait✎")
    assert panel.locator(".row").count() < 40
    panel.locator(".row").first.click()
    page.keyboard.press("Home")
    expect(panel.locator(".row[aria-current=step] .number")).to_have_text("1")


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_screen(page: Page, served: Played, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    opened(page, f"{served.address}#{','.join(served.of_seed(42))}/9", 3)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    lefts = page.locator(".panel").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().left)")
    assert len(set(lefts)) == (3 if width == 1280 else 1)
    assert page.locator(".transport").bounding_box()["height"] < 200
    page.keyboard.press("a")
    assert page.get_by_role("dialog").bounding_box()["width"] <= width


def test_text_that_tries_to_run_is_text(page: Page, served: Played) -> None:
    opened(page, f"{served.address}#{','.join(served.of_seed(42))}/55", 3)
    for panel in page.locator(".panel").all():
        expect(panel.locator(".observation")).to_contain_text(spelt(EVIL))
    assert page.locator(".unseen").first.inner_text() == r"\x1b"
    assert page.evaluate("document.querySelectorAll('.panel script, .panel img, .panel u, .panel i').length") == 0
    assert page.evaluate("window.ran") is None


@contextmanager
def ended(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a process if a test fails while it waits."""
    try:
        yield
    except BaseException:
        child.kill()
        raise


@pytest.fixture(scope="module")
def exported(run: Played, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "a b#c"
    export_view(["stage"], folder, run.runs)
    return folder


def test_an_export_opens_from_the_disk(page: Page, run: Played, exported: Path) -> None:
    ids = run.of_seed(42)
    opened(page, f"{(exported / 'index.html').as_uri()}#{ids[0]},{ids[1]}/51", 2)
    at(page, 51)
    expect(page.locator(".observation").first).to_contain_text(spelt(EVIL))
    assert page.evaluate("window.ran") is None
    assert file(page.locator(".panel").first, "goal.md") == contents_at(run.folder.trace(ids[0]), 51)["goal.md"]
    page.keyboard.press("d")
    said(page, "Step 8: the actions differ")
    at(page, 8)
    page.get_by_role("button", name="Open prompt and answer of plan turn 2").first.click()
    answer = read_step(run.folder.trace(ids[0]), 8).turns[2].answer
    expect(page.get_by_role("dialog").locator(".message.answer pre")).to_have_text(answer)
    page.keyboard.press("Escape")
    page.locator("#speed").select_option("30")
    page.locator("#play").click()
    at(page, 60)
    page.locator(".panel").first.get_by_role("button", name="Picture").click()
    expect(page.locator(".remark")).to_have_text("No picture: this export was made without pictures")


def test_a_run_is_followed_while_it_is_played(page: Page, tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    allowed.write_text("20")
    code = "import sys, pathlib, view.stage as s; s.perform(pathlib.Path(sys.argv[1]), parallel={'episodes': 1})"
    surroundings = {**os.environ, ALLOWED: str(allowed), "PYTHONPATH": str(TESTS)}
    with (
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "live")], env=surroundings) as child,
        ended(child),
    ):
        runs, until = tmp_path / "live" / "runs", time.monotonic() + 60
        while not list(runs.glob("stage/traces/*.partial")):
            assert time.monotonic() < until
            time.sleep(0.05)
        with open_view(["stage"], runs) as address:
            page.goto(address)
            expect(page.locator(".panel .about").first).to_contain_text("being played")
            expect(page.locator("#live")).to_have_text("● being played")
            expect(page.locator(".panel")).to_have_count(1)
            expect(page.locator("#where")).to_have_text("1 / 9")
            page.keyboard.press("End")
            page.keyboard.press(" ")
            allowed.write_text("60")
            expect(page.locator("#where")).to_have_text(
                re.compile("[12][0-9] / 2[0-9]")
            )  # new steps appear, play goes on
            allowed.write_text("100000")
            expect(page.locator(".panel .about").first).not_to_contain_text("being played", timeout=30_000)
            page.keyboard.press("End")
            at(page, 60)
            page.keyboard.press("a")
            page.get_by_role("dialog").get_by_label("Search").fill("")
            expect(page.get_by_role("dialog").locator("#filter-count")).to_have_text("2 episodes")
            page.goto("about:blank")
        assert child.wait(30) == 0
