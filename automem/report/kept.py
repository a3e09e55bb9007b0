"""Reports of some of what was played: what the loops kept, and what they started from and came to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import compress

from automem.loops.effects import effects_of
from automem.report.groups import Group, GroupResult, by_group
from automem.report.table import Report, Shift
from automem.runs.trials import best_of
from automem.traces.summary import EpisodeRow


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


def decisive(results: Sequence[GroupResult]) -> list[GroupResult]:
    """The groups that decide: those of the sealed seeds, where these are open, else of the select seeds."""
    for stage in ("report", "select"):
        if found := [one for one in results if one.group.stage == stage and one.overall.played]:
            return found
    return []


def shifts(report: Report, rows: Iterable[EpisodeRow]) -> Iterator[Shift]:
    """What the loops did to each metric: for each of the comparisons of `ends`.

    Arguments:
        rows: the episodes that the report is of.
    """
    groups = by_group(rows)
    for one in ends(report).comparisons:
        effects = effects_of(groups[one.before], groups[one.after])
        yield Shift(one.before, one.after, tuple(effects.values()))


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
