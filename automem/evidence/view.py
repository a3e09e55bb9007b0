"""What may be looked at: finished episodes of one stage and of some versions, under one set of conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from automem.agent.record import Header, Step
from automem.errors import RunError
from automem.runs.candidates import Candidate
from automem.runs.layout import RunFolder
from automem.runs.records import Recorded, Version
from automem.runs.store import Store
from automem.runs.versions import last_conditions, last_lineage
from automem.spec.source import Document, read_document
from automem.traces.store import iter_steps, read_header


@dataclass(frozen=True)
class View:
    """A read-only window on a run.

    Arguments:
        folder: the run.
        versions: numbers of the scaffold's versions that may be looked at; the last one is the one meant
            where a question names none.
        stage: which episodes; proposers of patches see `select` alone.
        conditions: what they were played under, as `EpisodeRow.conditions`; those applied last where empty.
    """

    folder: RunFolder
    versions: tuple[int, ...]
    stage: str = "select"
    conditions: str = ""

    @property
    def version(self) -> int:
        """The version meant where none is named."""
        return self.versions[-1]

    @cached_property
    def known_versions(self) -> dict[int, Version]:
        """Number → version, of those that may be looked at."""
        with Store.read(self.folder.database) as store:
            return {one.number: one for one in store.versions() if one.number in self.versions}

    @cached_property
    def episodes(self) -> tuple[Recorded, ...]:
        """The finished episodes that may be looked at, by version, task and seed."""
        with Store.read(self.folder.database) as store:
            wanted, found = self.conditions or last_conditions(store), store.episodes()
        return tuple(
            one
            for one in found
            if (one.row.status, one.row.stage, one.row.conditions) == ("done", self.stage, wanted)
            and one.version in self.versions
        )

    @cached_property
    def lineage(self) -> tuple[Candidate, ...]:
        """What loop 1 has proposed for the scaffold that was named last, under the same conditions; oldest first."""
        with Store.read(self.folder.database) as store:
            return tuple(last_lineage(store))

    def of_version(self, number: int | None = None) -> list[Recorded]:
        """The episodes of one version.

        Raises:
            RunError: the version may not be looked at.
        """
        number = self.version if number is None else number
        if number not in self.versions:
            known = ", ".join(f"v{one}" for one in self.versions)
            raise RunError(f"version v{number} is not to be seen here; there is {known}")
        return [one for one in self.episodes if one.version == number]

    def episode(self, name: str, version: int | None = None) -> Recorded:
        """One episode, by its id, the beginning of its id, or its seed where one task has it.

        Of an episode that was sampled several times the first is meant, where its id does not say otherwise.

        Arguments:
            version: where several versions have played it; the view's last when left out.

        Raises:
            RunError: none or several are meant; the message lists what there is.
        """
        number = self.version if version is None else version
        exact = [one for one in self.episodes if one.id == name]
        meant = [one for one in self.episodes if name == str(one.row.seed) or one.id.startswith(name)]
        meant = [one for one in meant if one.version == number] or meant
        found = exact or (meant if len(meant) < 2 else [one for one in meant if not one.row.replay])
        if len(found) == 1:
            return found[0]
        known = found or self.of_version(number)
        some = ", ".join(one.id for one in known[:12]) or "none yet"
        some += f" and {len(known) - 12} more" if len(known) > 12 else ""
        problem = "several episodes match" if found else "no episode matches"
        raise RunError(f"{problem} {name!r}; there are: {some}")

    def header(self, episode: Recorded) -> Header:
        """The header of an episode's trace."""
        return read_header(self.folder.trace(episode.id))

    def steps(self, episode: Recorded) -> Iterator[Step]:
        """An episode's steps, in order."""
        return iter_steps(self.folder.trace(episode.id))

    def scaffold(self, version: int | None = None) -> Document:
        """The scaffold of a version as the run keeps it, self-contained.

        Raises:
            RunError: the version may not be looked at.
        """
        self.of_version(version)
        return read_document(self.folder.scaffold(self.version if version is None else version))


def view_of(folder: RunFolder, versions: Sequence[int] | None = None, stage: str = "select") -> View:
    """A view of some versions of a run, or of all.

    Raises:
        RunError: there is no such version, or none has been played.
    """
    with Store.read(folder.database) as store:
        known = [version.number for version in store.versions()]
    for number in versions or ():
        if number not in known:
            raise RunError(f"run {folder.name} has no version v{number}; it has {', '.join(f'v{n}' for n in known)}")
    if not known:
        raise RunError(f"run {folder.name} has played nothing yet")
    return View(folder, tuple(versions or known), stage)
