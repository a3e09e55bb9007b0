"""The trials of a run with what each of them cost, for whoever looks back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from automem.runs.costs import Cost, total
from automem.runs.records import Recorded
from automem.runs.trials import TrialRow, best_of, ledger_of, trial_key


@dataclass(frozen=True)
class Made:
    """A trial of loop 2.

    Arguments:
        trial: its row.
        specialist: whether its adapter is the specialist of its version.
        played: what its select episodes cost.
        meta: what proposing its recipe and judging its examples cost.
    """

    trial: TrialRow
    specialist: bool
    played: Cost
    meta: Cost


def made(
    trials: Sequence[TrialRow], episodes: Sequence[Recorded], costs: Mapping[str, Mapping[str, Cost]]
) -> tuple[Made, ...]:
    """The trials of a run, oldest first.

    Arguments:
        trials, episodes: all of the run.
        costs: an episode's key, or a trial's, → role → cost.
    """
    return tuple(_made(trial, trials, episodes, costs) for trial in trials)


def _made(
    trial: TrialRow,
    trials: Sequence[TrialRow],
    episodes: Sequence[Recorded],
    costs: Mapping[str, Mapping[str, Cost]],
) -> Made:
    best = best_of(ledger_of(trials, trial.version, trial.conditions))
    keys = [one.row.key for one in episodes if (one.row.conditions, one.row.stage) == (trial.played, "select")]
    played = total(cost for key in keys for cost in costs.get(key, {}).values())
    return Made(trial, trial == best, played, total(costs.get(trial_key(trial.number), {}).values()))
