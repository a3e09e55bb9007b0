"""Messages, menus, statistics, inventory and map: what NetHack's terminal shows, as BALROG's wrapper gives it."""

from __future__ import annotations

import numpy as np
from nle import nethack
from numpy.typing import NDArray

# Space and ^Z are what the wrapper strips from the ends of a row.
_BLANK = b" \x1a"
_PAGE_ENDS = (b"--More--", b"(end)")
_DEATH_SCREENS = (b"Points", b"list!")

# Numbers are places in nle's `blstats`.
_STATISTICS = """\
Strength: {3}/{2}
Dexterity: {4}
Constitution: {5}
Intelligence: {6}
Wisdom: {7}
Charisma: {8}
Depth: {12}
Gold: {13}
HP: {10}/{11}
Energy: {14}/{15}
AC: {16}
XP: {18}/{19}
Time: {20}
Position: {0}|{1}
Hunger: {hunger}
Monster Level: {17}
Encumbrance: {encumbrance}
Dungeon Number: {23}
Level Number: {24}
Score: {9}
Alignment: {alignment}
Condition: {condition}"""
ALIGNMENTS = {-128: "None", 1: "Lawful", 0: "Neutral", -1: "Chaotic"}
HUNGER = dict(enumerate(("Satiated", "Not Hungry", "Hungry", "Weak", "Fainting", "Fainted", "Starved")))
ENCUMBRANCE = dict(enumerate(("Unencumbered", "Burdened", "Stressed", "Strained", "Overtaxed", "Overloaded")))
# In the wrapper's order when several hold: that of its hash table.
CONDITIONS = (
    (nethack.BL_MASK_FLY, "Flying"),
    (nethack.BL_MASK_LEV, "Levitating"),
    (nethack.BL_MASK_HALLU, "Hallucinating"),
    (nethack.BL_MASK_CONF, "Confused"),
    (nethack.BL_MASK_STUN, "Stunned"),
    (nethack.BL_MASK_DEAF, "Deaf"),
    (nethack.BL_MASK_BLIND, "Blind"),
    (nethack.BL_MASK_TERMILL, "Terminally Ill"),
    (nethack.BL_MASK_FOODPOIS, "Food Poisoning"),
    (nethack.BL_MASK_STRNGL, "Strangled"),
    (nethack.BL_MASK_SLIME, "Slimed"),
    (nethack.BL_MASK_RIDE, "Riding"),
    (nethack.BL_MASK_STONE, "Stoned"),
)


def message(tty_chars: NDArray[np.uint8]) -> str:
    """The first row of the terminal; if a menu, a text or a death screen covers it, all of its rows.

    A page is known by its end, `--More--`, `(end)` or `(1 of 3)`, a death screen by its second row; of both
    the columns left of the first row's text are cut off, and empty rows left out. As in the wrapper, a row
    with nothing but a character in its last column counts as empty, and pages numbered with two digits are
    not known as such. If the first row is empty, each row below begins with the last character of the one
    above it; what the wrapper reads there for the first row, a byte before the screen's memory, is left out.

    Arguments:
        tty_chars: characters on the terminal, `[24, 80]`.
    """
    width = tty_chars.shape[1]
    screen = tty_chars.tobytes()
    first, second = _strip(screen[:width]), _strip(screen[width : 2 * width])
    if not first and not second:
        return ""
    is_death = any(word in second for word in _DEATH_SCREENS)
    text = None
    if is_death or any(end in screen for end in (*_PAGE_ENDS, b" of ")):
        text = _page(_rows(screen, width), is_death)
    return (first if text is None else text).decode("latin-1")


def whole_message(tty_chars: NDArray[np.uint8]) -> str:
    """What the game says: the `message`, or one that NetHack has broken in the middle of its `--More--`.

    The wrapper takes the first row of that for all of it, and cannot turn the page.

    Arguments:
        tty_chars: characters on the terminal, `[24, 80]`.
    """
    screen, width = tty_chars.tobytes(), tty_chars.shape[1]
    at = screen.find(_PAGE_ENDS[0])
    if at < 0 or at % width + len(_PAGE_ENDS[0]) <= width:
        return message(tty_chars)
    rows = (_strip(screen[start : min(start + width, at)]) for start in range(0, at, width))
    return (b" ".join(filter(None, rows)) + _PAGE_ENDS[0]).decode("latin-1")


def _rows(screen: bytes, width: int) -> list[bytes]:
    """All rows from the column on where the first one's text begins, stripped."""
    text = screen[:width].lstrip(b" ")
    indent = width - len(text) if text else -1
    behind_a_blank = b" " + screen
    return [_strip(behind_a_blank[start + 1 + indent : start + 1 + width]) for start in range(0, len(screen), width)]


def _page(rows: list[bytes], is_death: bool) -> bytes | None:
    """The rows of a menu, a text or a death screen up to its end; None if no end of one is on the screen."""
    text, empty = b"", 0
    for row in rows:
        if _ends_page(row):
            return text + row
        text += row + b"\n" if row else b""
        empty = 0 if row else empty + 1
        if is_death and empty > 1:
            return text
    return None


def _strip(row: bytes) -> bytes:
    """The row without blanks at its ends; nothing if that leaves only its very last character."""
    left = row.lstrip(_BLANK)
    return left.rstrip(_BLANK) if len(left) != 1 else b""


def _ends_page(line: bytes) -> bool:
    if any(end in line for end in _PAGE_ENDS):
        return True
    of = line.find(b" of ")
    return of >= 2 and line[of - 2 : of - 1] == b"(" and line[of + 5 : of + 6] == b")"


def statistics(blstats: NDArray[np.int64]) -> str:
    """The status line's figures, one a line; what NetHack has no word for is left empty.

    Arguments:
        blstats: nle's 27 figures of the status line.
    """
    figures = blstats.tolist()
    return _STATISTICS.format(
        *figures,
        hunger=HUNGER.get(figures[nethack.NLE_BL_HUNGER], ""),
        encumbrance=ENCUMBRANCE.get(figures[nethack.NLE_BL_CAP], ""),
        alignment=ALIGNMENTS.get(figures[nethack.NLE_BL_ALIGN], ""),
        condition=_conditions(figures[nethack.NLE_BL_CONDITION]),
    )


def _conditions(mask: int) -> str:
    return " ".join(word for bit, word in CONDITIONS if mask & bit) or "None"


def inventory(letters: NDArray[np.uint8], strs: NDArray[np.uint8]) -> str:
    """What is carried, a line `a: an uncursed dagger` for each.

    Arguments:
        letters: the items' letters, `[55]`, 0 where there are no more.
        strs: the items' descriptions, `[55, 80]`, each ended by 0.
    """
    carried = letters.tobytes().partition(b"\0")[0].decode("latin-1")
    rows, width = strs[: len(carried)].tobytes().decode("latin-1"), strs.shape[1]
    texts = (rows[start : start + width].partition("\0")[0] for start in range(0, len(rows), width))
    return "\n".join(f"{letter}: {text}" for letter, text in zip(carried, texts, strict=True))


def map_rows(tty_chars: NDArray[np.uint8]) -> str:
    """The terminal's rows below the message, the status lines included, each ended by a line feed.

    Arguments:
        tty_chars: characters on the terminal, `[24, 80]`.
    """
    width = tty_chars.shape[1]
    screen = tty_chars[1:].tobytes().decode("latin-1")
    return "".join(f"{screen[start : start + width]}\n" for start in range(0, len(screen), width))
