"""The trial of a specialist: base and adapter play the base's seeds as far as the gate needs, and the gate decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from automem.errors import EngineRefused
from automem.loops.contest import Challenger, Contest
from automem.loops.effects import PROGRESSION, effects_of
from automem.loops.gates import make_gate
from automem.loops.proficiency.arena import Arena
from automem.runs.candidates import Decision, Effect
from automem.runs.files import settle_folder
from automem.runs.trials import TrialRow
from automem.traces.summary import EpisodeRow


class Trial:
    """Plays and judges the specialists of a ledger.

    Arguments:
        arena: the ledger.
    """

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self._contest = Contest(arena.session, make_gate(arena.train))

    async def hold(self, trial: TrialRow, trained: Path) -> None:
        """Try a trained adapter. Where that decides nothing the session was stopped, or episodes are owed.

        Arguments:
            trial: with status `playing`.
            trained: where its training left the adapter, which is given its place in the run.
        """
        arena, session = self._arena, self._arena.session
        if not session.folder.adapter(trial.number).is_dir():
            settle_folder(trained, session.folder.adapter(trial.number))
        if why := await self._useless(trial):
            arena.close(replace(trial, status="refused", why=why))
            return
        challenger = Challenger(arena.version, arena.adapter(trial), f"select {arena.version.label} with {trial.name}")
        decision = await self._contest.judge(challenger, arena.stage(trial, "select"), session.rows(arena.before))
        if decision is not None:
            self._settle(trial, decision)

    async def _useless(self, trial: TrialRow) -> str:
        """Why an adapter is not worth playing; empty where it changes what the base answers."""
        session = self._arena.session
        lineup = session.lineup_of(self._arena.version, self._arena.adapter(trial))
        models = session.desk.models_of(lineup)
        await models.engines["base"].check()
        try:
            await models.engines["specialist"].check()
        except EngineRefused as error:
            return str(error)
        return ""

    def _settle(self, trial: TrialRow, decision: Decision) -> None:
        arena, rows = self._arena, self._arena.session.rows
        before, after = rows(arena.before), rows(arena.stage(trial, "select"))
        arena.close(
            replace(
                trial,
                status="passed" if decision.accepted else "rejected",
                why=decision.why,
                decision=decision,
                effects=effects_of(before, after),
                tasks=_by_task(before, after),
            )
        )


def _by_task(before: Sequence[EpisodeRow], after: Sequence[EpisodeRow]) -> Mapping[str, Effect]:
    """Task → what happened to progression there."""
    found = {
        task: effects_of([row for row in before if row.task == task], [row for row in after if row.task == task])
        for task in dict.fromkeys(row.task for row in after)
    }
    return {task: effects[PROGRESSION] for task, effects in found.items() if PROGRESSION in effects}
