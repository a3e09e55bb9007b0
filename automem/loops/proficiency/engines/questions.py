"""What a meta-model may ask before it proposes a recipe: the ledger, selections, features, losses, and the play."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Literal, TypeVar

from pydantic import Field, create_model

from automem.errors import RunError, SpecError
from automem.evidence.tool import Args, Paged, Tool, clip, page, short
from automem.evidence.tools import TOOLS
from automem.evidence.view import View
from automem.loops.meta.told import measured
from automem.loops.meta.toolbox import Question, unfenced
from automem.loops.proficiency.engines.base import Assignment
from automem.loops.proficiency.engines.tables import feature_table
from automem.loops.proficiency.examples import examples_of
from automem.loops.proficiency.job import Point, read_job
from automem.loops.proficiency.verdicts import State, Verdict
from automem.runs.trials import TrialRow

ABOUT_PLAY = (
    *("overview", "metrics", "steps", "step", "grep", "memory", "memory_file"),
    *("file_history", "operations", "firings", "compare", "scaffold"),
)
"""The questions about a run that help with recipes; the others are about patches."""

_MOST_POINTS = 40
_MOST_COUNTS = 60
_TEXT = 8_000

A = TypeVar("A", bound=Args)


class Ledger(Paged):
    """Arguments of `ledger`."""


class OfTrial(Args):
    """Arguments of a question about one trial."""

    trial: int = Field(ge=1, description="its number, as the ledger has it")


class Features(Args):
    """Arguments of `features`."""

    phase: Literal["log", "plan"] | None = Field(None, description="examples of this phase alone")


class Preview(Paged):
    """Arguments of `preview`."""

    recipe: str = Field(min_length=1, description="the whole recipe document as YAML text")
    state: State | None = Field(None, description="only examples of this fate")
    by: str | None = Field(None, max_length=100, description="only those that this rejected, such as keep/looked")
    phase: Literal["log", "plan"] | None = Field(None, description="only examples of this phase")


def questions_of(assignment: Assignment) -> list[Question]:
    """All that may be asked for one assignment; nothing of it changes anything, and no report seed is shown."""
    return [
        _question(
            "ledger",
            "Start here. The trials so far: how each recipe was called, how many examples it chose, its losses, what"
            " it did to progression, and what became of it.",
            Ledger,
            partial(_ledger, assignment),
        ),
        _question(
            "trial",
            "One trial in full: its recipe, the counts of its selection, its losses, what it did to the metrics that"
            " moved most (before, after, difference) and to each task, and what the gate said.",
            OfTrial,
            partial(_trial, assignment),
        ),
        _question(
            "losses",
            "The loss curve of a trial's training: by optimiser step the loss on the trained tokens, the learning rate,"
            " and the loss on what is held out.",
            OfTrial,
            partial(_losses, assignment),
        ),
        _question(
            "features",
            "What examples are like: each feature that criteria may use, with its spread over all that may be trained"
            " on (or how often each text comes).",
            Features,
            partial(_features, assignment),
        ),
        _question(
            "preview",
            "What a recipe would select, for nothing: how many are chosen, held out and rejected, by which criterion,"
            " and the examples one by one with their commands. Their ids are EPISODE/STEP/PHASE: `step` shows one.",
            Preview,
            partial(_preview, assignment),
        ),
        *(_of_play(TOOLS[name], assignment) for name in ABOUT_PLAY),
    ]


def _question(name: str, about: str, args: type[A], answer: Callable[[A], Mapping[str, Any]]) -> Question:
    return Question(name, about, args, lambda given: answer(args.model_validate(dict(given))))


def _of_play(tool: Tool[Any], assignment: Assignment) -> Question:
    """A question about the run, of the play that is meant."""
    meant = Field(
        "select",
        max_length=20,
        description="whose episodes: train (what may be learnt from), select (the base, which trials must beat), or a"
        " trial that played, such as t2",
    )
    fields: dict[str, Any] = {"of": (str, meant)}

    def answer(given: Mapping[str, Any]) -> Mapping[str, Any]:
        view = _view(assignment, str(given.get("of", "select")))
        return tool.ask(view, {name: value for name, value in given.items() if name != "of"})

    return Question(tool.name, tool.about, create_model(tool.args.__name__, __base__=tool.args, **fields), answer)


def _view(assignment: Assignment, of: str) -> View:
    views = {"train": assignment.collected, "select": assignment.played}
    views |= {f"t{number}": view for number, view in assignment.tried.items()}
    if of not in views:
        raise RunError(f"there is no play of {clip(of, 40)!r}; there is {', '.join(views)}")
    return views[of]


def _row(assignment: Assignment, number: int) -> TrialRow:
    found = next((row for row in assignment.ledger if row.number == number), None)
    if found is None:
        raise RunError(f"there is no trial t{number}; there are {', '.join(row.name for row in assignment.ledger)}")
    return found


def _ledger(assignment: Assignment, args: Ledger) -> Mapping[str, Any]:
    return page(map(_brief, assignment.ledger), args)


def _brief(row: TrialRow) -> dict[str, Any]:
    counts = {name: row.counts[name] for name in ("examples", "chosen", "held_out", "trained") if name in row.counts}
    return {
        "trial": row.name,
        "by": row.proposer,
        "status": row.status,
        "gain": short(row.gain),
        "counts": counts,
        "losses": {name: short(loss) for name, loss in row.losses.items()},
        "reason": clip(row.reason, 400),
        "expects": clip(row.expects, 400),
        "why": clip(row.why, 600),
    }


def _trial(assignment: Assignment, args: OfTrial) -> Mapping[str, Any]:
    row = _row(assignment, args.trial)
    decision = row.decision
    return {
        **_brief(row),
        "counts": {name: row.counts[name] for name in sorted(row.counts)[:_MOST_COUNTS]},
        "tasks": {task: short(one.difference) for task, one in row.tasks.items()},
        "gate": None if decision is None else {"accepted": decision.accepted, "why": clip(decision.why, 600)},
        "measured": measured(row.effects.values())[1:],
        "recipe": clip(row.recipe, _TEXT),
    }


def _losses(assignment: Assignment, args: OfTrial) -> Mapping[str, Any]:
    row = _row(assignment, args.trial)
    points = read_job(assignment.collected.folder.trial(row.number)).points()
    return {"trial": row.name, "points": [_point(point) for point in _thinned(points)], "total": len(points)}


def _thinned(points: Sequence[Point]) -> Iterator[Point]:
    """Every point about what is held out, and so many of the others, evenly, that all are not too many."""
    held = [point for point in points if point.held_out_loss is not None]
    others = len(points) - len(held)
    every = max(1, -(-others // max(1, _MOST_POINTS - min(len(held), _MOST_POINTS // 2))))
    for at, point in enumerate(points):
        if point.held_out_loss is not None or at % every == 0 or at == len(points) - 1:
            yield point


def _point(point: Point) -> dict[str, Any]:
    figures = {"loss": point.loss, "learning_rate": point.lr, "held_out_loss": point.held_out_loss}
    told = {name: short(figure) for name, figure in figures.items() if figure is not None}
    return {"step": point.step, "epoch": short(round(point.epoch, 3)), **told}


def _features(assignment: Assignment, args: Features) -> Mapping[str, Any]:
    view = assignment.collected
    return feature_table(examples_of(view.folder, view.episodes), args.phase)


def _preview(assignment: Assignment, args: Preview) -> Mapping[str, Any]:
    checked = assignment.check(unfenced(args.recipe))
    if checked.recipe is None:
        raise SpecError(list(checked.issues))
    selected = assignment.preview(checked.recipe)
    patterns = {one.id: str(one.features["pattern"]) for one in (*selected.chosen, *selected.held_out)}
    wanted = (one for one in selected.verdicts if _wanted(one, args))
    about = {"enough": len(selected.chosen) >= checked.recipe.compose.minimum, "counts": dict(selected.counts)}
    return {**about, **page(wanted, args, 12_000, lambda one: _verdict(one, patterns))}


def _wanted(verdict: Verdict, args: Preview) -> bool:
    return (
        args.state in (None, verdict.state)
        and args.phase in (None, verdict.phase)
        and (args.by is None or args.by in verdict.by)
    )


def _verdict(verdict: Verdict, patterns: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"example": verdict.example, "state": verdict.state}
    told |= {"by": list(verdict.by)} if verdict.by else {}
    told |= {"score": short(verdict.score)} if verdict.score is not None else {}
    return told | ({"commands": clip(patterns[verdict.example], 200)} if verdict.example in patterns else {})
