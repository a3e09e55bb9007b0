"""The results of a run as data: means with standard errors, behaviour, paired differences, costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import compress, islice
from typing import Literal

from automem.loops.structure.lineage import Tried, tried
from automem.runs.candidates import Candidate
from automem.runs.trials import TrialRow, best_of
from automem.traces.metrics import METRICS, metric_of
from automem.traces.metrics.names import Better
from automem.traces.summary import CostRow, EpisodeRow, Mean, Paired, mean_of, paired, titled


@dataclass(frozen=True)
class Group:
    """Episodes that are averaged together: one scaffold at one stage in one world under the same conditions.

    `conditions` names world settings, models and sampling as `EpisodeRow` does.
    """

    stage: str
    scaffold: str
    scaffold_hash: str
    env: str
    conditions: str


@dataclass(frozen=True)
class Result:
    """How one group did on one task, or on all.

    Arguments:
        task: the task and its note; `all tasks` and their notes for the whole group, each episode with the same weight.
        played, owed, reused: episodes finished, episodes not, and how many of the finished were found.
        progression: mean over the finished episodes, 0 to 1.
        steps: their length.
    """

    task: str
    played: int
    owed: int
    reused: int
    progression: Mean
    steps: Mean


@dataclass(frozen=True)
class GroupResult:
    """One group: in all, and task by task in the order the episodes came in."""

    group: Group
    overall: Result
    tasks: tuple[Result, ...]


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
class Report:
    """Everything a report says; `render_text`, `to_markdown` and `to_data` say it.

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

    @property
    def mixed(self) -> bool:
        """Whether its groups were played under more than one set of conditions."""
        return len({result.group.conditions for result in self.results}) > 1


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
    groups: defaultdict[Group, list[EpisodeRow]] = defaultdict(list)
    for row in rows:
        groups[Group(row.stage, row.scaffold, row.scaffold_hash, row.env, row.conditions)].append(row)
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


def kept(report: Report) -> Report:
    """The same without what was played by candidates and specialists that no loop kept: they are told of elsewhere."""
    known = {tried.candidate.version for tried in report.lineage if tried.candidate.status != "accepted"}
    known -= {number for tried in report.lineage for number in (tried.candidate.root, tried.candidate.parent)}
    best = best_of(report.trials)
    others = {trial.played for trial in report.trials if trial != best}
    groups = [result.group for result in report.results]
    return _of(report, [not _is_version(group, known) and group.conditions not in others for group in groups])


def ends(report: Report) -> Report:
    """What the loops kept, with the first and the last scaffold alone where loop 1 has made something of one."""
    found = kept(report)
    hashes = [result.group.scaffold_hash for result in found.results]
    if not report.lineage or not hashes:
        return found
    return _of(found, [one in (hashes[0], hashes[-1]) for one in hashes])


def _is_version(group: Group, numbers: Iterable[int | None]) -> bool:
    return any(group.scaffold.endswith(f" v{number}") for number in numbers if number is not None)


def _of(report: Report, chosen: Sequence[bool]) -> Report:
    """A report of some of its groups."""
    groups = {result.group for result, wanted in zip(report.results, chosen, strict=True) if wanted}
    return replace(
        report,
        results=tuple(compress(report.results, chosen)),
        comparisons=tuple(one for one in report.comparisons if {one.before, one.after} <= groups),
        behaviour=tuple(replace(row, values=tuple(compress(row.values, chosen))) for row in report.behaviour),
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


def _comparisons(groups: dict[Group, list[EpisodeRow]]) -> Iterable[Comparison]:
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
