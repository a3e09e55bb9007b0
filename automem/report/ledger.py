"""What loop 2 tried, in words and as tables: recipes, what they selected, losses, play, verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from automem.loops.effects import PROGRESSION
from automem.report.grid import NOTHING, Grid
from automem.report.lineage import changed, one_line
from automem.runs.candidates import Effect
from automem.runs.trials import TrialRow, best_of

_SHORT = 60


def ledger_grids(trials: Sequence[TrialRow], *, brief: bool = False) -> Iterator[Grid]:
    """The table of all trials, and that of their tasks; nothing where there are none.

    Arguments:
        trials: a ledger, oldest first.
        brief: reasons and verdicts alone, cut where they are long.
    """
    if not trials:
        return
    kept = (
        f"The specialist is {best.name}." if (best := best_of(trials)) else "There is no specialist: none has passed."
    )
    if brief:
        short = tuple((one.name, one_line(one.reason, _SHORT) or NOTHING, one_line(verdict(one))) for one in trials)
        yield Grid("Trials", ("trial", "reason", "verdict"), short, 3, f"{kept} `automem history` says more of each.")
        return
    columns = ("trial", "proposer", "reason", "trained on", "loss", "progression", "verdict")
    rows = tuple(
        (
            one.name,
            one.proposer,
            one_line(one.reason, None) or NOTHING,
            learnt(one) or NOTHING,
            losses(one) or NOTHING,
            played(one.effects.get(PROGRESSION)),
            one_line(verdict(one), None),
        )
        for one in trials
    )
    note = "Progression: base alone → base with specialist, over pairs of task and seed, with the 95 % interval."
    yield Grid("Trials", columns, rows, len(columns), f"{kept} {note}")
    tasks = tuple((one.name, task, played(effect)) for one in trials for task, effect in one.tasks.items())
    if len({task for _, task, _ in tasks}) > 1:
        yield Grid("Trials by task", ("trial", "task", "progression"), tasks, 3, note)


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
