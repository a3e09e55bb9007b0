"""A player of Crafter with faults that a better scaffold can mend.

It plays by the rules of the player `crafter`, and errs: it tries what cannot work and goes on trying, sleeps beside
enemies, writes actions as people say them, forgets to recall and to record, and records blindly. How often is a named
constant beside each fault; the chance comes from the request's seed.
What spares it a fault is something that a scaffold does or that the prompt says, whatever it is called there.

The faults are built in. They are those that published scaffolds had to mend in language models, at rates chosen so that
mending shows within a few minutes of play. Figures of this player show that the loop works, and nothing about any
model.
"""

from __future__ import annotations

from automem.engines.base import Request
from automem.engines.scripted.commands import Command
from automem.engines.scripted.crafter import asks_of
from automem.engines.scripted.crafter.choice import Choice
from automem.engines.scripted.crafter.goals import decide
from automem.engines.scripted.crafter.recall import read_recall
from automem.engines.scripted.crafter.sight import read_sight
from automem.engines.scripted.crafter.situation import Situation
from automem.engines.scripted.novice.attention import forgets_to_recall
from automem.engines.scripted.novice.chance import Chance
from automem.engines.scripted.novice.habits import give_in
from automem.engines.scripted.novice.records import log
from automem.engines.scripted.novice.wording import meant, say
from automem.engines.scripted.prompt import Page, read_page


def play(request: Request) -> str:
    """Answer one request: plan where the prompt lets an action be committed, else record."""
    page, chance = read_page(request.messages), Chance(request.seed)
    commit = page.command("commit")
    return log(page, chance) if commit is None else _plan(page, commit, chance)


def _plan(page: Page, commit: Command, chance: Chance) -> str:
    """The answer to a PLAN prompt. Second thoughts, after an answer of memory or a refusal, are sound ones."""
    refused = frozenset(meant(said, page.actions) or said for said in page.refused())
    situation = Situation(page, read_sight(page.text), read_recall(page), refused)
    sound = decide(situation)
    choice = sound if page.said else give_in(situation, sound, chance)
    asks = [] if page.said or choice.sure or forgets_to_recall(chance) else asks_of(page, choice)
    if asks:
        return f"Goal: {choice.why}. Recall first.\n" + "\n".join(asks)
    return _commit(page, commit, choice, chance)


def _commit(page: Page, commit: Command, choice: Choice, chance: Chance) -> str:
    action = page.actions.get(choice.action.casefold(), choice.action)
    return f"Goal: {choice.why}\n{commit.write(action=say(action, page, chance))}"
