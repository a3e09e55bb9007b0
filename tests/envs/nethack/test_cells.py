"""Kinds of glyphs against what nle itself says of each."""

from __future__ import annotations

import numpy as np
import pytest
from nle import nethack

from automem.envs.nethack.cells import EDGE, KINDS, NAMES, ROCK, STEPS, STONE, TERRAIN

GLYPHS = np.arange(nethack.MAX_GLYPH)
EXPLAINED = {  # nle's explanation of a map symbol → its kind
    "dark part of a room": ("dark", "floor"),
    "wall": ("wall",),
    "doorway": ("doorway",),
    "open door": ("open_door",),
    "closed door": ("closed_door",),
    "iron bars": ("bars",),
    "floor of a room": ("floor",),
    "lit corridor": ("corridor",),
    "staircase up": ("stairs_up",),
    "staircase down": ("stairs_down",),
    "ladder up": ("ladder_up",),
    "ladder down": ("ladder_down",),
    "opulent throne": ("throne",),
    "molten lava": ("lava",),
    "lowered drawbridge": ("bridge",),
    "raised drawbridge": ("raised_bridge",),
}

FIRST_TRAP = 42  # the arrow trap; nle's own `glyph_is_trap` takes the beam after the last one for a trap too


@pytest.mark.parametrize(
    ("is_of", "kind"),
    [
        (nethack.glyph_is_normal_monster, "monster"),
        (nethack.glyph_is_pet, "pet"),
        (nethack.glyph_is_invisible, "invisible"),
        (nethack.glyph_is_detected_monster, "detected"),
        (nethack.glyph_is_body, "corpse"),
        (nethack.glyph_is_ridden_monster, "ridden"),
        (nethack.glyph_is_swallow, "swallowed"),
        (nethack.glyph_is_warning, "warning"),
        (nethack.glyph_is_statue, "statue"),
    ],
)
def test_kinds_are_those_of_the_game(is_of, kind):
    assert {glyph for glyph in GLYPHS if KINDS[glyph] == kind} == set(GLYPHS[is_of(GLYPHS).astype(bool)])


@pytest.mark.parametrize("number", range(65))
def test_terrain_is_what_the_game_explains(number):
    says = nethack.symdef.from_idx(number).explanation
    kind = KINDS[nethack.GLYPH_CMAP_OFF + number]
    assert kind == "trap" if number >= FIRST_TRAP else kind in EXPLAINED.get(says, (says,))


def test_boulders_are_no_objects_and_effects_no_terrain():
    objects = GLYPHS[nethack.glyph_is_normal_object(GLYPHS).astype(bool)]
    assert [NAMES[glyph] for glyph in objects if KINDS[glyph] != "object"] == ["boulder"]
    assert {KINDS[glyph] for glyph in np.flatnonzero(TERRAIN)}.isdisjoint({"dark", "effect", "object", "rock", "edge"})
    assert set(KINDS[nethack.GLYPH_EXPLODE_OFF : nethack.GLYPH_SWALLOW_OFF]) == {"effect"}


def test_every_kind_is_known_and_every_glyph_named():
    assert set(KINDS) == set(STEPS)
    assert all(NAMES)
    assert [NAMES[glyph] for glyph in (STONE, ROCK, EDGE)] == ["dark area", "rock", "edge"]
    assert NAMES[nethack.GLYPH_CMAP_OFF + 19] == "floor"
    assert NAMES[nethack.GLYPH_PET_OFF + 32] == f"tame {nethack.permonst(32).mname}"
