"""A recipe's criteria compiled, and everything that is wrong with a recipe before anything is selected by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from automem.errors import AutoMemError, SpecError
from automem.library import shipped_spec
from automem.loops.proficiency.example import Example
from automem.loops.proficiency.features import FEATURES, SAMPLES
from automem.spec.issues import Issue, near, sort_issues
from automem.spec.language import Expression, LanguageError, compile_expression
from automem.spec.recipe import Criterion, Recipe, Weight
from automem.spec.source import Document, read_document
from automem.spec.validation import validate


class CriterionFails(AutoMemError):
    """A criterion cannot be worked out for an example."""


@dataclass(frozen=True)
class _Compiled:
    """One expression of a recipe: where it stands, and for which phases."""

    path: str
    expression: Expression
    phases: frozenset[str]
    weight: float = 1.0


class Criteria:
    """The filters and scores of a recipe, compiled once.

    Arguments:
        recipe: one in which `examine_recipe` finds no errors.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe.name
        self.keep = {name: _filter(name, one) for name, one in recipe.select.keep.items()}
        self._score = [_score(name, one) for name, one in recipe.select.score.items()]

    def asked(self, example: Example) -> list[str]:
        """The names of the filters that ask about examples of this phase."""
        return [name for name, one in self.keep.items() if example.phase in one.phases]

    def failed(self, example: Example) -> tuple[str, ...]:
        """The names of the filters that do not hold for an example.

        Raises:
            CriterionFails: one of them cannot be worked out.
        """
        return tuple(name for name in self.asked(example) if not self._value(self.keep[name], example))

    def score(self, example: Example) -> float:
        """The weighted sum of what ranks an example.

        Raises:
            CriterionFails: a part of it cannot be worked out.
        """
        parts = (one for one in self._score if example.phase in one.phases)
        return sum(one.weight * _number(self._value(one, example)) for one in parts)

    def _value(self, one: _Compiled, example: Example) -> object:
        try:
            return one.expression.evaluate(example.features)
        except LanguageError as error:
            raise CriterionFails(
                f"recipe {self._recipe}: {one.path}: {error}, for the example {example.id}; write it so that it holds "
                "for every example, such as `hits / searches if searches else 0`"
            ) from error


def _filter(name: str, one: Criterion) -> _Compiled:
    return _Compiled(f"select/keep/{name}/when", compile_expression(one.when), frozenset(one.phases))


def _score(name: str, one: Weight) -> _Compiled:
    return _Compiled(f"select/score/{name}/value", compile_expression(one.value), frozenset(one.phases), one.weight)


def _number(value: object) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    raise LanguageError(f"a score is a number, or true or false, not {value!r:.40}")


def examine_recipe(document: Document) -> tuple[Recipe | None, list[Issue]]:
    """The recipe of a document, and everything to be said about it; none where there are errors."""
    recipe, issues = validate(document, Recipe)
    if recipe is None:
        return None, issues
    issues = sort_issues(_expressions(recipe, document))
    return (None if issues else recipe), issues


def load_recipe(path: Path) -> Recipe:
    """The recipe in a file.

    Raises:
        SpecError: with everything that is wrong with it.
    """
    recipe, issues = examine_recipe(read_document(path))
    if recipe is None:
        raise SpecError(issues)
    return recipe


def find_recipe(name: str, experiment: Path) -> Path | None:
    """Where a recipe is that an experiment names: beside the experiment's file, else among the shipped specs."""
    beside = experiment.parent / name
    return beside if beside.is_file() else shipped_spec(name)


def _expressions(recipe: Recipe, document: Document) -> Iterator[Issue]:
    for name, criterion in recipe.select.keep.items():
        yield from _problems(document, ("select", "keep", name, "when"), criterion.when, number=False)
    for name, weight in recipe.select.score.items():
        yield from _problems(document, ("select", "score", name, "value"), weight.value, number=True)


def _problems(document: Document, path: tuple[str, ...], source: str, *, number: bool) -> Iterator[Issue]:
    """What is wrong with one expression: its syntax, its names, or what it makes of examples without and with all."""
    try:
        expression = compile_expression(source)
    except LanguageError as error:
        yield document.issue(path, str(error))
        return
    unknown = sorted({reference[0] for reference in expression.references} - FEATURES.keys())
    for name in unknown:
        message = f"{name!r} is no feature of an example{near(name, FEATURES)}; docs/recipes.md lists them"
        yield document.issue(path, message)
    for about, sample in () if unknown else SAMPLES.items():
        if problem := _tried(expression, sample, number=number):
            yield document.issue(path, f"{problem} (of an example {about})")
            return


def _tried(expression: Expression, sample: Mapping[str, object], *, number: bool) -> str:
    """What goes wrong on a sample of features; empty when nothing does."""
    try:
        value = expression.evaluate(sample)
        if number:
            _number(value)
    except LanguageError as error:
        return str(error)
    return ""
