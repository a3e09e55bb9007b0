"""Variants of the compact scaffolds of NetHack and MiniHack."""

from __future__ import annotations

import random

from automem.pretraining import wording
from automem.pretraining.variants import (
    Changes,
    Data,
    fewer_hints,
    more_ops,
    one_conversation,
    rename_files,
    rename_ops,
    reorder_ops,
    reorder_sections,
    reword_answers,
    verb_of,
    without,
)

_UPSERT = (
    "says what is known of a place; here is where you are, front the place you tried to enter",
    "records what is known of a place; here is where you are, and front is the place you tried to enter",
    "sets what is known of a place as x,y, in place of what was said of it",
)
_MAP_ABOUT = (
    "what is known of a place: x,y|Dlvl n what",
    "what was found out about places, as x,y|Dlvl n what",
    "places, one a line: x,y|Dlvl n what",
)
_FACTS_ABOUT = (
    "what was achieved, and which creatures are peaceful",
    "levels reached, prayers and peaceful creatures; what was achieved",
)
_LOG_TASK = (
    "PHASE LOG. Decide what is worth recording: locked doors, stuck boulders, places searched in vain, peaceful "
    "creatures, levels reached. You cannot act in this phase.",
    "Now update your memory with what the screen will not show again; do not write the same twice.",
)
_PLAN_TASK = (
    "PHASE PLAN. Look up what you need, then choose exactly one action.",
    "Decide what to do next. Memory may hold what you cannot see.",
)
_TIPS = (
    "Tip: a dark room shows only what is next to you.",
    "Remember: one action at a time.",
    "Be careful and stay alive.",
    "Note: a pet swaps places with you.",
    "Reminder: memory lasts for the whole episode.",
    "Doors are not passed slantwise.",
)

_TRACED_ABOUT = (
    "places where you were, and the way back from each: x,y|Dlvl n way",
    "the way back from every place you have been to, as x,y|Dlvl n way",
)
_TRACED_TASK = (
    "PHASE LOG. You cannot act in this phase. Record the way back if this place is new; look first.",
    "Now update your memory: how to get back from here, if you have not been here before.",
)


def _reword_ops(data: Data, rng: random.Random) -> None:
    for rule in data["ops"].values():
        verb = verb_of(rule)
        rule["about"] = rng.choice(_UPSERT if verb == "upsert" else wording.ABOUT.get(verb, (rule.get("about", ""),)))


def _reword_files(data: Data, rng: random.Random) -> None:
    files = data["memory"]["files"]
    files["map.md"]["about"] = rng.choice(_MAP_ABOUT)
    files["progress.md"]["about"] = rng.choice(_FACTS_ABOUT)


def _reword_tasks(data: Data, rng: random.Random) -> None:
    for name, texts in (("log", _LOG_TASK), ("plan", _PLAN_TASK)):
        data["phases"][name]["sections"]["task"] = {"text": rng.choice(texts)}


def _reword_now(data: Data, rng: random.Random) -> None:
    """Other words for the same lines."""
    now, near = data["templates"]["now"], data["templates"]["near"]
    now = now.replace("Message: ", rng.choice(("Message: ", "The game says: ")))
    now = now.replace(
        "HP {{ obs.status.hp }} of ", rng.choice(("HP {{ obs.status.hp }} of ", "HP: {{ obs.status.hp }}/"))
    )
    data["templates"]["now"] = now.replace("You are at ", rng.choice(("You are at ", "Position: ")))
    data["templates"]["near"] = near.replace("Beside you ", rng.choice(("Beside you ", "Next to you, ")))
    data["state"]["recent"]["ring"] = rng.choice((2, 3, 4, 6))


def _tips(data: Data, rng: random.Random) -> None:
    """Hints that come and go and say nothing new."""
    for phase in data["phases"].values():
        every = rng.randint(2, 5)
        phase["sections"]["tip"] = {"text": rng.choice(_TIPS), "when": f"step is divisibleby({every})"}


def _reword_traced(data: Data, rng: random.Random) -> None:
    """Other words for the map of ways back, and for what is to be done with it."""
    data["memory"]["files"]["map.md"]["about"] = rng.choice(_TRACED_ABOUT)
    data["phases"]["log"]["sections"]["task"] = {"text": rng.choice(_TRACED_TASK)}


def _patience(data: Data, rng: random.Random) -> None:
    data["tables"]["patience"] = rng.choice((5, 8, 10, 16))


_COMMON: Changes = (
    (without("plan end"), 0.35),
    (without("read"), 0.1),
    (more_ops, 0.35),
    (_reword_now, 0.4),
    (reword_answers, 0.3),
    (fewer_hints, 0.4),
    (reorder_sections, 0.25),
    (_tips, 0.4),
    (one_conversation, 0.12),
    (rename_files, 0.4),
    (reorder_ops, 0.4),
    (rename_ops, 0.45),
)

CHANGES: Changes = ((_reword_files, 0.4), (_reword_ops, 0.4), (_patience, 0.3), (_reword_tasks, 0.5), *_COMMON)
"""What a variant of `nethack/compact` or `minihack/compact` may differ in, and how often."""

TRACED_CHANGES: Changes = ((_reword_traced, 0.5), *_COMMON)
"""The same for `minihack/traced`."""
