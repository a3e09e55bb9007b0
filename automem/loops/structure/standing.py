"""Where loop 1 stands: a fold over the candidates it has recorded, so that nothing else need be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from automem.runs.candidates import OPEN, Candidate
from automem.spec.experiment import Optimize


@dataclass(frozen=True)
class Standing:
    """Where a lineage stands.

    Arguments:
        incumbent: the version to beat.
        revision, attempt, continuation: what is tried next, or now.
        open: the candidate at work; None between two.
        continuing: the failed candidate whose episodes the next one may learn from; None for a fresh attempt.
        ended: why nothing is tried any more; empty while something is.
    """

    incumbent: int
    revision: int = 1
    attempt: int = 1
    continuation: int = 0
    open: Candidate | None = None
    continuing: Candidate | None = None
    ended: str = ""


def stand(
    root: int, candidates: Sequence[Candidate], optimize: Optimize, stopped: str = "", proposer: str | None = None
) -> Standing:
    """Where the lineage of a version stands.

    Arguments:
        root: the version the lineage begins with.
        candidates: of one set of conditions, oldest first; those of other roots are passed over.
        optimize: how many revisions, attempts and continuations there are.
        stopped: why a person has ended the loop; empty while nobody has.
        proposer: who proposes now; where another had nothing further, this one is asked. None for the same.
    """
    found = Standing(root)
    lineage = [candidate for candidate in candidates if candidate.root == root]
    for candidate in lineage:
        found = _after(found, candidate, optimize)
    if lineage and lineage[-1].status == "nothing" and proposer not in (None, lineage[-1].proposer):
        found = replace(found, ended=_ended(found, optimize))
    if found.ended or not stopped:
        return found
    return replace(found, open=None, ended=f"stopped by a person: {stopped}")


def _after(before: Standing, candidate: Candidate, optimize: Optimize) -> Standing:
    if candidate.status in OPEN:
        return replace(before, open=candidate, ended=_ended(before, optimize))
    if candidate.status == "accepted" and candidate.version is not None:
        after = Standing(candidate.version, before.revision + 1)
    elif candidate.status == "nothing":
        return replace(before, open=None, ended=f"nothing further is proposed ({candidate.why})")
    elif candidate.status == "rejected" and before.continuation < optimize.continuations:
        after = replace(before, continuation=before.continuation + 1, continuing=candidate)
    else:
        after = Standing(before.incumbent, before.revision, before.attempt + 1)
    return replace(after, open=None, ended=_ended(after, optimize))


def _ended(standing: Standing, optimize: Optimize) -> str:
    if standing.revision > optimize.revisions:
        return f"all {optimize.revisions} revisions are made"
    if standing.attempt > optimize.attempts:
        return f"none of {optimize.attempts} attempts at revision {standing.revision} improved play"
    return ""
