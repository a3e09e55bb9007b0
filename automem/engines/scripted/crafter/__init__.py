"""The player of Crafter: rules over what the prompt shows and what memory gives back."""

from __future__ import annotations

from automem.engines.base import Request
from automem.engines.scripted.commands import Command
from automem.engines.scripted.crafter.choice import Choice
from automem.engines.scripted.crafter.goals import decide
from automem.engines.scripted.crafter.logbook import log
from automem.engines.scripted.crafter.recall import read_recall
from automem.engines.scripted.crafter.sight import read_sight
from automem.engines.scripted.crafter.situation import Situation
from automem.engines.scripted.prompt import Page, read_page

_RECALLED = "16"  # lines of the action log that planning asks for


def play(request: Request) -> str:
    """Answer one request: plan where the prompt lets an action be committed, else record."""
    page = read_page(request.messages)
    commit = page.command("commit")
    return log(page) if commit is None else _plan(page, commit)


def _plan(page: Page, commit: Command) -> str:
    """The answer to a PLAN prompt: recall first where that can matter, then commit."""
    sight, recall = read_sight(page.text), read_recall(page)
    choice = decide(Situation(page, sight, recall, page.refused()))
    asks = [] if page.said or choice.sure else asks_of(page, choice)
    if asks:
        return f"Goal: {choice.why}. Recall first.\n" + "\n".join(asks)
    action = page.actions.get(choice.action.casefold(), choice.action)
    return f"Goal: {choice.why}\n{commit.write(action=action)}"


def asks_of(page: Page, choice: Choice) -> list[str]:
    """What planning recalls: the last actions, what was achieved, and places of what is missing."""
    asks = [
        page.write("tail", "actions", n=_RECALLED) if page.filled("actions") else "",
        page.write("read", "facts") if page.filled("facts") else "",
        *(page.write("search", "map", word=word) for word in choice.missing.split() if page.filled("map")),
    ]
    return [ask for ask in asks if ask]
