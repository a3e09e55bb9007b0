"""A plain player of NetHack and MiniHack: short answers that rest on the lines of one compact prompt."""

from __future__ import annotations

from automem.engines.base import Request
from automem.engines.scripted.novice.chance import Chance
from automem.engines.scripted.plain.habits import CAREFUL, Habits
from automem.engines.scripted.plain_nethack.logbook import log
from automem.engines.scripted.plain_nethack.planner import plan
from automem.engines.scripted.prompt import read_page


class PlainNetHackPlayer:
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


play = PlainNetHackPlayer()
