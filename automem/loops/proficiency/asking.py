"""Where a trial's recipe comes from: the experiment's own first, then those of a training engine."""

from __future__ import annotations

from dataclasses import replace

from automem.errors import BudgetReached, EngineRefused, EngineUnavailable
from automem.evidence.view import View
from automem.loops.proficiency.arena import Arena
from automem.loops.proficiency.engines.base import Assignment, RecipeProposer
from automem.loops.proficiency.examples import examples_of
from automem.loops.proficiency.recipes import Written, check_recipe
from automem.loops.proficiency.selection import select
from automem.runs.files import write_text
from automem.runs.trials import Status, TrialRow

RECIPE = "recipe.yaml"
"""The file in a trial's folder that keeps its recipe as it was written."""


class Asking:
    """Turns a trial that has no recipe into one that selects by it.

    Arguments:
        arena: its ledger.
        proposer: who is asked once the experiment's recipe was tried.
    """

    def __init__(self, arena: Arena, proposer: RecipeProposer) -> None:
        self._arena = arena
        self._proposer = proposer

    async def ask(self, trial: TrialRow, *, own: bool) -> None:
        """Find the trial's recipe, or go on asking; where that is cut off the session is stopped.

        Arguments:
            trial: with status `proposing`.
            own: whether the experiment's recipe is due.
        """
        if own:
            self._take(replace(trial, proposer="experiment"), self._arena.first)
            return
        session = self._arena.session
        trial = replace(trial, proposer=self._proposer.name)
        assignment = self._assignment(trial)
        try:
            session.desk.meter.check()
            proposal = await self._proposer.propose(assignment)
        except (BudgetReached, EngineUnavailable, EngineRefused) as error:
            session.stop(error)
            return
        if proposal.text is None:
            status: Status = "nothing" if proposal.exhausted else "refused"
            self._arena.close(replace(trial, status=status, why=proposal.said or "no recipe was proposed"))
            return
        checked = assignment.check(proposal.text)
        if checked.recipe is None:
            why = "; ".join(map(str, checked.issues))
            self._arena.close(replace(trial, status="refused", recipe=proposal.text, why=why))
            return
        self._take(trial, Written(proposal.text, checked.recipe))

    def _take(self, trial: TrialRow, written: Written) -> None:
        session, recipe = self._arena.session, written.recipe
        folder = session.folder.trial(trial.number)
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / RECIPE, written.text)
        told = f": {line}" if (line := recipe.reason.strip().partition("\n")[0]) else ""
        session.tell("recipe", f"{trial.name}, {trial.proposer}: {recipe.name}{told}")
        session.store.put_trial(
            replace(
                trial,
                status="selecting",
                recipe=written.text,
                recipe_hash=written.hash,
                reason=recipe.reason.strip(),
                expects=recipe.expects.strip(),
                source=trial.number if recipe.reuse is None else recipe.reuse,
            )
        )

    def _assignment(self, trial: TrialRow) -> Assignment:
        arena, session = self._arena, self._arena.session
        earlier = [one for one in arena.ledger if one.number != trial.number]
        file, meta = f"{trial.name}.yaml", session.lineup.experiment.models.meta
        examples = examples_of(session.folder, arena.recorded())  # read here: the database is of this thread
        return Assignment(
            number=trial.number,
            first=arena.first.text,
            ledger=earlier,
            collected=self._view("train"),
            played=self._view("select"),
            tried={one.number: self._view("select", one.played) for one in earlier if one.played},
            check=lambda text: check_recipe(text, file, earlier, meta),
            preview=lambda recipe: select(recipe, examples),
            transcript=session.folder.trial_transcript(trial.number),
            limits=arena.train.propose,
            spend=lambda cost: arena.spend(trial, cost),
        )

    def _view(self, stage: str, conditions: str = "") -> View:
        arena = self._arena
        under = conditions or arena.session.lineup.conditions
        return View(arena.session.folder, (arena.version.number,), stage, under)
