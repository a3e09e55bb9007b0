"""How a plain player answers: LOG and PLAN by rules that see one prompt, its habits, and chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from automem.engines.base import Request
from automem.engines.scripted.commands import Command
from automem.engines.scripted.novice.chance import Chance
from automem.engines.scripted.plain.habits import CAREFUL, Habits
from automem.engines.scripted.prompt import Page, read_page


@dataclass(frozen=True)
class PlainPlayer:
    """A player of one game; see `Player`.

    Arguments:
        log: answers a LOG prompt.
        plan: answers a PLAN prompt, given the command that commits.
        habits: how well it minds its memory.
    """

    log: Callable[[Page, Habits, Chance], str]
    plan: Callable[[Page, Command, Habits, Chance], str]
    habits: Habits = CAREFUL

    def __call__(self, request: Request) -> str:
        """Answer one request: plan where the prompt lets an action be committed, else record."""
        page, chance = read_page(request.messages), Chance(request.seed)
        commit = page.command("commit")
        if commit is None:
            return self.log(page, self.habits, chance)
        return self.plan(page, commit, self.habits, chance)
