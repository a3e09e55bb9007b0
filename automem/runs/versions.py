"""The versions of a run's scaffold: an edited scaffold is a new version, and the old ones stay."""

from __future__ import annotations

from collections.abc import Iterable

from automem.runs.candidates import Candidate, lineage_of
from automem.runs.files import write_text
from automem.runs.keys import canonical
from automem.runs.layout import RunFolder
from automem.runs.lineup import STAGES, Lineup
from automem.runs.records import Recorded, Version, now
from automem.runs.store import TASKS, Store
from automem.runs.trials import TrialRow, ledger_of
from automem.spec.resolve import ResolvedScaffold

_CURRENT = "version"
_ROOT = "root"
_CONDITIONS = "conditions"


def adopt(store: Store, folder: RunFolder, scaffold: ResolvedScaffold, parent: Version | None = None) -> Version:
    """The version that `scaffold` is, recorded if the run does not know it yet.

    Going back to an earlier text goes back to that version.

    Arguments:
        parent: the version that a patch made it from. Left out for the scaffold that the experiment names: where it
            is another than before, it is the current one now; its parent is the one that was named last.
    """
    versions = store.versions()
    found = next((version for version in versions if version.hash == scaffold.hash), None)
    version = found or _next(versions, scaffold, *_origin(store, parent))
    if not folder.scaffold(version.number).is_file() or found is None:
        write_text(folder.scaffold(version.number), scaffold.text)
    with store.together():
        if found is None:
            store.add_version(version)
            store.log("version", f"scaffold {version.label} ({version.origin})")
        if parent is None and store.get(_ROOT) != str(version.number):
            store.set(_ROOT, str(version.number))
            make_current(store, version)
    return version


def make_current(store: Store, version: Version) -> None:
    """Make a version the one that is meant where the run is named without one."""
    store.set(_CURRENT, str(version.number))


def file_episodes(store: Store, lineup: Lineup) -> None:
    """Note the conditions an experiment asks for, and bring the rows of its episodes to its stages and conditions.

    Seeds may have moved from one stage to another since an episode was played; its key is the same. The rows of
    other versions, conditions and replays move with them: what is sealed for one is sealed for all.
    """
    stages = {seed: name for name in STAGES for seed in getattr(lineup.experiment.seeds, name) or ()}
    with store.together():
        store.set(_CONDITIONS, lineup.conditions)
        store.set(TASKS, canonical(list(lineup.tasks)))
        for episode in lineup.evaluation + lineup.stage("train"):
            store.file_episode(episode.key, episode.stage, lineup.conditions)
        store.file_seeds(stages)


def under_last_conditions(store: Store, episodes: Iterable[Recorded]) -> list[Recorded]:
    """Those of some episodes that were played under the conditions that were applied last."""
    wanted = store.get(_CONDITIONS)
    return [one for one in episodes if one.row.conditions == wanted]


def latest(store: Store, episodes: Iterable[Recorded]) -> list[Recorded]:
    """Those of some episodes that have the version and the conditions that were applied last."""
    wanted = store.get(_CURRENT)
    return [one for one in under_last_conditions(store, episodes) if str(one.version) == wanted]


def current(store: Store) -> Version | None:
    """The version that was applied last, or that loop 1 made of it; None before the first apply."""
    return _fact(store, _CURRENT)


def root(store: Store) -> Version | None:
    """The version of the scaffold that the experiment named last; None before the first apply."""
    return _fact(store, _ROOT) or current(store)


def last_conditions(store: Store) -> str:
    """The conditions that were applied last, as `EpisodeRow.conditions`; empty before the first apply."""
    return store.get(_CONDITIONS) or ""


def last_lineage(store: Store) -> list[Candidate]:
    """What loop 1 has proposed for the scaffold that was named last, under the conditions that were applied last."""
    begun = root(store)
    return [] if begun is None else lineage_of(store.candidates(), begun.number, last_conditions(store))


def last_ledger(store: Store) -> list[TrialRow]:
    """What loop 2 has tried for the version that the run stands at, under the conditions that were applied last."""
    now = current(store)
    return [] if now is None else ledger_of(store.trials(), now.number, last_conditions(store))


def _fact(store: Store, name: str) -> Version | None:
    number = store.get(name)
    return next((version for version in store.versions() if str(version.number) == number), None)


def _origin(store: Store, parent: Version | None) -> tuple[int | None, str]:
    if parent is not None:
        return parent.number, "patched"
    before = root(store)
    return (before.number, "edited") if before else (None, "first")


def _next(versions: list[Version], scaffold: ResolvedScaffold, parent: int | None, origin: str) -> Version:
    number = versions[-1].number + 1 if versions else 0
    return Version(number, scaffold.hash, scaffold.name, parent, origin, now())
