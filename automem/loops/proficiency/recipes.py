"""The recipes of a ledger: the experiment's own, those that are proposed, and whether they decide anything new."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from automem.errors import AutoMemError, SpecError
from automem.loops.proficiency.criteria import examine_recipe, find_recipe
from automem.loops.proficiency.engines.base import CheckedRecipe
from automem.loops.proficiency.judge import judging
from automem.runs.keys import canonical
from automem.runs.trials import TrialRow
from automem.spec.experiment import ModelSection
from automem.spec.issues import Issue
from automem.spec.load import LoadedExperiment
from automem.spec.recipe import Recipe
from automem.spec.source import Document, parse_document, read_document

_WORDING = {"kind", "name", "about", "reason", "expects"}


@dataclass(frozen=True)
class Written:
    """A recipe and the text that it stands in.

    Arguments:
        text: its YAML.
        recipe: the document.
    """

    text: str
    recipe: Recipe

    @property
    def hash(self) -> str:
        """A hash of what it decides, 64 hex digits."""
        return recipe_hash(self.recipe)


def recipe_hash(recipe: Recipe) -> str:
    """A hash of what a recipe decides, its name and other wording left out: 64 hex digits."""
    data = recipe.model_dump(mode="json", exclude=_WORDING)
    for criterion in (*data["select"]["keep"].values(), *data["select"]["score"].values()):
        del criterion["about"]
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def first_recipe(loaded: LoadedExperiment) -> Written:
    """The recipe that an experiment with `train` names.

    Raises:
        SpecError: there is none, or everything that is wrong with it.
    """
    name = loaded.experiment.train.recipe if loaded.experiment.train else ""
    path = find_recipe(name, Path(loaded.document.file))
    if path is None:
        message = f"there is no recipe {name!r} beside this file or among the shipped specs"
        raise SpecError([loaded.document.issue(("train", "recipe"), message)])
    document = read_document(path)
    recipe, issues = examine_recipe(document)
    if recipe is None:
        raise SpecError(issues)
    issues = [*_judged(recipe, document, loaded.experiment.models.meta)]
    if recipe.reuse is not None:
        message = f"the first recipe has no trial before it, such as t{recipe.reuse}; select anew"
        issues.append(document.issue(("reuse",), message))
    if issues:
        raise SpecError(issues)
    return Written(document.text, recipe)


def recipe_of(trial: TrialRow) -> Recipe:
    """The recipe that a trial was made by.

    Raises:
        SpecError: this version of the program cannot use it any more.
    """
    recipe, issues = examine_recipe(parse_document(trial.recipe, f"{trial.name}.yaml"))
    if recipe is None:
        raise SpecError(issues)
    return recipe


def check_recipe(text: str, file: str, ledger: Sequence[TrialRow], meta: ModelSection | None) -> CheckedRecipe:
    """Find everything that is wrong with a recipe's text; nothing in it is trusted.

    Arguments:
        text: the recipe as YAML.
        file: its name in messages.
        ledger: the trials before it.
        meta: the model that would judge.
    """
    try:
        document = parse_document(text, file, aliases=False)
        recipe, issues = examine_recipe(document)
    except SpecError as error:
        return CheckedRecipe(tuple(error.issues))
    if recipe is None:
        return CheckedRecipe(tuple(issues))
    found = (*issues, *_judged(recipe, document, meta), *_against(recipe, document, ledger))
    return CheckedRecipe(found, None if found else recipe)


def _judged(recipe: Recipe, document: Document, meta: ModelSection | None) -> Iterator[Issue]:
    """What keeps the judge of a recipe from being asked."""
    if recipe.select.judge is not None:
        try:
            judging(meta)
        except AutoMemError as error:
            yield document.issue(("select", "judge"), str(error))


def _against(recipe: Recipe, document: Document, ledger: Sequence[TrialRow]) -> Iterator[Issue]:
    """What an earlier trial has to say against a recipe."""
    selected = [one.number for one in ledger if one.source == one.number]
    if recipe.reuse is not None and recipe.reuse not in selected:
        known = ", ".join(map(str, selected)) or "none"
        yield document.issue(("reuse",), f"trial t{recipe.reuse} selected nothing of its own; these did: {known}")
    same = next((one for one in ledger if one.recipe_hash == recipe_hash(recipe)), None)
    if same is not None:
        yield document.issue((), f"{same.name} was made by a recipe that decides the same; change what it decides")
