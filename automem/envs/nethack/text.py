"""What the agent reads of a game of NetHack or MiniHack: BALROG's sections, put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from automem.envs.nethack.language import cursor, language
from automem.envs.nethack.screen import inventory, map_rows, statistics

# Raised whenever the text of the same situation changes; part of every episode's key.
FORMAT = 1

VIEWS = ("hybrid", "language")


def describe(arrays: Mapping[str, NDArray[Any]], message: str, view: str) -> str:
    """One observation as BALROG's wrappers compose it, every section `<name>:`, its text and an empty line.

    - `hybrid`, BALROG's default: message, language observation, cursor with its column and row on the
      terminal, the terminal's rows from the second on as a map, inventory;
    - `language`: message, language observation, cursor, statistics, inventory.

    Characters are latin-1, and control characters come through as the game gives them.

    Arguments:
        arrays: nle's observation: `glyphs` [21, 79], `blstats` [27], `tty_chars` [24, 80], `tty_cursor` [2],
            `inv_letters` [55] and `inv_strs` [55, 80].
        message: what the game says; of several screens in a row, the texts joined.
        view: one of `VIEWS`.

    Raises:
        ValueError: there is no such view.
    """
    if view not in VIEWS:
        raise ValueError(f"no view {view!r} of NetHack: it is one of {', '.join(VIEWS)}")
    glyphs, blstats, tty_cursor = arrays["glyphs"], arrays["blstats"], arrays["tty_cursor"]
    place = cursor(glyphs, blstats, tty_cursor)
    carried = inventory(arrays["inv_letters"], arrays["inv_strs"])
    sections = {"message": message, "language observation": language(glyphs, blstats)}
    if view == "hybrid":
        sections["cursor"] = f"{place}\n(x={tty_cursor[1]}, y={tty_cursor[0]})"
        sections["map"] = map_rows(arrays["tty_chars"])
    else:
        sections["cursor"] = place
        sections["statistics"] = statistics(blstats)
    sections["inventory"] = carried
    return "\n".join(f"{name}:\n{text}\n" for name, text in sections.items())
