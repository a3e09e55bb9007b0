"""What a person sees on the page."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def opened(page: Page, address: str, panels: int) -> Page:
    """Go to the page, and wait until its panels show a step and know what can be jumped to."""
    page.goto(address)
    expect(page.locator(".panel .act .action")).to_have_count(panels)
    expect(page.locator(".panel[aria-busy=false]")).to_have_count(panels)
    return page


def steps(page: Page) -> list[str]:
    """The step that each panel shows."""
    return [text.removeprefix("Step ").partition(" ")[0] for text in page.locator(".act > .number").all_inner_texts()]


def at(page: Page, step: int) -> None:
    """Wait until slider and panels are all at a step."""
    expect(page.locator("#where")).to_contain_text(f"{step} / ")
    count = page.locator(".panel").count()
    expect(page.locator(".act > .number", has_text=f"Step {step} ")).to_have_count(count)


def said(page: Page, text: str) -> None:
    expect(page.locator("#said")).to_contain_text(text)


def spelt(text: str) -> str:
    """Text as the page writes it."""
    return text.replace("\x1b", r"\x1b").replace("\x07", r"\x07").replace("\u202e", r"\u202e")


def file(panel: Locator, name: str) -> str:
    """A file's text after the step, as the panel shows it."""
    panel.get_by_role("button", name=name).first.click()
    expect(panel.locator(f".file[aria-label='File {name}']")).to_be_visible()
    lines = panel.locator(".file pre > :not(del)").evaluate_all("(all) => all.map((one) => one.textContent)")
    return "\n".join(lines)
