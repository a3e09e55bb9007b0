"""PLAN of a plain player: asks memory where the answer can matter, then commits, each with its reason."""

from __future__ import annotations

from dataclasses import replace

from automem.engines.scripted.commands import Command
from automem.engines.scripted.crafter.choice import Choice
from automem.engines.scripted.crafter.goals import decide
from automem.engines.scripted.crafter.recall import Recall, read_recall
from automem.engines.scripted.crafter.sight import Sight, read_sight
from automem.engines.scripted.crafter.situation import Situation
from automem.engines.scripted.novice.chance import Chance
from automem.engines.scripted.plain.habits import Habits
from automem.engines.scripted.prompt import Page


def plan(page: Page, commit: Command, habits: Habits, chance: Chance) -> str:
    """The answer to a PLAN prompt; where recalling has an end of its own, what is asked and that end are one answer."""
    sight, recall = read_sight(page.text), recalled(page)
    choice = _decide(page, sight, recall)
    wanted = not page.said and not choice.sure and chance.falls("recall", habits.recalls)
    asks = _asks(page, sight, recall, choice) if wanted else []
    end = page.command("end")
    if end is not None and end.write() not in "".join(page.said):
        asks.append(end.write())
        return "\n".join([f"Goal: {choice.why}", *asks] if len(asks) > 1 else asks)
    if asks:
        return "\n".join([f"Goal: {choice.why}", *asks])
    action = page.actions.get(choice.action.casefold(), choice.action)
    return f"Goal: {choice.why}\n{commit.write(action=action)}"


def recalled(page: Page) -> Recall:
    """What is recalled; achievements count as known where their file was asked for, or stands in the prompt."""
    file, shown = page.files.get("facts"), read_recall(replace(page, results=())).asked
    asked = file is not None and any(f"|>{file}" in said for said in page.said)
    return replace(read_recall(page), asked=shown or asked)


def _decide(page: Page, sight: Sight, recall: Recall) -> Choice:
    return decide(Situation(page, sight, recall, page.refused()))


def _asks(page: Page, sight: Sight, recall: Recall, choice: Choice) -> list[str]:
    """What memory is asked: places of what is missing, and achievements where they could change the choice."""
    asks = [page.write("search", "map", word=word) for word in choice.missing.split()[:1] if page.filled("map")]
    if page.filled("facts") and not recall.asked:
        unknown = _decide(page, sight, replace(recall, asked=True))
        if unknown.action != choice.action:
            asks.append(page.write("read", "facts"))
    return [ask for ask in asks if ask]
