"""Runs: what is kept of an experiment on disk, and playing its episodes."""

from __future__ import annotations

from automem.runs.estimate import Estimate, Span
from automem.runs.keys import Episode
from automem.runs.layout import DEFAULT_RUNS, RunFolder
from automem.runs.listing import (
    RunDetails,
    RunSummary,
    find_episode,
    find_run,
    list_runs,
    remove_run,
    show_run,
)
from automem.runs.lock import RunLocked
from automem.runs.plan import LoopPlan, Plan, Proposals, StagePlan, TrainPlan
from automem.runs.progress import Progress
from automem.runs.records import Apply, Event, Recorded, Version
from automem.runs.result import Result
from automem.runs.session import Session

__all__ = [
    "DEFAULT_RUNS",
    "Apply",
    "Episode",
    "Estimate",
    "Event",
    "LoopPlan",
    "Plan",
    "Progress",
    "Proposals",
    "Recorded",
    "Result",
    "RunDetails",
    "RunFolder",
    "RunLocked",
    "RunSummary",
    "Session",
    "Span",
    "StagePlan",
    "TrainPlan",
    "Version",
    "find_episode",
    "find_run",
    "list_runs",
    "remove_run",
    "show_run",
]
