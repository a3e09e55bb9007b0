"""What speaks against a recipe before it is proposed, found out while it can still be mended."""

from __future__ import annotations

from automem.errors import AutoMemError
from automem.loops.proficiency.engines.base import Assignment
from automem.loops.proficiency.selection import TooFew
from automem.spec.issues import Issue
from automem.spec.recipe import Recipe
from automem.spec.source import Document, parse_document


def faults_of(assignment: Assignment, text: str) -> tuple[Issue, ...]:
    """Everything that keeps a recipe from a trial: its form, that it says no reason, or that it selects too few.

    Arguments:
        assignment: the recipe is for.
        text: the recipe as YAML.
    """
    checked = assignment.check(text)
    if checked.recipe is None:
        return checked.issues
    document = parse_document(text, f"t{assignment.number}.yaml", aliases=False)
    return (*checked.issues, *_unsaid(checked.recipe, document), *_selects(assignment, checked.recipe, document))


def _unsaid(recipe: Recipe, document: Document) -> list[Issue]:
    wanted = {"reason": "why this and not the last one", "expects": "what it should do, in words and figures"}
    return [
        document.issue((name,), f"say {what}")
        for name, what in wanted.items()
        if not str(getattr(recipe, name)).strip()
    ]


def _selects(assignment: Assignment, recipe: Recipe, document: Document) -> list[Issue]:
    """What selecting by it comes to; where it takes over an earlier selection, that has been seen to be enough."""
    if recipe.reuse is not None:
        return []
    try:
        assignment.preview(recipe).require(recipe)
    except TooFew as error:
        return [document.issue(("compose", "minimum"), str(error))]
    except AutoMemError as error:
        return [document.issue(("select",), str(error))]
    return []
