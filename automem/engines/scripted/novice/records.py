"""Faults of LOG: recording nothing at all, and recording without a look at what is there."""

from __future__ import annotations

from dataclasses import replace

from automem.engines.scripted.crafter import logbook
from automem.engines.scripted.novice.chance import Chance
from automem.engines.scripted.prompt import Page

LAZY = 0.1
"""How often LOG is ended at once. An objection to that, or the engine's own writing, mends it."""
BLIND = 0.7
"""How often facts and places are recorded without a look, mostly twice. Files that refuse repetitions mend it."""


def log(page: Page, chance: Chance) -> str:
    """The answer to a LOG prompt."""
    end = page.command("end")
    idle = end.write() if end else "Nothing to record."
    if not page.said and chance.falls("lazy", LAZY):
        return idle
    if page.said == (idle,):  # an objection came: from the beginning, then
        page = replace(page, said=(), results=())
    answer = logbook.log(page)
    if not answer.startswith(logbook.LOOK) or not chance.falls("blind", BLIND):
        return answer
    needed = page.write("tail", "actions", n="1")  # without it the player would not know what it met
    if needed and needed in answer:
        return f"{logbook.LOOK}\n{needed}"
    return logbook.log(replace(page, said=(logbook.LOOK,), results=("",)))
