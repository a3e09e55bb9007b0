"""What each of NetHack's glyphs is called in the text: the words of the language wrapper that BALROG plays with."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, product

from nle import nethack

_EXPLOSIONS = tuple(
    f"explosion {row} {column}" for row, column in product(("top", "middle", "bottom"), ("left", "center", "right"))
)
_SWALLOWS = tuple(name.replace("explosion", "swallow") for name in _EXPLOSIONS if name != "explosion middle center")

# The symbols of a level's map in the order of NetHack's `defsym.h`, floor and walls first. The spelling is the
# wrapper's: altars are `alter`, and there and below every name must stay as it is for texts to be comparable.
_MAP_SYMBOLS = (
    *("dark area", "vertical wall", "horizontal wall", "northwest room corner", "northeast room corner"),
    *("southwest corner", "southeast corner", "cross wall", "t up wall", "t down wall", "t west wall", "t east wall"),
    *("doorway", "vertical open door", "horizontal open door", "vertical closed door", "horizontal closed door"),
    *("bars", "tree", "room floor", "dark room floor", "corridor floor", "lit corridor floor"),
    *("stairs up", "stairs down", "ladder up", "ladder down", "alter", "grave", "throne", "sink", "fountain"),
    *("pool", "ice", "lava", "vertical lowered drawbridge", "horizontal lowered drawbridge"),
    *("vertical raised drawbridge", "horizontal raised drawbridge", "air floor", "cloud floor", "water floor"),
    *("arrow trap", "dart trap", "falling rock trap", "squeaky board", "bear trap", "land mine"),
    *("rolling boulder trap", "sleeping gas trap", "rust trap", "fire trap", "pit", "spiked pit", "hole", "trap door"),
    *("teleportation trap", "level teleporter", "magic portal", "web", "statue trap", "magic trap"),
    *("anti magic trap", "polymorph trap", "vibrating square"),
    *("vertical beam", "horizontal beam", "left slant beam", "right slant beam", "dig beam", "flash beam"),
    *("boom left", "boom right", "shield 1", "shield 2", "shield 3", "shield 4", "poison cloud", "valid position"),
    *_SWALLOWS,
)
_FLOORS = frozenset({"room floor", "dark room floor", "corridor floor", "lit corridor floor"})
_SEEN_ANYWHERE = frozenset(
    {"horizontal closed door", "vertical closed door", "bars", "tree", "stairs up", "stairs down", "ladder up"}
    | {"ladder down", "alter", "grave", "throne", "sink", "fountain", "pool", "ice", "lava"}
    | {"vertical raised drawbridge", "horizontal raised drawbridge"}
)
# Closed doors and raised drawbridges do not end a ray: they are named anywhere, so no ray takes notice of them.
OPAQUE = frozenset(_MAP_SYMBOLS[: _MAP_SYMBOLS.index("doorway")])
"""Names of what a ray ends at, having named it."""

_ZAPS = tuple(f"{slant} zap beam" for slant in ("horizontal", "vertical", "left slant", "right slant"))
_WARNINGS = tuple(
    f"unknown creature causing you {feeling}"
    for feeling in ("worry", "concern", "anxiety", "disquiet", "alarm", "dread")
)

# How an object of a class is called, by its name and by its unidentified look; of every other class, by its name.
_OBJECT_FORMS = {
    nethack.RING_CLASS: "{look} ring",
    nethack.POTION_CLASS: "{look} potion",
    nethack.SCROLL_CLASS: "scroll labeled {look}",
    nethack.SPBOOK_CLASS: "{look} spellbook",
    nethack.WAND_CLASS: "{look} wand",
    nethack.VENOM_CLASS: "splash of {name}",
}


def _object(number: int) -> str:
    """The name of the object in that row of NetHack's own table, before any game shuffles how objects look."""
    entry = nethack.objclass(number)
    name, look = nethack.OBJ_NAME(entry) or "", nethack.OBJ_DESCR(entry) or ""
    kind = ord(entry.oc_class)
    if kind in (nethack.ARMOR_CLASS, nethack.TOOL_CLASS):
        return look or name
    if kind == nethack.AMULET_CLASS:
        return look if "Amulet" in look else f"{look} amulet"
    if kind == nethack.GEM_CLASS:
        return name if look in name else f"{look} {name}"
    return _OBJECT_FORMS.get(kind, "{name}").format(name=name, look=look)


def _screen_names() -> tuple[str, ...]:
    monsters = [nethack.permonst(number).mname for number in range(nethack.NUMMONS)]
    # In the order of the glyphs: each group begins at its GLYPH_…_OFF, where the one before it ends.
    names: tuple[Iterable[str], ...] = (
        monsters,
        (f"tame {name}" for name in monsters),
        ["invisible creature"],
        (f"detected {name}" for name in monsters),
        (f"{name} corpse" for name in monsters),
        (f"ridden {name}" for name in monsters),
        map(_object, range(nethack.NUM_OBJECTS)),
        (name if name in _SEEN_ANYWHERE else "" for name in _MAP_SYMBOLS),
        _EXPLOSIONS * ((nethack.GLYPH_ZAP_OFF - nethack.GLYPH_EXPLODE_OFF) // len(_EXPLOSIONS)),
        _ZAPS * ((nethack.GLYPH_SWALLOW_OFF - nethack.GLYPH_ZAP_OFF) // len(_ZAPS)),
        _SWALLOWS * nethack.NUMMONS,
        _WARNINGS,
        (f"{name} statue" for name in monsters),
    )
    return tuple(chain.from_iterable(names))


def _ray_names() -> tuple[str, ...]:
    names: list[str] = [""] * nethack.MAX_GLYPH
    symbols = ["" if name in _SEEN_ANYWHERE | _FLOORS else name for name in _MAP_SYMBOLS]
    names[nethack.GLYPH_CMAP_OFF : nethack.GLYPH_EXPLODE_OFF] = symbols
    return tuple(names)


SCREEN_NAMES = _screen_names()
"""By glyph, the name of what is told wherever on the level it is shown; empty for all else."""

RAY_NAMES = _ray_names()
"""By glyph, the name of what is told only where it lies straight or diagonally before the player; empty for all
else, and for all that `SCREEN_NAMES` has."""
