"""What a person decides about loop 1: this candidate, this one not, another patch instead, no further."""

from __future__ import annotations

from dataclasses import replace

from automem.errors import RunError, SpecError
from automem.loops.structure.lineage import incumbent_of
from automem.patches.check import Checked, check_patch
from automem.runs.candidates import Candidate, lineage_of
from automem.runs.files import write_text
from automem.runs.layout import RunFolder
from automem.runs.store import Store
from automem.spec.load import load_experiment
from automem.spec.source import read_document

STOPPED = "stopped."
"""The facts that say why a lineage goes no further are named after this and its root's number."""

EDITED = ", edited"
"""What a proposer's name ends with once a person has edited its patch."""


def stop_reason(store: Store, root: int) -> str | None:
    """Why a person has stopped the lineage that begins with version `root`; None while nobody has."""
    return store.get(f"{STOPPED}{root}") or None


def stop(store: Store, root: int, reason: str) -> None:
    """Let a lineage go no further: the next apply opens the report seeds.

    Raises:
        RunError: no reason is given.
    """
    _told(reason, "stopping the loop")
    with store.together():
        store.set(f"{STOPPED}{root}", reason)
        store.log("review", f"the lineage of v{root} is stopped: {reason}")


def resume(store: Store, root: int) -> None:
    """Take a stop back.

    Raises:
        RunError: there is none.
    """
    if stop_reason(store, root) is None:
        raise RunError(f"the lineage of v{root} is not stopped; there is nothing to resume")
    with store.together():
        store.set(f"{STOPPED}{root}", "")
        store.log("review", f"the lineage of v{root} goes on")


def find_candidate(store: Store, number: int) -> Candidate:
    """One candidate.

    Raises:
        RunError: there is none of that number; the message lists what there is.
    """
    candidates = store.candidates()
    found = next((one for one in candidates if one.number == number), None)
    if found is None:
        known = ", ".join(one.name for one in candidates) or "none yet"
        raise RunError(f"there is no candidate c{number}; there are: {known}")
    return found


def obstacle(store: Store, candidate: Candidate) -> str:
    """Why a waiting candidate cannot be accepted; empty when it can."""
    if reason := stop_reason(store, candidate.root):
        return f"the loop is stopped ({reason}); `automem review RUN --resume` takes that back"
    lineage = lineage_of(store.candidates(), candidate.root, candidate.conditions)
    incumbent = incumbent_of(candidate.root, lineage)
    if candidate.parent != incumbent:
        return (
            f"{candidate.name} changes v{candidate.parent}, which is no longer the incumbent (v{incumbent} is); "
            "decline it"
        )
    playing = next((one.name for one in lineage if one.status == "playing"), None)
    if playing is not None:
        return f"{playing} of the same lineage is accepted and not yet judged; `automem apply` plays it first"
    return ""


def accept(store: Store, number: int, comment: str = "") -> Candidate:
    """Let a waiting candidate be played; the gate decides about it then.

    Arguments:
        comment: what the person said of it; may be empty.

    Raises:
        RunError: it does not wait, or cannot be accepted.
    """
    candidate = _waiting(store, number)
    if reason := obstacle(store, candidate):
        raise RunError(f"{candidate.name} cannot be accepted: {reason}")
    return _put(store, replace(candidate, status="playing", comment=comment), f"accepted {comment}")


def decline(store: Store, number: int, reason: str) -> Candidate:
    """Turn a waiting candidate down; later proposals are told why.

    Raises:
        RunError: it does not wait, or no reason is given.
    """
    _told(reason, f"declining c{number}")
    return _put(store, replace(_waiting(store, number), status="declined", comment=reason), f"declined: {reason}")


def edit(store: Store, folder: RunFolder, number: int, text: str, file: str) -> Candidate:
    """Put another patch in the place of a waiting candidate's; it goes on waiting.

    Arguments:
        text: the patch's YAML.
        file: what messages call it.

    Raises:
        RunError: the candidate does not wait, or the patch makes a scaffold that its lineage has already.
        SpecError: the patch is not one that could be played; with every issue.
    """
    candidate = _waiting(store, number)
    checked = check_against_parent(folder, candidate.parent, text, file)
    if checked.scaffold is None:
        raise SpecError(checked.errors)
    lineage = lineage_of(store.candidates(), candidate.root, candidate.conditions)
    tried = {candidate.root, *(one.version for one in lineage)}
    for version in store.versions():
        if version.hash == checked.scaffold.hash and version.number in tried:
            raise RunError(f"{file} makes the scaffold that v{version.number} is; change something else")
    proposer = candidate.proposer.removesuffix(EDITED) + EDITED
    write_text(folder.patch(number), text)
    return _put(store, replace(candidate, patch=text, proposer=proposer), "edited")


def check_against_parent(folder: RunFolder, parent: int, text: str, file: str) -> Checked:
    """Everything that is wrong with a patch of version `parent` in the world that the run plays."""
    env = load_experiment(folder.experiment).experiment.env
    return check_patch(text, file, read_document(folder.scaffold(parent)), env)


def _waiting(store: Store, number: int) -> Candidate:
    candidate = find_candidate(store, number)
    if candidate.status != "waiting":
        raise RunError(f"{candidate.name} does not wait for a person: it is {candidate.status}")
    return candidate


def _told(reason: str, what: str) -> None:
    if not reason.strip():
        raise RunError(f"{what} needs a reason: later proposals and the report show it")


def _put(store: Store, candidate: Candidate, said: str) -> Candidate:
    with store.together():
        store.put_candidate(candidate)
        store.log("review", f"{candidate.name} {said.strip()}")
    return candidate
