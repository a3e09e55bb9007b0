"""One cut in a text, and what is put in its place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Splice:
    """A change of a text.

    Arguments:
        start: how many characters stand before it.
        end: where what it takes out ends.
        put: what it puts there.
    """

    start: int
    end: int
    put: str

    def of(self, text: str) -> str:
        """The text with the change made."""
        return text[: self.start] + self.put + text[self.end :]


def newline_of(text: str) -> str:
    """The line break that a text uses."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"
