"""What a person decides about loop 1: this candidate, this one not, another patch instead, no further."""

from __future__ import annotations

from dataclasses import replace

from automem.errors import RunError, SpecError
from automem.loops.structure.lineage import incumbent_of
from automem.patches.check import Checked, check_patch
from automem.runs.candidates import Candidate, Status, lineage_of
from automem.runs.files import write_text
from automem.runs.layout import RunFolder
from automem.runs.seal import opened
from automem.runs.store import Store
from automem.spec.load import load_experiment
from automem.spec.source import read_document

STOPPED = "stopped."
"""The facts that say why a lineage goes no further are named after this, its root's number and its conditions."""

EDITED = ", edited"
"""What a proposer's name ends with once a person has edited its patch."""


def stop_reason(store: Store, root: int, conditions: str) -> str | None:
    """Why a person has stopped the lineage of version `root` under some conditions; None while nobody has."""
    return store.get(_stopped(root, conditions)) or None


def stop(store: Store, root: int, conditions: str, reason: str) -> None:
    """Let a lineage go no further: the next apply opens the report seeds.

    Raises:
        RunError: no reason is given.
    """
    _told(reason, "stopping the loop")
    with store.together():
        store.set(_stopped(root, conditions), reason)
        store.log("review", f"the lineage of v{root} is stopped: {reason}")


def resume(store: Store, folder: RunFolder, root: int, conditions: str) -> None:
    """Take a stop back.

    Raises:
        RunError: there is none, or the report seeds are open.
    """
    if stop_reason(store, root, conditions) is None:
        raise RunError(f"the lineage of v{root} is not stopped; there is nothing to resume")
    if reason := _sealed_off(store, folder, root, conditions):
        raise RunError(f"the lineage of v{root} cannot go on: {reason}")
    with store.together():
        store.set(_stopped(root, conditions), "")
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


def obstacle(store: Store, folder: RunFolder, candidate: Candidate) -> str:
    """Why a waiting candidate cannot be accepted; empty when it can."""
    if sealed := _sealed_off(store, folder, candidate.root, candidate.conditions):
        return sealed
    if reason := stop_reason(store, candidate.root, candidate.conditions):
        return f"the loop is stopped ({reason}); `automem review {folder.name} --resume` takes that back"
    lineage = lineage_of(store.candidates(), candidate.root, candidate.conditions)
    incumbent = incumbent_of(candidate.root, lineage)
    if candidate.parent != incumbent:
        return (
            f"{candidate.name} changes v{candidate.parent}, which is no longer the incumbent (v{incumbent} is); "
            "decline it"
        )
    playing = next((one.name for one in lineage if one.status == "playing"), None)
    if playing is not None:
        return (
            f"{playing} of the same lineage is accepted and not yet judged; apply again, so that it is, or decline it"
        )
    return ""


def accept(store: Store, folder: RunFolder, number: int, comment: str = "") -> Candidate:
    """Let a waiting candidate be played; the gate decides about it then.

    Arguments:
        comment: what the person said of it; may be empty.

    Raises:
        RunError: it does not wait, or cannot be accepted.
    """
    candidate = _found(store, number, "waiting")
    if reason := obstacle(store, folder, candidate):
        raise RunError(f"{candidate.name} cannot be accepted: {reason}")
    return _put(store, replace(candidate, status="playing", comment=comment), f"accepted {comment}")


def decline(store: Store, number: int, reason: str) -> Candidate:
    """Turn a candidate down that waits, or whose episodes are played; later proposals are told why.

    Raises:
        RunError: it is neither, or no reason is given.
    """
    _told(reason, f"declining c{number}")
    candidate = _found(store, number, "waiting", "playing")
    return _put(store, replace(candidate, status="declined", comment=reason), f"declined: {reason}")


def edit(store: Store, folder: RunFolder, number: int, text: str, file: str) -> Candidate:
    """Put another patch in the place of a waiting candidate's; it goes on waiting.

    Arguments:
        text: the patch's YAML.
        file: what messages call it.

    Raises:
        RunError: the candidate does not wait, or the patch makes a scaffold that its lineage has already.
        SpecError: the patch is not one that could be played; with every issue.
    """
    candidate = _found(store, number, "waiting")
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


def _stopped(root: int, conditions: str) -> str:
    return f"{STOPPED}{root}.{conditions}"


def _sealed_off(store: Store, folder: RunFolder, root: int, conditions: str) -> str:
    """Why nothing more may be selected in a lineage, and what to do instead; empty while something may."""
    if not opened(store, root, conditions, load_experiment(folder.experiment).experiment):
        return ""
    last = incumbent_of(root, lineage_of(store.candidates(), root, conditions))
    return (
        "its report seeds are open, and going on would select knowing what they showed; begin an experiment with "
        f"another name, other report seeds and `scaffold: {folder.scaffold(last).as_posix()}`"
    )


def _found(store: Store, number: int, *statuses: Status) -> Candidate:
    candidate = find_candidate(store, number)
    if candidate.status not in statuses:
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
