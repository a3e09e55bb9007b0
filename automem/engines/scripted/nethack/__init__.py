"""The player of NetHack and MiniHack: rules over what the screen shows and what the notes give back."""

from __future__ import annotations

from automem.engines.base import Request
from automem.engines.scripted.commands import Command
from automem.engines.scripted.nethack.level import read_level
from automem.engines.scripted.nethack.logbook import log
from automem.engines.scripted.nethack.notes import BLOCKED, DEAD_END, PRAYED, key_of, read_notes
from automem.engines.scripted.nethack.policy import decide, is_dire
from automem.engines.scripted.nethack.screen import observation_of
from automem.engines.scripted.nethack.situation import Choice, Situation
from automem.engines.scripted.prompt import read_page

_MANY = 80  # of so many notes, a search for all of a level may leave the oldest out


def play(request: Request) -> str:
    """Answer one request: plan where the prompt lets an action be committed, else record."""
    page = read_page(request.messages)
    level = read_level(observation_of(page.text), page.here)
    commit = page.command("commit")
    if commit is None:
        return log(page, level)
    notes = read_notes(page, level.screen.level)
    if notes.doors:
        level = read_level(observation_of(page.text), page.here, frozenset(notes.doors))
    return _plan(Situation(page, level, notes, request.seed), commit)


def _plan(s: Situation, commit: Command) -> str:
    """The answer to a PLAN prompt: recall first where that can matter, then commit."""
    asks = [] if s.page.said else _asks(s)
    choice, action = _first_offered(s, recalled=not asks)
    failed = BLOCKED.search(s.level.screen.message)  # what stopped the last action is noted, not always shown
    if asks and (failed or not choice.sure):
        return f"Goal: {choice.why}. Recall first.\n" + "\n".join(asks)
    return f"Goal: {choice.why}\n{commit.write(action=action)}"


def _first_offered(s: Situation, recalled: bool) -> tuple[Choice, str]:
    """The best choice that the prompt offers an action for, and that action."""
    for choice in decide(s, recalled):
        for action in choice.actions:
            if s.can(action):
                return choice, s.page.actions.get(action.casefold(), action)
    offered = list(s.page.actions.values()) or ["esc"]
    left = (action for action in offered if s.can(action))
    return Choice((), "nothing better is offered"), next(left, offered[0])


def _asks(s: Situation) -> list[str]:
    """What planning recalls: all notes of this level, and in trouble whether it has prayed."""
    words = [key_of(s.level.screen.level), *([PRAYED] if is_dire(s) else [])]
    if s.page.counts.get(s.page.files.get("map", ""), 0) > _MANY:
        words.append(DEAD_END)
    asks = [s.page.write("search", "map", word=word) for word in words] if s.page.filled("map") else []
    if s.page.filled("actions"):
        asks.append(s.page.write("tail", "actions", n="1"))
    return [ask for ask in asks if ask]
