"""A person at a terminal decides about one candidate after the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from automem.api import review
from automem.errors import AutoMemError
from automem.report.review_text import Page, render_page
from automem.report.text import say


def ask(run: str, page: Page, runs: Path, console: Console) -> bool:
    """Ask what is to become of a waiting candidate, until that is decided or put off.

    Arguments:
        run, runs: its run, and the folder that holds it.
        page: the candidate, which has been shown.
        console: where to say what came of it.

    Returns:
        whether to go on with the next candidate: not once the loop is stopped.
    """
    return _Question(run, runs, page.tried.candidate.number, console).ask()


class _Question:
    def __init__(self, run: str, runs: Path, number: int, console: Console) -> None:
        self._run, self._runs, self._number, self._console = run, runs, number, console

    def ask(self) -> bool:
        answers = {"a": self._accept, "d": self._decline, "e": self._edit, "s": lambda: True, "stop": self._stop}
        title = f"\nc{self._number}: (a)ccept, (d)ecline, (e)dit, (s)kip, or stop the loop"
        while True:
            answer = click.prompt(title, type=click.Choice(list(answers)), show_choices=False)
            if answers[answer]():
                return bool(answer != "stop")

    def _accept(self) -> bool:
        return self._do(
            lambda: review.accept(self._run, self._number, runs=self._runs), "accepted; `automem apply` plays it"
        )

    def _decline(self) -> bool:
        reason = click.prompt("why (later proposals are shown it)")
        return self._do(lambda: review.decline(self._run, self._number, reason, self._runs), "declined")

    def _stop(self) -> bool:
        reason = click.prompt("why")
        return self._do(lambda: review.stop(self._run, reason, self._runs), "the loop is stopped")

    def _edit(self) -> bool:
        """Open the patch in the person's editor until it is one that can be played, or is given up; ask again then."""
        text = review.pages(self._run, self._runs, self._number)[0].tried.candidate.patch
        while (edited := self._opened(text)) is not None:
            text = edited
            if self._do(lambda: review.edit(self._run, self._number, text, "the edited patch", self._runs), "edited"):  # noqa: B023 - called at once
                render_page(review.pages(self._run, self._runs, self._number)[0], self._console)
                return False
            if not click.confirm("edit it again?", default=True):
                break
        say(self._console, "the patch stays as it was")
        return False

    def _opened(self, text: str) -> str | None:
        """What the editor leaves; None where nothing was changed or there is no editor."""
        try:
            return click.edit(text, extension=".yaml")
        except click.ClickException as error:
            say(self._console, error.format_message(), "red")
            return None

    def _do(self, decision: Callable[[], object], done: str) -> bool:
        try:
            decision()
        except AutoMemError as error:
            say(self._console, str(error), "red")
            return False
        say(self._console, f"c{self._number}: {done}", "green")
        return True
