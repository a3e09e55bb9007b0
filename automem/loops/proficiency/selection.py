"""Which of the agent's own decisions are trained on: best episodes, filters, scores, a judge's opinion, a mixture."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from automem.errors import AutoMemError, RunError
from automem.loops.proficiency.composition import Candidate, Composed, compose, lot
from automem.loops.proficiency.criteria import Criteria
from automem.loops.proficiency.duplicates import sketch
from automem.loops.proficiency.example import Example
from automem.loops.proficiency.features import Standing
from automem.loops.proficiency.verdicts import Verdict, count
from automem.spec.recipe import Composition, Recipe

Judged = Mapping[str, float | None]
"""Example id → the judge's score, 0 to 10; None where it gave none."""


class Pool(Protocol):
    """Examples that can be gone over any number of times, such as `examples_of` gives."""

    @property
    def standings(self) -> Mapping[str, Standing]:
        """Episode id → where it stands among those of its task."""
        ...

    def __iter__(self) -> Iterator[Example]:
        """All of them, always in the same order."""
        ...

    def within(self, episodes: Collection[str]) -> Pool:
        """Those of these episodes."""
        ...


class TooFew(AutoMemError):
    """A recipe chooses fewer examples than it asks for.

    Arguments:
        recipe: the recipe.
        counts: what became of all examples, as `verdicts.count` has it.
    """

    def __init__(self, recipe: Recipe, counts: Mapping[str, int]) -> None:
        self.counts = counts
        reasons = Counter({name: number for name, number in counts.items() if name.startswith("rejected.")})
        most = ", ".join(f"{name.partition('.')[2]} {number}" for name, number in reasons.most_common(6))
        super().__init__(
            f"recipe {recipe.name} chooses {counts['chosen']} of {counts['examples']} examples, and asks for at least "
            f"{recipe.compose.minimum} (compose/minimum); rejected by: {most or 'nothing'}. Loosen what rejects most, "
            "collect more episodes, or ask for less"
        )


@dataclass(frozen=True)
class Selected:
    """What a recipe selects.

    Arguments:
        chosen: what is trained on, the best score first.
        held_out: what the loss is measured on besides; of episodes that nothing is trained on.
        verdicts: what became of every example there is, in the order of play.
    """

    chosen: tuple[Example, ...]
    held_out: tuple[Example, ...]
    verdicts: tuple[Verdict, ...]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many examples met which fate; see `verdicts.count`."""
        return count(self.verdicts)

    def require(self, recipe: Recipe) -> None:
        """Make sure that there are enough to train on.

        Raises:
            TooFew: there are fewer than the recipe's minimum.
        """
        if len(self.chosen) < recipe.compose.minimum:
            raise TooFew(recipe, self.counts)


def select(recipe: Recipe, examples: Pool, judged: Judged | None = None) -> Selected:
    """Choose examples by a recipe. The same recipe and examples always give the same.

    Of all that is not chosen only a verdict stays in memory.

    Arguments:
        recipe: one in which `examine_recipe` finds no errors.
        examples: gone over twice: once to decide, once to fetch what was chosen.
        judged: the scores of `shortlist`'s examples; where left out, the recipe's judge counts for nothing.

    Raises:
        CriterionFails: an expression cannot be worked out for an example.
        RunError: a trace cannot be read.
    """
    kept, rejected = _sift(recipe, examples)
    judge = recipe.select.judge
    if judge is not None and judged is not None:
        kept, refused = _heard(kept, judged, judge.weight, judge.at_least)
        rejected |= refused
    composed = compose(recipe.compose, kept, recipe.train.seed)
    held = _held_out(recipe, composed, {one.id: one.episode for one in kept})
    rejected |= {name: (rule,) for name, rule in composed.left.items()}
    scores = {one.id: one.score for one in kept}
    chosen = {name: name in held for name in composed.taken}
    return _fetched(examples, chosen, rejected, scores)


def shortlist(recipe: Recipe, examples: Pool) -> tuple[Example, ...]:
    """What a recipe's judge is asked about: the best by score of what passes the filters, without near duplicates.

    Empty where the recipe has no judge. Raises what `select` does.
    """
    if recipe.select.judge is None:
        return ()
    kept, _ = _sift(recipe, examples)
    rules = Composition(most=recipe.select.judge.most, near_duplicates=recipe.compose.near_duplicates)
    return fetch(examples, compose(rules, kept, recipe.train.seed).taken)


def select_again(examples: Pool, verdicts: Sequence[Verdict]) -> Selected:
    """What was selected before, from the verdicts that were kept of it.

    Raises:
        RunError: one of the examples is not among these any more.
    """
    order = sorted(verdicts, key=lambda one: -(one.score or 0.0))
    chosen = fetch(examples, [one.example for one in order if one.state == "chosen"])
    held = fetch(examples, [one.example for one in order if one.state == "held_out"])
    return Selected(chosen, held, tuple(verdicts))


def _sift(recipe: Recipe, examples: Pool) -> tuple[list[Candidate], dict[str, tuple[str, ...]]]:
    """Those that come from good episodes and pass the filters, and why the others do not."""
    criteria, best = Criteria(recipe), _best(recipe.select.episodes, examples.standings)
    kept: list[Candidate] = []
    rejected: dict[str, tuple[str, ...]] = {}
    for one in examples:
        if one.episode not in best:
            rejected[one.id] = ("episodes",)
        elif failed := criteria.failed(one):
            rejected[one.id] = tuple(f"keep/{name}" for name in failed)
        else:
            seen = None if recipe.compose.near_duplicates is None else sketch(one)
            pattern = str(one.features["pattern"])
            kept.append(Candidate(one.id, one.episode, one.phase, pattern, criteria.score(one), seen))
    return kept, rejected


def _best(share: float, standings: Mapping[str, Standing]) -> frozenset[str]:
    """The episodes among the best share of their task, rounded up."""
    many = Counter(one.task for one in standings.values())
    return frozenset(
        episode
        for episode, one in standings.items()
        if round(one.rank * (many[one.task] - 1)) < math.ceil(share * many[one.task] - 1e-9)
    )


def _heard(
    kept: Sequence[Candidate], judged: Judged, weight: float, at_least: float
) -> tuple[list[Candidate], dict[str, tuple[str, ...]]]:
    """Those that the judge lets pass, with its part of their score, and why the others do not."""
    passed: list[Candidate] = []
    refused: dict[str, tuple[str, ...]] = {}
    for one in kept:
        score = judged.get(one.id)
        if score is None:
            refused[one.id] = ("judge/no_score" if one.id in judged else "judge/not_asked",)
        elif score < at_least:
            refused[one.id] = ("judge/at_least",)
        else:
            passed.append(replace(one, score=one.score + weight * score / 10))
    return passed, refused


def _held_out(recipe: Recipe, composed: Composed, episodes: Mapping[str, str]) -> frozenset[str]:
    """The ids that are held out: all of some episodes, at least one where a share is asked for and two are there."""
    there = sorted({episodes[name] for name in composed.taken}, key=lambda one: lot(recipe.train.seed, one))
    share = recipe.compose.held_out
    number = max(1, round(share * len(there))) if share and len(there) > 1 else 0
    held = set(there[:number])
    return frozenset(name for name in composed.taken if episodes[name] in held)


def _fetched(
    examples: Pool, chosen: Mapping[str, bool], rejected: Mapping[str, tuple[str, ...]], scores: Mapping[str, float]
) -> Selected:
    """The result.

    Arguments:
        chosen: id → whether it is held out; best first.
        rejected: id → why, of all others.
    """
    found = fetch(examples, list(chosen))
    verdicts = [Verdict(name, "rejected", by, scores.get(name)) for name, by in rejected.items()]
    verdicts += [Verdict(name, "held_out" if out else "chosen", (), scores[name]) for name, out in chosen.items()]
    return Selected(
        tuple(one for one in found if not chosen[one.id]),
        tuple(one for one in found if chosen[one.id]),
        tuple(sorted(verdicts, key=_in_order)),
    )


def _in_order(verdict: Verdict) -> tuple[str, int, str]:
    episode, step, phase = verdict.example.rsplit("/", 2)
    return episode, int(step), phase


def fetch(examples: Pool, names: Sequence[str]) -> tuple[Example, ...]:
    """The examples of these ids, in this order.

    Raises:
        RunError: one is not there.
    """
    wanted = set(names)
    found = {one.id: one for one in examples.within({name.partition("/")[0] for name in names}) if one.id in wanted}
    missing = next((name for name in names if name not in found), None)
    if missing is not None:
        raise RunError(f"the example {missing} was selected before and is not there any more; select anew")
    return tuple(found[name] for name in names)
