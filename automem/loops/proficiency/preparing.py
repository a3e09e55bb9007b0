"""From a recipe to a training that can begin: examples are selected, made into lessons, and held against the traces."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from automem.engines.local.place import find_model
from automem.errors import AutoMemError, BudgetReached, EngineRefused, EngineUnavailable
from automem.loops.proficiency.arena import Arena
from automem.loops.proficiency.criteria import CriterionFails
from automem.loops.proficiency.example import Example, Lesson
from automem.loops.proficiency.examples import examples_of
from automem.loops.proficiency.job import Job
from automem.loops.proficiency.judge import judge
from automem.loops.proficiency.lessons import Dropped, lesson_of
from automem.loops.proficiency.recipes import recipe_of
from automem.loops.proficiency.selection import Selected, TooFew, select, select_again
from automem.loops.proficiency.verbatim import NotVerbatim, check_verbatim
from automem.loops.proficiency.verdicts import read_verdicts, write_verdicts
from automem.runs.seal import note_training
from automem.runs.trials import TrialRow
from automem.spec.recipe import Recipe
from automem.spec.resolve import ResolvedScaffold

VERDICTS = "verdicts.jsonl"
"""The file in a trial's folder that says of every example what became of it."""


JUDGED = "judged.jsonl"
"""The file in the folder of trials that keeps what judges have said, whichever trial they were asked for."""


class TooFewLessons(AutoMemError):
    """Of what a recipe selects too little can be trained on."""


@dataclass(frozen=True)
class _Lessons:
    """What a selection comes to.

    Arguments:
        trained, held_out: lessons, in the order of the examples.
        dropped: the reasons for which others are none, one for each.
    """

    trained: tuple[Lesson, ...]
    held_out: tuple[Lesson, ...]
    dropped: tuple[str, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """Names as in a trial's row."""
        phases = Counter(f"lessons.{one.phase}" for one in self.trained)
        reasons = Counter(f"dropped.{why}" for why in self.dropped)
        return {"lessons": len(self.trained), **phases, **reasons}

    def require(self, recipe: Recipe) -> None:
        """Make sure that there are enough to train on.

        Raises:
            TooFewLessons: there are fewer than the recipe's minimum.
        """
        if len(self.trained) < recipe.compose.minimum:
            raise TooFewLessons(
                f"of {len(self.trained) + len(self.held_out) + len(self.dropped)} selected examples "
                f"{len(self.trained)} can be trained on, and recipe {recipe.name} asks for {recipe.compose.minimum} "
                "(compose/minimum)"
            )


class Preparing:
    """Makes the training of a trial.

    Arguments:
        arena: its ledger.
    """

    def __init__(self, arena: Arena) -> None:
        self._arena = arena

    async def prepare(self, trial: TrialRow) -> None:
        """Bring a trial from its recipe to where it can be trained, or close it where that cannot be done.

        Arguments:
            trial: with status `selecting`.
        """
        session, recipe = self._arena.session, recipe_of(trial)
        counts = dict[str, int]()
        try:
            selected = await self._selected(trial, recipe)
            counts |= selected.counts
            selected.require(recipe)
            lessons = await asyncio.to_thread(self._lessons, selected)
            counts |= lessons.counts
            lessons.require(recipe)
        except (BudgetReached, EngineUnavailable, EngineRefused) as error:  # of a judge
            session.stop(error)
        except (TooFew, TooFewLessons, CriterionFails, NotVerbatim) as error:
            self._arena.close(replace(trial, status="refused", counts=counts, why=str(error)))
        else:
            folder, model = session.folder.trial(trial.number), session.lineup.models["base"].model
            write_verdicts(folder / VERDICTS, selected.verdicts)
            Job(folder, str(find_model(model)), recipe, lessons.trained, lessons.held_out).write()
            note_training(session.store, session.lineup.experiment)
            session.store.put_trial(replace(trial, status="training", counts=counts))

    async def _selected(self, trial: TrialRow, recipe: Recipe) -> Selected:
        folder = self._arena.session.folder
        pool = examples_of(folder, self._arena.recorded())
        if recipe.reuse is not None:
            return await asyncio.to_thread(select_again, pool, read_verdicts(folder.trial(recipe.reuse) / VERDICTS))
        meta, spend = self._arena.session.lineup.experiment.models.meta, partial(self._arena.spend, trial)
        judged = await judge(recipe, pool, meta, folder.trials / JUDGED, spend)
        return await asyncio.to_thread(select, recipe, pool, judged)

    def _lessons(self, selected: Selected) -> _Lessons:
        """The lessons of a selection, each found word for word in the traces."""
        session = self._arena.session
        scaffold = session.lineup_of(self._arena.version).loaded.scaffold
        trained, held_out = _made(selected.chosen, scaffold), _made(selected.held_out, scaffold)
        found = _Lessons(
            trained=tuple(one for one in trained if isinstance(one, Lesson)),
            held_out=tuple(one for one in held_out if isinstance(one, Lesson)),
            dropped=tuple(one.why for one in (*trained, *held_out) if isinstance(one, Dropped)),
        )
        check_verbatim((*found.trained, *found.held_out), session.folder)
        return found


def _made(examples: Iterable[Example], scaffold: ResolvedScaffold) -> list[Lesson | Dropped]:
    return [lesson_of(example, scaffold) for example in examples]
