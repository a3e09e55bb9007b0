"""The seal on the report seeds: nothing is selected on what they showed, and what was selected on is not reported."""

from __future__ import annotations

import json
from collections.abc import Set

from automem.errors import SpecError
from automem.runs.store import Store
from automem.spec.experiment import Experiment
from automem.spec.source import Document

_OPENED = "opened"
_LINEAGES = "opened.lineages"
_SELECTED = "selected"
_TRAINED = "trained"


def open_seal(store: Store, root: int, conditions: str, experiment: Experiment) -> None:
    """Record that the report seeds of a lineage are about to be played."""
    lineages = {*_lineages(store), (root, conditions)}
    with store.together():
        _add(store, _OPENED, experiment.seeds.report or ())
        store.set(_LINEAGES, json.dumps(sorted(lineages)))


def opened(store: Store, root: int | None, conditions: str, experiment: Experiment) -> list[int]:
    """Those of an experiment's report seeds that are open, where a lineage has opened any; ascending."""
    if (root, conditions) not in _lineages(store):
        return []
    return sorted(_seeds(store, _OPENED) & set(experiment.seeds.report or ()))


def note_selection(store: Store, experiment: Experiment) -> None:
    """Record that a loop is about to propose and to decide on what the select seeds show."""
    _add(store, _SELECTED, experiment.seeds.select)


def note_training(store: Store, experiment: Experiment) -> None:
    """Record that a loop is about to train on what the train seeds show."""
    _add(store, _TRAINED, experiment.seeds.train or ())


def check_select(store: Store, experiment: Experiment, document: Document) -> None:
    """Refuse select and train seeds that were report seeds of a loop, and select seeds that were trained on.

    Later loops would be shown the former; on the latter a specialist is no fair match for the base.

    Raises:
        SpecError: it says which seed, and what to do.
    """
    for stage in ("select", "train"):
        if shared := sorted(_seeds(store, _OPENED) & set(getattr(experiment.seeds, stage) or ())):
            message = (
                f"seed {shared[0]} was a report seed of this run and has been opened; {stage} on seeds nobody has seen"
            )
            raise SpecError([document.issue(("seeds", stage), message)])
    if shared := sorted(_seeds(store, _TRAINED) & set(experiment.seeds.select)):
        message = f"seed {shared[0]} was a train seed of this run; select on seeds that nothing was trained on"
        raise SpecError([document.issue(("seeds", "select"), message)])


def check_report(
    store: Store, root: int | None, conditions: str, experiment: Experiment, document: Document, *, ended: bool
) -> None:
    """Refuse a loop whose report would not be of seeds it never learnt from.

    Arguments:
        root, conditions: of its lineage; None for a scaffold that the run does not know yet.
        ended: whether it has nothing further to try.

    Raises:
        SpecError: it says which seeds, and what to do.
    """
    report = set(experiment.seeds.report or ())
    for name, word in ((_SELECTED, "select"), (_TRAINED, "train")):
        if learnt := sorted(_seeds(store, name) & report):
            message = f"seed {learnt[0]} was a {word} seed of this run's loop; report on seeds that decided nothing"
            raise SpecError([document.issue(("seeds", "report"), message)])
    again = opened(store, root, conditions, experiment)
    if again and not ended:
        message = (
            f"the report seeds (such as {again[0]}) were opened when this loop had ended; going on would select "
            "knowing what they showed. Give other report seeds, leave `optimize` and `train` as they were, or end the "
            f"loop: `automem review {experiment.name} --stop`"
        )
        raise SpecError([document.issue(("seeds", "report"), message)])


def _seeds(store: Store, name: str) -> Set[int]:
    return set(json.loads(store.get(name) or "[]"))


def _add(store: Store, name: str, seeds: list[int] | tuple[()]) -> None:
    store.set(name, json.dumps(sorted(_seeds(store, name) | set(seeds))))


def _lineages(store: Store) -> Set[tuple[int, str]]:
    return {(root, conditions) for root, conditions in json.loads(store.get(_LINEAGES) or "[]")}
