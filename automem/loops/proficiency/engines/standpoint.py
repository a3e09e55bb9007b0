"""From where the next move is made: the trials as plain data, and the recipe that is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automem.errors import SpecError
from automem.loops.proficiency.engines.base import Assignment
from automem.runs.trials import TrialRow
from automem.spec.recipe import Recipe
from automem.spec.source import parse_document
from automem.traces.summary import mean_of


@dataclass(frozen=True)
class Standpoint:
    """What is changed, and what may be asked before.

    Arguments:
        best: the trial whose recipe is changed.
        written: that recipe as its author wrote it, as plain data.
        values: what expressions of moves see; see `spec.move.GIVEN`.
    """

    best: TrialRow
    written: Mapping[str, Any]
    values: Mapping[str, Any]

    @property
    def recipe(self) -> Recipe:
        """The recipe that is changed."""
        return Recipe.model_validate(self.written)


def standpoint(assignment: Assignment) -> Standpoint:
    """Where a ledger stands. The recipe of the trial that gained most is changed; of equal ones the latest."""
    usable = [(row, written) for row in assignment.ledger if (written := _recipe(row.recipe)) is not None]
    best, written = max(usable, key=lambda one: (_worth(one[0]), one[0].number))
    values = {
        "recipe": Recipe.model_validate(written).model_dump(mode="json"),
        "best": _told(best),
        "last": _told(assignment.ledger[-1]),
        "trials": [_told(row) for row in assignment.ledger],
        "metrics": _means(assignment),
    }
    return Standpoint(best, written, values)


def _worth(row: TrialRow) -> tuple[bool, bool, float]:
    """What is best to start from: what passed, then what was played, by what it gained."""
    return row.status == "passed", row.gain is not None, row.gain or 0.0


def _recipe(text: str) -> Mapping[str, Any] | None:
    """A recipe as plain data; None where it is none, or one that was refused for what it says."""
    try:
        written = parse_document(text, "recipe", aliases=False).plain()
        Recipe.model_validate(written)
    except (SpecError, ValueError):
        return None
    return written


def _told(row: TrialRow) -> dict[str, Any]:
    effects = {name: effect.difference for name, effect in row.effects.items() if effect.difference is not None}
    return {
        "number": row.number,
        "status": row.status,
        "why": row.why,
        "gain": row.gain,
        "counts": dict(row.counts),
        "losses": dict(row.losses),
        "effects": effects,
    }


def _means(assignment: Assignment) -> dict[str, float]:
    episodes: Sequence[Any] = assignment.played.of_version()
    names = sorted({name for one in episodes for name in one.row.metrics})
    means = {name: mean_of(one.row.metrics.get(name) for one in episodes).mean for name in names}
    return {name: mean for name, mean in means.items() if mean is not None}
