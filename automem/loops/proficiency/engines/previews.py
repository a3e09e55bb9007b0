"""Previews that are asked for again are not made again: they read every trace that may be learnt from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from automem.loops.proficiency.engines.base import Assignment
from automem.loops.proficiency.selection import Selected
from automem.spec.recipe import Lora, Recipe, Training

_KEPT = 3
"""Selections held at a time; each holds the conversations that it chose."""
_WORDING = {"name": "proposed", "about": "", "reason": "", "expects": ""}


def remembering(assignment: Assignment) -> Assignment:
    """The same assignment, whose last previews are remembered by what decides them."""
    return replace(assignment, preview=_remembered(assignment.preview))


def _remembered(preview: Callable[[Recipe], Selected]) -> Callable[[Recipe], Selected]:
    @lru_cache(maxsize=_KEPT)
    def made(text: str) -> Selected:
        return preview(Recipe.model_validate_json(text))

    def look(recipe: Recipe) -> Selected:
        selecting = {"lora": Lora(), "train": Training(seed=recipe.train.seed), **_WORDING}
        return made(recipe.model_copy(update=selecting).model_dump_json())

    return look
