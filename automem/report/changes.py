"""What stands beside loop 1's candidates and loop 2's trials: diffs, places to look at, curves of loss, costs."""

from __future__ import annotations

from dataclasses import dataclass

from automem.runs.costs import Cost


@dataclass(frozen=True)
class Look:
    """Something to look at.

    Arguments:
        what: is to be seen.
        command: the command line that opens it in the viewer; empty where nothing can be opened.
    """

    what: str
    command: str = ""


@dataclass(frozen=True)
class Change:
    """What a candidate of loop 1 changes, and what it rests on.

    Arguments:
        candidate: its number.
        difference: a unified diff of the scaffold as its authors wrote it; of nothing where it made no version.
        evidence: what its patch names.
        cost: of proposing it.
    """

    candidate: int
    difference: tuple[str, ...]
    evidence: tuple[Look, ...]
    cost: Cost


@dataclass(frozen=True)
class Loss:
    """A point of a training's curve: the loss at an optimiser step, on trained lessons or on those held out."""

    step: int
    loss: float | None
    held_out: float | None


@dataclass(frozen=True)
class Training:
    """How a trial of loop 2 was trained, and what it cost.

    Arguments:
        trial: its number.
        losses: the curve; empty where nothing was trained.
        played: cost of its select episodes.
        meta: cost of proposing its recipe and judging its examples.
    """

    trial: int
    losses: tuple[Loss, ...]
    played: Cost
    meta: Cost
