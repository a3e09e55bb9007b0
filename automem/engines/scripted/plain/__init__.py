"""A plain player of Crafter: short answers that rest on what one prompt shows, so that a small model can learn them."""

from __future__ import annotations

from automem.engines.base import Request
from automem.engines.scripted.novice.chance import Chance
from automem.engines.scripted.plain.habits import CAREFUL, Habits
from automem.engines.scripted.plain.logbook import log
from automem.engines.scripted.plain.planner import plan
from automem.engines.scripted.prompt import read_page


class PlainPlayer:
    """Plays with some memory habits; see `Player`.

    Arguments:
        habits: how well it minds its memory.
    """

    def __init__(self, habits: Habits = CAREFUL) -> None:
        self._habits = habits

    def __call__(self, request: Request) -> str:
        """Answer one request: plan where the prompt lets an action be committed, else record."""
        page, chance = read_page(request.messages), Chance(request.seed)
        commit = page.command("commit")
        return log(page, self._habits, chance) if commit is None else plan(page, commit, self._habits, chance)


play = PlainPlayer()
