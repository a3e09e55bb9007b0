"""The seal on the report seeds: once they were opened, nothing is selected on what they showed."""

from __future__ import annotations

import json
from collections.abc import Set

from automem.errors import SpecError
from automem.runs.records import Version
from automem.runs.store import Store
from automem.spec.experiment import Experiment
from automem.spec.source import Document

_OPENED = "opened"


def open_seal(store: Store, root: Version, experiment: Experiment) -> None:
    """Record that a lineage's report seeds are about to be played."""
    seeds = opened(store) | set(experiment.seeds.report or ())
    roots = {*_opened_roots(store), root.number}
    store.set(_OPENED, json.dumps({"seeds": sorted(seeds), "roots": sorted(roots)}))


def opened(store: Store) -> Set[int]:
    """Every seed that was a report seed when it was played after a loop."""
    return set(json.loads(store.get(_OPENED) or "{}").get("seeds", ()))


def _opened_roots(store: Store) -> list[int]:
    found: list[int] = json.loads(store.get(_OPENED) or "{}").get("roots", [])
    return found


def check_seal(store: Store, root: Version, experiment: Experiment, document: Document, *, ended: bool) -> None:
    """Refuse a loop that would select on opened seeds, or go on and then open the same ones again.

    Arguments:
        ended: whether the loop of this lineage has nothing further to try.

    Raises:
        SpecError: it says which seeds, and what to do.
    """
    if experiment.optimize is None:
        return
    known = opened(store)
    select = sorted(known & set(experiment.seeds.select))
    if select:
        message = f"seed {select[0]} was a report seed of this run and has been opened; select on seeds nobody has seen"
        raise SpecError([document.issue(("seeds", "select"), message)])
    again = sorted(known & set(experiment.seeds.report or ()))
    if again and not ended and root.number in _opened_roots(store):
        message = (
            f"the report seeds (such as {again[0]}) were opened when this loop had ended; going on would select "
            "knowing what they showed. Give other report seeds, or leave `optimize` as it was"
        )
        raise SpecError([document.issue(("seeds", "report"), message)])
