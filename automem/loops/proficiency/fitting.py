"""The training of a trial: begun, gone on with after a kill, given up where it fails twice."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from automem.errors import BudgetReached
from automem.loops.proficiency.arena import Arena
from automem.loops.proficiency.job import Job, Point, Trained, read_job
from automem.loops.proficiency.training import NEEDS, TrainingFailed, find_launch, train
from automem.runs.keys import weights_hash
from automem.runs.trials import TrialRow


def missing_packages() -> str:
    """What training lacks on this machine, and the remedy; empty where all is there."""
    missing = [name for name in NEEDS if find_spec(name) is None]
    return f"training needs {', '.join(missing)}; install with pip install 'automem[train]'" if missing else ""


class Fitting:
    """Trains the adapters of a ledger.

    Arguments:
        arena: the ledger.
    """

    def __init__(self, arena: Arena) -> None:
        self._arena = arena

    async def fit(self, trial: TrialRow) -> None:
        """Bring a trial to where its adapter can be played; where that is cut off the session is stopped.

        A training that fails stops the apply, since the fault may lie in the machine. Where the next apply comes to
        the same, the trial is given up.

        Arguments:
            trial: with status `training`.
        """
        session = self._arena.session
        try:
            session.desk.meter.check()
            trained = await train(self._job(trial), lambda point: self._watch(trial, point))
        except BudgetReached as error:
            session.stop(error)
        except TrainingFailed as error:
            if trial.why:
                self._arena.close(replace(trial, status="refused", why=str(error)))
                return
            session.store.put_trial(replace(trial, why=str(error)))
            session.stop(error)
        else:
            self._take(trial, trained)

    def _job(self, trial: TrialRow) -> Job:
        session, launch = self._arena.session, self._arena.train.launch
        job = read_job(session.folder.trial(trial.number))
        beside = Path(session.lineup.loaded.document.file)
        return job if launch is None else replace(job, launch=find_launch(launch, beside))

    def _watch(self, trial: TrialRow, point: Point) -> None:
        """Show how the training goes, and end it where the budget is met; its checkpoints stay."""
        session = self._arena.session
        session.progress.training(f"train {trial.name}", point.step, point.of, point.loss)
        session.desk.meter.check()

    def _take(self, trial: TrialRow, trained: Trained) -> None:
        losses = {"train": trained.loss, "held_out": trained.held_out_loss, "held_out_before": trained.held_out_before}
        known = {name: loss for name, loss in losses.items() if loss is not None}
        counts = {
            **trial.counts,
            "trained": trained.examples,
            "tokens": trained.tokens,
            "steps": trained.steps,
            **{f"dropped.{why}": number for why, number in trained.dropped.items()},
        }
        done = replace(
            trial,
            counts=counts,
            losses={name: loss for name, loss in known.items() if math.isfinite(loss)},
            seconds=trained.seconds,
            why="",
        )
        if len(done.losses) < len(known):
            self._arena.close(replace(done, status="refused", why="its loss is no number: the training has diverged"))
            return
        done = replace(done, status="playing", weights=weights_hash(trained.adapter))
        lineup = self._arena.session.lineup_of(self._arena.version, self._arena.adapter(done))
        self._arena.session.store.put_trial(replace(done, played=lineup.conditions))
