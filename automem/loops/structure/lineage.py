"""The versions and candidates of a run as a tree: what was made from what, why, and what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from automem.errors import SpecError
from automem.loops.pairs import pairs_of
from automem.patches.model import Expectation, Patch
from automem.runs.candidates import Candidate, Effect, lineage_of
from automem.runs.costs import Cost, total
from automem.runs.records import Recorded, Version
from automem.spec.source import parse_document
from automem.spec.validation import validate
from automem.traces.summary import Mean, mean_of


@dataclass(frozen=True)
class Promise:
    """What a patch expects of a metric, and what it did to it.

    Arguments:
        metric: a measured name.
        direction: `up`, `down` or `same`.
        size: by how much, in the metric's own unit or as text such as `90%`; None where the patch does not say.
        effect: what was measured; None while it was not.
    """

    metric: str
    direction: str
    size: str | float | None
    effect: Effect | None


@dataclass(frozen=True)
class Tried:
    """A candidate, with what its patch says of itself.

    Arguments:
        candidate: its row.
        reason: why it was proposed; empty where its patch cannot be read.
        promises: what it expects, the main thing first.
    """

    candidate: Candidate
    reason: str = ""
    promises: tuple[Promise, ...] = ()

    @property
    def verdict(self) -> str:
        """What became of it, and why, in words."""
        candidate = self.candidate
        why = candidate.comment if candidate.status == "declined" else candidate.why
        return f"{candidate.status}: {why}" if why else candidate.status


@dataclass(frozen=True)
class Node:
    """A version of the scaffold, or a candidate that has made none.

    Arguments:
        version: the version; None for a candidate without one.
        tried: the candidate that made it; None where a person did.
        incumbent: whether its lineage stands at it, so that the next candidate must beat it.
        progression: over the tasks and select seeds it has finished, 0 to 1; replays of one are averaged first.
        played, reported: what its episodes on select seeds, and on report seeds, cost.
        proposed: what proposing it cost.
        children: what was made from it, oldest first.
    """

    version: Version | None
    tried: Tried | None
    incumbent: bool
    progression: Mean
    played: Cost
    reported: Cost
    proposed: Cost
    children: tuple[Node, ...]


@dataclass(frozen=True)
class Chronicle:
    """What a tree is made from.

    Arguments:
        versions, candidates: all of a run, oldest first.
        episodes: all of a run, whatever the conditions.
        judged: those of the select seeds under the conditions that count.
        costs: an episode's key → role → cost.
        proposals: a candidate's number → what proposing it cost.
    """

    versions: Sequence[Version]
    candidates: Sequence[Candidate] = ()
    episodes: Sequence[Recorded] = ()
    judged: Sequence[Recorded] = ()
    costs: Mapping[str, Mapping[str, Cost]] = field(default_factory=dict)
    proposals: Mapping[int, Cost] = field(default_factory=dict)


def root_of(versions: Iterable[Version], number: int) -> int:
    """The version with which the lineage of a version begins: the last one on its way that a person wrote."""
    known = {version.number: version for version in versions}
    while known[number].origin == "patched" and (parent := known[number].parent) is not None:
        number = parent
    return number


def incumbent_of(root: int, candidates: Iterable[Candidate]) -> int:
    """The version at which a lineage stands: what its last accepted candidate made, else its root.

    Arguments:
        candidates: oldest first, of one set of conditions; those of other roots are passed over.
    """
    made = [one.version for one in candidates if one.root == root and one.status == "accepted"]
    return next((version for version in reversed(made) if version is not None), root)


def patch_of(text: str) -> Patch | None:
    """The patch that `text` is; None where it is none."""
    try:
        return validate(parse_document(text, "patch", aliases=False), Patch)[0]
    except SpecError:
        return None


def tried(candidate: Candidate) -> Tried:
    """A candidate with what its patch says of itself."""
    patch = patch_of(candidate.patch) if candidate.patch else None
    if patch is None:
        return Tried(candidate)
    return Tried(candidate, patch.reason.strip(), tuple(_promise(one, candidate) for one in patch.expects))


def _promise(expected: Expectation, candidate: Candidate) -> Promise:
    return Promise(expected.metric, expected.direction, expected.size, candidate.effects.get(expected.metric))


def tree(chronicle: Chronicle) -> tuple[Node, ...]:
    """The tree of a run, from the versions that were made from none."""
    return _Tree(chronicle).below(None)


class _Tree:
    def __init__(self, chronicle: Chronicle) -> None:
        self._all = chronicle
        parents = {version.number: version.parent for version in chronicle.versions if version.origin == "patched"}
        self._makers: dict[int, Candidate] = {}
        for one in chronicle.candidates:
            if one.version is not None and parents.get(one.version) == one.parent:
                self._makers.setdefault(one.version, one)
        lineages = {(one.root, one.conditions) for one in chronicle.candidates}
        self._incumbents = {incumbent_of(one[0], lineage_of(chronicle.candidates, *one)) for one in lineages}
        self._costs: defaultdict[tuple[int, str], list[Cost]] = defaultdict(list)
        for episode in chronicle.episodes:
            self._costs[episode.version, episode.row.stage] += chronicle.costs.get(episode.row.key, {}).values()

    def below(self, parent: int | None) -> tuple[Node, ...]:
        makers = {one.number for one in self._makers.values()}
        versions = [(self._begun(one), self._version(one)) for one in self._all.versions if one.parent == parent]
        others = [one for one in self._all.candidates if one.parent == parent and one.number not in makers]
        nodes = versions + [((one.created, one.number), self._candidate(one)) for one in others]
        return tuple(node for _, node in sorted(nodes, key=lambda found: found[0]))

    def _begun(self, version: Version) -> tuple[str, int]:
        maker = self._makers.get(version.number)
        return (version.created, -1) if maker is None else (maker.created, maker.number)

    def _version(self, version: Version) -> Node:
        rows = [one.row for one in self._all.judged if one.version == version.number]
        maker = self._makers.get(version.number)
        return Node(
            version=version,
            tried=None if maker is None else tried(maker),
            incumbent=version.number in self._incumbents,
            progression=mean_of(pair.after for pair in pairs_of(rows, rows)),
            played=total(self._costs[version.number, "select"]),
            reported=total(self._costs[version.number, "report"]),
            proposed=Cost() if maker is None else self._proposed(maker),
            children=self.below(version.number),
        )

    def _candidate(self, candidate: Candidate) -> Node:
        return Node(None, tried(candidate), False, mean_of(()), Cost(), Cost(), self._proposed(candidate), ())

    def _proposed(self, candidate: Candidate) -> Cost:
        return self._all.proposals.get(candidate.number, Cost())
