"""What loop 2 tried: how each specialist played, how it was trained and on what, by which recipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from automem.loops.effects import PROGRESSION
from automem.report.changes import Training
from automem.report.grid import NOTHING, Grid
from automem.report.ledger import learnt, losses, played, standing, verdict
from automem.report.lineage import changed, effect_grid, one_line, spent
from automem.report.outline.lineage import span_of
from automem.report.outline.parts import Facts, Fold, Part, Passage, Verbatim, folded
from automem.report.plots.data import TONES, Figure, Form, Line, Lines, Spans, Tone
from automem.report.table import Report
from automem.runs.trials import TrialRow

_SHORT = 90


def trials(report: Report) -> Sequence[Part]:
    """Loop 2; nothing where it tried nothing."""
    if not report.trials:
        return ()
    found = (_differences(report.trials), _curves(report.trainings))
    trainings = {one.trial: one for one in report.trainings}
    return (
        Passage(standing(report.trials)),
        *(figure for figure in found if figure is not None),
        _overview(report.trials),
        *(_trial(one, trainings.get(one.number)) for one in report.trials),
    )


def _differences(ledger: Sequence[TrialRow]) -> Figure | None:
    known = [(one, one.effects[PROGRESSION]) for one in ledger if PROGRESSION in one.effects]
    if not known:
        return None
    spans = tuple(span_of(one.name, effect, kept=one.status == "passed") for one, effect in known)
    told = "; ".join(f"{one.name}, {one.status}: {changed(effect)}" for one, effect in known)
    title = "Base with specialist against base alone: paired difference with its 95 % interval; filled marks passed"
    return Figure("trials", title, f"{told}.", Spans(spans, "points of progression", zero=True))


def _curves(trainings: Sequence[Training]) -> Figure | None:
    lines = [line for place, one in enumerate(trainings) for line in _losses(one, TONES[place % len(TONES)])]
    if not lines:
        return None
    told = "; ".join(f"{line.label} from {line.y[0]:.3f} to {line.y[-1]:.3f}" for line in lines)
    return Figure(
        "losses", "Loss over the steps of training", f"{told}.", Lines(tuple(lines), "optimiser step", "loss")
    )


def _losses(training: Training, tone: Tone) -> Iterator[Line]:
    trained = [(float(one.step), one.loss) for one in training.losses if one.loss is not None]
    held = [(float(one.step), one.held_out) for one in training.losses if one.held_out is not None]
    forms: tuple[tuple[Form, str, list[tuple[float, float]]], ...]
    forms = (("line", "trained lessons", trained), ("dashed", "held-out lessons", held))
    for form, what, points in forms:
        if points:
            x, y = zip(*points, strict=True)
            yield Line(f"t{training.trial}, {what}", x, y, tone=tone, form=form)


def _overview(ledger: Sequence[TrialRow]) -> Grid:
    rows = tuple(
        (
            one.name,
            one_line(one.reason, _SHORT) or NOTHING,
            learnt(one) or NOTHING,
            losses(one) or NOTHING,
            played(one.effects.get(PROGRESSION)),
            one_line(verdict(one)),
        )
        for one in ledger
    )
    columns = ("trial", "reason", "trained on", "loss", "progression", "verdict")
    note = "Progression: base alone → base with specialist, over pairs of task and seed, with the 95 % interval."
    return Grid("Trials", columns, rows, len(columns), note)


def _trial(trial: TrialRow, training: Training | None) -> Fold:
    return Fold(
        f"{trial.name} · for v{trial.version} · by {trial.proposer}", tuple(_told(trial, training)), trial.status
    )


def _told(trial: TrialRow, training: Training | None) -> Iterator[Part]:
    costs = {"select episodes": training.played, "recipe and judge": training.meta} if training else {}
    said = [f"{what} {spent(cost)}" for what, cost in costs.items() if cost.calls]
    said += [f"training {trial.seconds:,.0f} s, {trial.counts.get('tokens', 0):,} tokens"] if trial.weights else []
    yield Facts(
        (
            ("reason", trial.reason),
            ("expects", trial.expects),
            ("trained on", learnt(trial)),
            ("loss", losses(trial)),
            ("verdict", verdict(trial)),
            ("cost", "; ".join(said)),
        )
    )
    if len(trial.tasks) > 1:
        rows = tuple((task, played(effect)) for task, effect in trial.tasks.items())
        yield Grid("By task", ("task", "progression"), rows, 2)
    if trial.counts:
        rows = tuple((name.replace(".", ": "), f"{count:,}") for name, count in trial.counts.items())
        note = "Rejected: for this reason first; alone: by this criterion and no other."
        yield folded("What was selected, and what was left out", Grid("", ("what", "how many"), rows, 1, note))
    if trial.recipe:
        yield Fold("The recipe", (Verbatim(trial.recipe, "yaml"),))
    if moved := [one for one in trial.effects.values() if one.difference]:
        yield folded("Every metric that moved", effect_grid(moved))
