"""Other words for the same things: what scaffold variants call their commands and files, and how they put it."""

from __future__ import annotations

from collections.abc import Mapping

from automem.engines.scripted.prompt import COMPASS

STRAIGHT = tuple(COMPASS)
DIAGONAL = tuple(f"{vertical}-{horizontal}" for vertical in STRAIGHT[:2] for horizontal in STRAIGHT[2:])
"""The eight bearings as Crafter spells them."""

TAGS: Mapping[str, tuple[str, ...]] = {
    "search": ("SEARCH", "FIND", "GREP", "QUERY", "SEARCH_FILE", "FIND_LINES"),
    "read": ("READ", "OPEN", "SHOW", "CAT", "READ_FILE", "LOAD"),
    "upsert": ("MAP", "UPSERT", "UPSERT_MAP", "MARK", "PUT", "SET_MAP"),
    "append": ("APPEND", "ADD", "NOTE", "RECORD", "ADD_LINE", "LOG"),
    "log end": ("DONE", "END_LOG", "FINISH", "STOP", "CLOSE"),
    "plan end": ("READY", "ENOUGH_END", "STOP", "DONE", "FINISH"),
    "commit": ("ACTION", "ACT", "PLAY", "COMMIT", "DO"),
}
"""Verb → tags."""

ABOUT: Mapping[str, tuple[str, ...]] = {
    "search": (
        "shows the lines of a file that contain a word",
        "finds the lines with a word",
        "looks for a word in a file and shows the lines that match",
    ),
    "read": ("shows a file", "shows the whole file", "opens a file and shows all of it"),
    "upsert": (
        "says what can be seen from a place; here is where you are",
        "records what is seen from a place; here stands for where you are",
        "sets what can be seen at a place, in place of what was said of it",
    ),
    "append": ("adds a line to a file", "adds one line at the end of a file", "notes a line in a file"),
    "log end": ("ends this phase", "ends LOG", "finish here when there is nothing more to record"),
    "plan end": ("ends recalling; the action is committed next", "ends the look at memory"),
    "commit": ("commits the action and ends the step", "commits one action", "plays the action"),
}
"""Verb → descriptions in the command list."""

MAPS = ("map.md", "places.md", "landmarks.md", "atlas.md", "world_map.txt", "locations.md")
FACTS = ("progress.md", "achieved.md", "milestones.md", "crafting.md", "achievements.txt")
"""What the two files are called."""

MAP_ABOUT = (
    "what can be seen from a place: x,y|what",
    "where things are, one place a line: x,y|what",
    "places and what lies there, as x,y|what",
)
FACTS_ABOUT = (
    "achievements unlocked",
    "what was made or achieved",
    "each achievement that is done, one a line",
)
OTHER_FILES = (
    ("survival.md", "dangers, and where food and drink are"),
    ("strategy.md", "what to do next"),
    ("notes.md", "anything else"),
    ("rules_learned.md", "what does not work"),
)

GAME = (
    "You play Crafter, a survival game. North is up.",
    "This is Crafter, seen from above; north is up. Stay alive and unlock achievements.",
    "You are an agent in the world of Crafter. Unlock as many achievements as you can before the episode ends.",
)
LOG_TASK = (
    "PHASE LOG. Record what of the last step will be needed: achievements, and what can be seen from here. "
    "Look before you write what may be there already.",
    "PHASE LOG. Decide what is worth recording. You cannot act in this phase.",
    "Now update your memory. Write down new achievements and useful places; do not write the same twice.",
)
PLAN_TASK = (
    "PHASE PLAN. Recall from memory what this step needs; then commit one action.",
    "PHASE PLAN. Look up what you need, then choose exactly one action.",
    "Decide what to do next. Memory may hold what you cannot see.",
)
HERE = (
    "You are at {{ state.position | join(',') }}, facing {{ tables.heading_name[state.heading | join(',')] }}.",
    "Position: {{ state.position | join(',') }}, facing {{ tables.heading_name[state.heading | join(',')] }}",
    "You are at ({{ state.position | join(',') }}), facing {{ tables.heading_name[state.heading | join(',')] }}. "
    "(x grows to the east, y to the south)",
)
HANDOFF = (
    "Enough recalled. Commit exactly one action now.",
    "Now commit one action.",
    "Recalling is over; choose the action.",
)
TIPS = (
    "Tip: water restores drink, cows restore food.",
    "Tip: at night zombies are many.",
    "Remember: one action at a time.",
    "Note: trees give wood.",
    "Be careful and stay alive.",
    "Reminder: memory lasts for the whole episode.",
    "A table lets you make tools.",
)
"""Lines that say nothing new; a reader must not stumble over them."""
FOUND = (
    '{{ file }} has {{ total }} with "{{ args.word }}":',
    "Found in {{ file }}:",
    "{{ file }}, lines with {{ args.word }}:",
)
"""How the answer to a search begins."""
