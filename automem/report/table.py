"""The results of a run as data: means with standard errors, behaviour, paired differences, costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from automem.loops.structure.lineage import Tried, tried
from automem.report.changes import Change, Training
from automem.report.curves import Curve
from automem.report.groups import Group, GroupResult, Result, by_group
from automem.report.noteworthy import Noteworthy
from automem.report.published import Published
from automem.report.spending import Spending, Whole
from automem.runs.candidates import Candidate, Effect
from automem.runs.trials import TrialRow
from automem.traces.metrics import METRICS, metric_of
from automem.traces.metrics.names import Better
from automem.traces.summary import CostRow, EpisodeRow, Mean, Paired, mean_of, paired, titled


@dataclass(frozen=True)
class Behaviour:
    """One metric; `values` has a mean over episodes for each group of the report, in its order."""

    metric: str
    meaning: str
    unit: str
    better: Better
    values: tuple[Mean, ...]


@dataclass(frozen=True)
class Comparison:
    """Progression of `after` minus `before` on the tasks and seeds that both have finished.

    `differs` is the one thing in which the two differ: the other is the same.
    """

    before: Group
    after: Group
    differs: Literal["scaffold", "conditions"]
    difference: Paired


@dataclass(frozen=True)
class Shift:
    """What happened to each metric from `before` to `after`, paired by task and seed."""

    before: Group
    after: Group
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class Report:
    """Everything a report says; `render_text`, `to_markdown`, `to_html` and `to_data` say it.

    Arguments:
        run: the run's name.
        owed: episodes the run still owes, those never begun included.
        results: one entry for each group.
        comparisons: each later group against the first one in the same world with which it shares seeds and
            conditions but not the scaffold, and against the first with which it shares seeds and scaffold but
            not the conditions.
        behaviour: the metrics in the order of `METRICS`.
        costs: what each model cost.
        errors: why episodes are owed, each reason once.
        lineage: what loop 1 proposed, oldest first; empty where it did not run.
        trials: what loop 2 tried, oldest first; empty where it did not run.
        shifts: for the comparisons of what the loops started from and what they kept, what happened to each metric.
        published: what has been published about the same worlds.
        curves: progression over steps, of what the loops started from and what they kept.
        noteworthy: single episodes that are worth a look.
        changes: what stands beside each candidate of `lineage`.
        trainings: what stands beside each trial of `trials`.
        spending: what the calls were for, and what they cost; empty where that is not known.
        whole: what the whole run took; None where that is not known.
        notes: what could not be read, and is left out.
    """

    run: str
    owed: int
    results: tuple[GroupResult, ...]
    comparisons: tuple[Comparison, ...]
    behaviour: tuple[Behaviour, ...]
    costs: tuple[CostRow, ...]
    errors: tuple[str, ...]
    lineage: tuple[Tried, ...] = ()
    trials: tuple[TrialRow, ...] = ()
    shifts: tuple[Shift, ...] = ()
    published: tuple[Published, ...] = ()
    curves: tuple[Curve, ...] = ()
    noteworthy: tuple[Noteworthy, ...] = ()
    changes: tuple[Change, ...] = ()
    trainings: tuple[Training, ...] = ()
    spending: tuple[Spending, ...] = ()
    whole: Whole | None = None
    notes: tuple[str, ...] = ()

    @property
    def mixed(self) -> bool:
        """Whether its groups were played under more than one set of conditions."""
        return len({result.group.conditions for result in self.results}) > 1

    def name_of(self, group: Group) -> str:
        """A group for people: stage, scaffold and, where it is not alone in that, what else sets it apart.

        That is the trial whose specialist played, or the hash of the conditions.
        """
        trial = next((one.name for one in self.trials if one.played == group.conditions), "")
        others = {result.group.conditions for result in self.results} - {one.played for one in self.trials}
        digits = group.conditions.partition(": ")[0] if len(others) > 1 else ""
        return " ".join(filter(None, (group.stage, group.scaffold, f"with {trial}" if trial else digits)))


def build(
    rows: Iterable[EpisodeRow],
    *,
    run: str,
    owed: int,
    costs: Sequence[CostRow] = (),
    candidates: Iterable[Candidate] = (),
    trials: Sequence[TrialRow] = (),
) -> Report:
    """Average the episodes of a run.

    Arguments:
        rows: its episodes; groups and tasks are reported in the order they first appear.
        run: its name.
        owed: how many episodes are owed in all; may count episodes that have no row yet.
        costs: a row for each model.
        candidates: what loop 1 proposed in the lineage that the rows are of, oldest first.
        trials: what loop 2 tried likewise.
    """
    groups = by_group(rows)
    return Report(
        run,
        owed,
        tuple(_group_result(group, members) for group, members in groups.items()),
        tuple(_comparisons(groups)),
        tuple(_behaviour([_done(members) for members in groups.values()])),
        tuple(costs),
        tuple(dict.fromkeys(row.error for members in groups.values() for row in members if row.error)),
        tuple(map(tried, candidates)),
        tuple(trials),
    )


def _done(rows: Iterable[EpisodeRow]) -> list[EpisodeRow]:
    return [row for row in rows if row.status == "done"]


def _group_result(group: Group, rows: list[EpisodeRow]) -> GroupResult:
    tasks: defaultdict[str, list[EpisodeRow]] = defaultdict(list)
    for row in rows:
        tasks[row.title].append(row)
    overall = titled("all tasks", ", ".join(dict.fromkeys(row.note for row in rows if row.note)))
    return GroupResult(group, _result(overall, rows), tuple(_result(task, members) for task, members in tasks.items()))


def _result(task: str, rows: list[EpisodeRow]) -> Result:
    done = _done(rows)
    return Result(
        task,
        len(done),
        len(rows) - len(done),
        sum(row.reused for row in done),
        mean_of(row.progression for row in done),
        mean_of(row.steps for row in done),
    )


def _behaviour(groups: list[list[EpisodeRow]]) -> Iterable[Behaviour]:
    names = {name for rows in groups for row in rows for name in row.metrics}
    order = {name: place for place, name in enumerate(METRICS)}
    for name in sorted(names, key=lambda name: (order[name.partition(".")[0]], name)):
        metric = metric_of(name)
        values = tuple(mean_of(row.metrics.get(name, metric.absent) for row in rows if row.metrics) for rows in groups)
        yield Behaviour(name, metric.meaning, metric.unit, metric.better, values)


def _comparisons(groups: Mapping[Group, list[EpisodeRow]]) -> Iterable[Comparison]:
    scores = {group: {(row.task, row.seed): row.progression for row in _done(rows)} for group, rows in groups.items()}
    for place, after in enumerate(scores):
        compared: set[str] = set()
        for before in islice(scores, place):
            differs, difference = _difference(before, after), paired(scores[before], scores[after])
            if differs is not None and differs not in compared and difference.n:
                compared.add(differs)
                yield Comparison(before, after, differs, difference)


def _difference(before: Group, after: Group) -> Literal["scaffold", "conditions"] | None:
    """The one thing in which two groups differ; None when they differ in more, or in neither."""
    scaffold, conditions = before.scaffold_hash != after.scaffold_hash, before.conditions != after.conditions
    if before.env != after.env or scaffold == conditions:
        return None
    return "scaffold" if scaffold else "conditions"
