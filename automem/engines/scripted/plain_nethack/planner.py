"""PLAN of the plain player of NetHack: asks memory where the answer can matter, then commits."""

from __future__ import annotations

from automem.engines.scripted.commands import Command
from automem.engines.scripted.novice.chance import Chance
from automem.engines.scripted.plain.habits import Habits
from automem.engines.scripted.plain_nethack.choice import Choice, decide
from automem.engines.scripted.plain_nethack.recall import Recall, read_recall
from automem.engines.scripted.plain_nethack.sight import Sight, read_sight
from automem.engines.scripted.prompt import Page


def plan(page: Page, commit: Command, habits: Habits, chance: Chance) -> str:
    """The answer to a PLAN prompt; where recalling has an end of its own, what is asked stands before it."""
    sight = read_sight(page)
    choice, action = _first_offered(page, sight, read_recall(page, sight.level), chance)
    asks = [] if page.said or not chance.falls("recall", habits.recalls) else _asks(page, choice)
    end = page.command("end")
    if end is not None and end.write() not in "".join(page.said):
        return "\n".join([*asks, end.write()])
    if asks:
        return "\n".join([f"Goal: {choice.why}", *asks])
    return f"Goal: {choice.why}\n{commit.write(action=action)}"


def _asks(page: Page, choice: Choice) -> list[str]:
    found = (
        page.write("search", purpose, word=word) or page.write("read", purpose)
        for purpose, word in choice.asks
        if page.filled(purpose)
    )
    return [ask for ask in found if ask]


def _first_offered(page: Page, sight: Sight, recall: Recall, chance: Chance) -> tuple[Choice, str]:
    """The best choice for which the prompt offers an action, and that action."""
    refused = page.refused()
    for choice in decide(sight, recall, chance):
        for action in choice.actions:
            if action not in refused and (not page.actions or action in page.actions):
                return choice, page.actions.get(action, action)
    offered = [action for action in page.actions.values() if action not in refused] or ["search"]
    return Choice((), "nothing better is offered"), chance.pick("offered", offered)
