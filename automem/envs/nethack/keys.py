"""NetHack's commands by the names BALROG gives them: the key each presses and what it does."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import Any, NamedTuple

from automem.envs.settings import instead
from automem.errors import AutoMemError


class Command(NamedTuple):
    """What one action does.

    Arguments:
        key: the code of the key it presses.
        about: what that does in the game.
    """

    key: int
    about: str


MOVES: dict[str, tuple[int, int]] = {
    "north": (0, -1),
    "east": (1, 0),
    "south": (0, 1),
    "west": (-1, 0),
    "northeast": (1, -1),
    "southeast": (1, 1),
    "southwest": (-1, 1),
    "northwest": (-1, -1),
}
"""Direction → the step it takes in columns and rows; rows grow to the south."""

MORE = ord("\r")
SPACE = ord(" ")
ESC = 0x1B

_LETTERS = dict(zip(MOVES, "kljhunby", strict=True))


def _meta(letter: str) -> int:
    return 0x80 | ord(letter)


def _control(letter: str) -> int:
    return 0x1F & ord(letter)


COMMANDS: dict[str, Command] = {
    **{way: Command(ord(key), f"go one step {way}, or hit what stands there") for way, key in _LETTERS.items()},
    **{
        f"far {way}": Command(ord(key.upper()), f"go {way} until something of interest is met")
        for way, key in _LETTERS.items()
    },
    "up": Command(ord("<"), "climb the stairs or ladder one stands on"),
    "down": Command(ord(">"), "descend the stairs or ladder one stands on"),
    "wait": Command(ord("."), "let one turn pass"),
    "more": Command(MORE, "go on to the next message"),
    "annotate": Command(_meta("A"), "give the level a name"),
    "apply": Command(ord("a"), "use a tool such as a key, a lamp or a pick-axe"),
    "call": Command(ord("C"), "give a name to a monster or an item"),
    "cast": Command(ord("Z"), "cast a spell"),
    "close": Command(ord("c"), "close a door"),
    "dip": Command(_meta("d"), "dip an item into something"),
    "drop": Command(ord("d"), "drop an item"),
    "droptype": Command(ord("D"), "drop all items of some kinds"),
    "eat": Command(ord("e"), "eat something"),
    "esc": Command(ESC, "leave a question or a menu without an answer"),
    "engrave": Command(ord("E"), "write on the floor"),
    "enhance": Command(_meta("e"), "look at skills and advance them"),
    "fire": Command(ord("f"), "shoot or throw what is in the quiver"),
    "fight": Command(ord("F"), "hit in the direction given next, even if nothing is seen there"),
    "force": Command(_meta("f"), "force a lock"),
    "inventory": Command(ord("i"), "list what is carried"),
    "invoke": Command(_meta("i"), "use an item's special power"),
    "jump": Command(_meta("j"), "jump to another place"),
    "kick": Command(_control("d"), "kick something"),
    "look": Command(ord(":"), "look at what lies here"),
    "loot": Command(_meta("l"), "open a box on the floor"),
    "monster": Command(_meta("m"), "use a monster's ability while in its shape"),
    "offer": Command(_meta("o"), "offer a sacrifice on an altar"),
    "open": Command(ord("o"), "open a door"),
    "pay": Command(ord("p"), "pay a shopkeeper"),
    "pickup": Command(ord(","), "pick up what lies here"),
    "pray": Command(_meta("p"), "pray to one's god"),
    "puton": Command(ord("P"), "put on a ring, an amulet or a blindfold"),
    "quaff": Command(ord("q"), "drink something"),
    "quiver": Command(ord("Q"), "choose what to fire"),
    "read": Command(ord("r"), "read a scroll or a spellbook"),
    "remove": Command(ord("R"), "take off a ring, an amulet or a blindfold"),
    "rub": Command(_meta("r"), "rub a lamp or a stone"),
    "search": Command(ord("s"), "search the eight squares around for what is hidden"),
    "swap": Command(ord("x"), "exchange the weapon in hand with the second one"),
    "takeoff": Command(ord("T"), "take off one piece of armour"),
    "takeoffall": Command(ord("A"), "take off several pieces of armour"),
    "teleport": Command(_control("t"), "teleport within the level, if one can"),
    "throw": Command(ord("t"), "throw something"),
    "travel": Command(ord("_"), "walk to a place chosen on the map"),
    "twoweapon": Command(ord("X"), "begin or end fighting with two weapons"),
    "untrap": Command(_meta("u"), "disarm a trap"),
    "wear": Command(ord("W"), "put on a piece of armour"),
    "wield": Command(ord("w"), "take a weapon in hand"),
    "wipe": Command(_meta("w"), "wipe one's face"),
    "zap": Command(ord("z"), "zap a wand"),
    "minus": Command(ord("-"), "type -, which stands for nothing or the bare hands"),
    "space": Command(SPACE, "type a space, which turns the page of a menu"),
    "apos": Command(ord("'"), "type '"),
    **{digit: Command(ord(digit), f"type {digit}, such as in how often or how many") for digit in string.digits},
    **{letter: Command(ord(letter), f"type {letter}, such as for an item") for letter in string.ascii_letters},
}
"""Action → what it does, for all that NetHack can be played with here."""


def key_of(game: str, action: str, actions: Iterable[str]) -> int:
    """The key that `action` presses.

    Raises:
        AutoMemError: it is none of `actions`; the message names the nearest.
    """
    known = list(actions)
    if action in known:
        return COMMANDS[action].key
    raise AutoMemError(f"{game} has no action {action!r}; {instead(action.casefold(), known)}")


def facts(actions: Iterable[str]) -> dict[str, Any]:
    """What prompts may say of `actions`, as plain data.

    Keys:
        actions: action → what it does.
        moves: direction → its step in columns and rows, rows growing to the south.
    """
    known = list(actions)
    return {
        "actions": {action: COMMANDS[action].about for action in known},
        "moves": {way: list(step) for way, step in MOVES.items() if way in known},
    }
