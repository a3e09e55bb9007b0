"""What can be shown of a run: finished episodes, and those that are being played."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from automem.errors import RunError
from automem.runs.layout import RunFolder
from automem.runs.lock import holder
from automem.runs.records import Recorded
from automem.runs.store import Store
from automem.traces.store import read_header
from automem.traces.summary import titled
from automem.view.format import EpisodeLine

_LIVE = ".jsonl.zst.partial"
_ID = re.compile(r"(?!\.)[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Listed:
    """An episode of a run.

    Arguments:
        line: as the page lists it; with the id that it has within its run.
        group: the version it was played by and what it was played under.
        kept: its version is none that loop 1 has tried and turned down.
    """

    line: EpisodeLine
    group: tuple[str, str]
    kept: bool


@dataclass(frozen=True)
class Listing:
    """A run, whether an apply works on it now, and its episodes in the order that reports have."""

    folder: RunFolder
    going: bool
    episodes: tuple[Listed, ...]


def list_episodes(folder: RunFolder) -> Listing:
    """What a run has to show now.

    Raises:
        RunError: it cannot be read.
    """
    going = bool(holder(folder.lock))
    with Store.read(folder.database) as store:
        recorded = store.episodes()
        dropped = {one.version for one in store.candidates() if one.status not in ("accepted", "playing")}
        names = {trial.played: f"with {trial.name}" for trial in store.trials() if trial.played}
    variants = _variants([one.row.conditions for one in recorded], names)
    live = {line.id: line for line in _live(folder, "playing" if going else "stopped")}
    listed = []
    for one in recorded:
        found = live.pop(one.id, None) if one.row.status == "owed" else None
        line = found or _line(folder, one, variants[one.row.conditions])
        listed.append(Listed(line, (one.row.scaffold, one.row.conditions), one.version not in dropped))
    known = {one.id for one in recorded}
    if odd := next((name for name in (*known, *live) if not _ID.fullmatch(name)), None):
        raise RunError(f"{folder.database}: {odd!r} is no name of an episode; the database is damaged")
    listed += (Listed(line, (line.scaffold, line.variant), True) for id_, line in live.items() if id_ not in known)
    return Listing(folder, going, tuple(listed))


def _line(folder: RunFolder, recorded: Recorded, variant: str) -> EpisodeLine:
    row = recorded.row
    return EpisodeLine(
        id=recorded.id,
        path=f"{folder.name}/{recorded.id}",
        run=folder.name,
        stage=row.stage,
        scaffold=row.scaffold,
        env=row.env,
        task=row.title,
        seed=row.seed,
        status=row.status,
        variant=variant,
        replay=row.replay,
        progression=row.progression,
        steps=row.steps,
        error=row.error,
        drawn=_is_installed(row.env),
    )


def _live(folder: RunFolder, status: str) -> Iterator[EpisodeLine]:
    """Episodes whose traces are not finished; what they are stands at the beginning of their traces."""
    for path in sorted(folder.traces.glob(f"*{_LIVE}")):
        episode = path.name.removesuffix(_LIVE)
        with suppress(RunError):  # not even the beginning is written, or it has just been finished
            header = read_header(folder.trace(episode))
            yield EpisodeLine(
                id=episode,
                path=f"{folder.name}/{episode}",
                run=folder.name,
                stage=header.stage,
                scaffold=header.scaffold,
                env=header.env,
                task=titled(header.task, header.note),
                seed=header.seed,
                status="playing" if status == "playing" else "stopped",
                variant=_specialist(header.models),
                drawn=_is_installed(header.env),
            )


def _specialist(models: dict[str, str]) -> str:
    name = models.get("specialist", "")
    return f"with {name}" if name and name != models.get("base") else ""


def _is_installed(env: str) -> bool:
    """Whether a world is known by name, so that no trace can name code that is run to draw it unasked."""
    return ":" not in env


def _variants(conditions: Iterable[str], names: dict[str, str]) -> dict[str, str]:
    """What sets each of several conditions apart, in words; nothing where there is only one.

    Arguments:
        conditions: as `EpisodeRow.conditions`.
        names: those that have a name of their own.
    """
    words = {one: one.partition(": ")[2].split(", ") for one in conditions}
    shared = set.intersection(*map(set, words.values())) if words else set()
    return {
        one: names.get(one, ", ".join(part for part in parts if part not in shared)) for one, parts in words.items()
    }
