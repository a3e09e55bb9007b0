"""Text from games, models and files, made harmless for a terminal and a page."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` with what would drive a terminal, turn the reading direction or be no character spelt out.

    These are control characters other than tab and line feed, marks of direction, and halves of surrogate pairs.
    """
    return _CONTROL.sub(lambda match: _spelt(ord(match[0])), text)


def _spelt(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
