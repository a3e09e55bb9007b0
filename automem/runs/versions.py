"""The versions of a run's scaffold: an edited scaffold is a new version, and the old ones stay."""

from __future__ import annotations

from collections.abc import Iterable

from automem.runs.files import write_text
from automem.runs.keys import canonical
from automem.runs.layout import RunFolder
from automem.runs.lineup import Lineup
from automem.runs.records import Recorded, Version, now
from automem.runs.store import TASKS, Store
from automem.spec.resolve import ResolvedScaffold

_CURRENT = "version"
_CONDITIONS = "conditions"


def adopt(store: Store, folder: RunFolder, scaffold: ResolvedScaffold) -> Version:
    """The version that `scaffold` is, recorded if the run does not know it yet.

    A new version's parent is the one that was applied last. Going back to an earlier text goes back to
    that version.
    """
    versions = store.versions()
    found = next((version for version in versions if version.hash == scaffold.hash), None)
    version = found or _next(store, versions, scaffold)
    if not folder.scaffold(version.number).is_file() or found is None:
        write_text(folder.scaffold(version.number), scaffold.text)
    with store.together():
        if found is None:
            store.add_version(version)
            store.log("version", f"scaffold {version.label} ({version.origin})")
        store.set(_CURRENT, str(version.number))
    return version


def file_episodes(store: Store, lineup: Lineup) -> None:
    """Note the conditions an experiment asks for, and bring the rows of its episodes to its stages and conditions.

    Seeds may have moved from one stage to another since an episode was played; its key is the same.
    """
    with store.together():
        store.set(_CONDITIONS, lineup.conditions)
        store.set(TASKS, canonical(list(lineup.tasks)))
        for episode in lineup.episodes:
            store.file_episode(episode.key, episode.stage, lineup.conditions)


def under_last_conditions(store: Store, episodes: Iterable[Recorded]) -> list[Recorded]:
    """Those of some episodes that were played under the conditions that were applied last."""
    wanted = store.get(_CONDITIONS)
    return [one for one in episodes if one.row.conditions == wanted]


def latest(store: Store, episodes: Iterable[Recorded]) -> list[Recorded]:
    """Those of some episodes that have the version and the conditions that were applied last."""
    wanted = store.get(_CURRENT)
    return [one for one in under_last_conditions(store, episodes) if str(one.version) == wanted]


def current(store: Store) -> Version | None:
    """The version that was applied last; None before the first apply."""
    number = store.get(_CURRENT)
    return next((version for version in store.versions() if str(version.number) == number), None)


def _next(store: Store, versions: list[Version], scaffold: ResolvedScaffold) -> Version:
    parent = current(store)
    return Version(
        number=versions[-1].number + 1 if versions else 0,
        hash=scaffold.hash,
        name=scaffold.name,
        parent=parent.number if parent else None,
        origin="edited" if parent else "first",
        created=now(),
    )
