"""Where loop 2 stands: a fold over the trials it has recorded, so that nothing else need be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from automem.runs.trials import OPEN, TrialRow
from automem.spec.experiment import Train


@dataclass(frozen=True)
class Standing:
    """Where a ledger stands.

    Arguments:
        trial: which trial of the ledger is made next, or now, from 1.
        own: whether the experiment's own recipe is due; else one is proposed.
        open: the trial at work; None between two.
        ended: why nothing is tried any more; empty while something is.
    """

    trial: int = 1
    own: bool = True
    open: TrialRow | None = None
    ended: str = ""


def stand(
    ledger: Sequence[TrialRow], train: Train, recipe_hash: str, stopped: str = "", proposer: str | None = None
) -> Standing:
    """Where a ledger stands.

    Arguments:
        ledger: its trials, oldest first.
        train: how many trials there are.
        recipe_hash: of the recipe that the experiment names; it is due until some trial was made by it.
        stopped: why a person has ended the loops; empty while nobody has.
        proposer: who proposes now; where another had nothing further, this one is asked. None for the same.
    """
    found = Standing(own=all(one.recipe_hash != recipe_hash for one in ledger))
    for trial in ledger:
        found = _after(found, trial)
    if found.trial > train.trials and found.open is None:
        return replace(found, ended=f"all {train.trials} trials are made")
    last = ledger[-1] if ledger else None
    if last is not None and last.status == "nothing" and not found.own and proposer in (None, last.proposer):
        return replace(found, ended=f"nothing further is proposed ({last.why})")
    return replace(found, open=None, ended=f"stopped by a person: {stopped}") if stopped else found


def _after(before: Standing, trial: TrialRow) -> Standing:
    if trial.status in OPEN:
        return replace(before, open=trial)
    return replace(before, open=None, trial=before.trial + (trial.status != "nothing"))
