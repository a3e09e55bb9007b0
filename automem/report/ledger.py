"""What loop 2 tried, in words and as tables: recipes, what they selected, losses, play, verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from automem.report.grid import NOTHING, Grid
from automem.report.lineage import changed, one_line
from automem.runs.candidates import Effect
from automem.runs.trials import TrialRow, best_of

_SHORT = 60


def ledger_grids(trials: Sequence[TrialRow]) -> Iterator[Grid]:
    """All trials of a ledger in short, oldest first; nothing where there are none."""
    if trials:
        short = tuple((one.name, one_line(one.reason, _SHORT) or NOTHING, one_line(verdict(one))) for one in trials)
        note = f"{standing(trials)} `automem history` says more of each."
        yield Grid("Trials", ("trial", "reason", "verdict"), short, 3, note)


def standing(trials: Sequence[TrialRow]) -> str:
    """Which trial's specialist plays, in a sentence."""
    best = best_of(trials)
    return f"The specialist is {best.name}." if best else "There is no specialist: none has passed."


def verdict(trial: TrialRow) -> str:
    """What became of a trial, and why, in words."""
    return f"{trial.status}: {trial.why}" if trial.why else trial.status


def learnt(trial: TrialRow) -> str:
    """What a trial was trained on: `214 of 3,002 examples (180 LOG, 34 PLAN), t1's selection`; empty while unknown."""
    if "chosen" not in trial.counts:
        return ""
    phases = ", ".join(
        f"{trial.counts[name]:,} {phase.upper()}"
        for phase in ("log", "plan")
        if (name := f"lessons.{phase}") in trial.counts
    )
    lessons = trial.counts.get("lessons", 0)
    said = f"{lessons:,} of {trial.counts['examples']:,} examples" + (f" ({phases})" if phases else "")
    return said if trial.source in (None, trial.number) else f"{said}, t{trial.source}'s selection"


def losses(trial: TrialRow) -> str:
    """How the training of a trial went: `0.412, held out 0.980 → 0.471`; empty while it is not trained."""
    known = trial.losses
    if "train" not in known:
        return ""
    held = f"{known['held_out_before']:.3f} → " if "held_out_before" in known else ""
    return f"{known['train']:.3f}" + (f", held out {held}{known['held_out']:.3f}" if "held_out" in known else "")


def played(effect: Effect | None) -> str:
    """What a specialist did to progression: `31.20 → 33.40 %, +2.20 [-0.10, +4.50], n = 10`."""
    return "not played" if effect is None else changed(effect)
