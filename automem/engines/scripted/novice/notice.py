"""What a prompt says about actions that came to nothing, and how plainly it says so."""

from __future__ import annotations

import re
from typing import Literal

Tone = Literal["silent", "mild", "loud", "by name"]

# An advice for some later case tells nothing about the last action.
_SUPPOSED = re.compile(r"\b(?:if|when|whenever|unless|once)\b[^.;!\n]*", re.IGNORECASE)
_FUTILE = re.compile(
    r"nothing (?:has |was )?(?:changed|happened)|no (?:effect|change)|did(?: not|n't) (?:work|help|change)|did nothing"
    r"|does not work|unchanged|has failed|in vain|without effect|repeating|stuck",
    re.IGNORECASE,
)
_URGENT = re.compile(
    r"\b(?:WARNING|STOP|CRITICAL|ATTENTION)\b|\b[Dd]o (?:something|anything) else|\b[Tt]ry (?:something|another)"
    r"|\b(?:another|a different|other) action|\b[Dd]o not (?:repeat|do)|[Ii]nstead"
)


def tone(text: str, action: str) -> Tone:
    """How plainly `text` says that what was done came to nothing.

    `loud`: the line that says so warns or asks for something else; `by name`: it names `action` too.
    """
    lines = [line for line in _SUPPOSED.sub("", text).split("\n") if _FUTILE.search(line)]
    urgent = [line for line in lines if _URGENT.search(line)]
    if any(action.casefold() in line.casefold() for line in urgent):
        return "by name"
    return "loud" if urgent else "mild" if lines else "silent"
