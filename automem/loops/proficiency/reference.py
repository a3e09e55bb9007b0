"""All that a recipe can say in tables: the document, the features of an example, and the moves of the catalogue."""

from __future__ import annotations

from collections.abc import Callable

from automem.agent.reference import models, parts, table
from automem.library import shipped
from automem.loops.proficiency.engines.moves import read_moves
from automem.loops.proficiency.features import FEATURES
from automem.spec.move import GIVEN, Move
from automem.spec.recipe import Recipe


def _moves() -> str:
    moves = read_moves(shipped("specs") / "recipes/moves")
    rows = [(f"`{one.name}`", one.about, f"`{one.when}`", f"`{one.weight}`") for one in moves]
    return table(("move", "does", "when", "weight"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "recipe": lambda: models(parts(Recipe)),
    "features": lambda: table(("feature", "is"), [(f"`{name}`", about) for name, about in FEATURES.items()]),
    "move": lambda: models([Move]),
    "move-names": lambda: table(("name", "is"), [(f"`{name}`", about) for name, about in GIVEN.items()]),
    "moves": _moves,
}
"""Name → what writes the table, in Markdown."""
