"""What a person decides about candidates, as the run's database keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from automem.errors import RunError, SpecError
from automem.library import shipped_spec
from automem.loops.structure import review
from automem.runs.layout import RunFolder
from automem.runs.records import Version
from automem.runs.resolved import resolved_text
from automem.runs.store import Store
from automem.runs.versions import adopt
from automem.spec.load import load_experiment
from loops.patches import candidate, patch


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run that has begun and played nothing."""
    folder = RunFolder(tmp_path / "run")
    folder.create()
    scripted = shipped_spec("crafter/scripted")
    assert scripted is not None
    loaded = load_experiment(scripted)
    with Store.open(folder.database) as store:
        version = adopt(store, folder, loaded.scaffold)
    folder.experiment.write_text(resolved_text(loaded.experiment, version))
    return folder


@pytest.fixture
def store(folder: RunFolder) -> Iterator[Store]:
    """Its database, in which c1 is rejected and c2 waits."""
    with Store.open(folder.database) as store:
        store.put_candidate(candidate(1, status="rejected"))
        store.put_candidate(candidate(2, status="waiting"))
        yield store


def said(store: Store) -> list[str]:
    return [event.text for event in store.events() if event.kind == "review"]


def test_accepted(store: Store, folder: RunFolder) -> None:
    review.accept(store, folder, 2, "go on")
    kept = review.find_candidate(store, 2)
    assert (kept.status, kept.comment) == ("playing", "go on")
    assert said(store) == ["c2 accepted go on"]


def test_declined_with_a_reason(store: Store) -> None:
    with pytest.raises(RunError, match="needs a reason"):
        review.decline(store, 2, " ")
    review.decline(store, 2, "it costs too many words")
    kept = review.find_candidate(store, 2)
    assert (kept.status, kept.comment) == ("declined", "it costs too many words")
    assert said(store) == ["c2 declined: it costs too many words"]


@pytest.mark.parametrize(
    ("number", "message"), [(1, "c1 does not wait for a person: it is rejected"), (9, "there are: c1, c2")]
)
def test_only_what_waits_is_decided(store: Store, folder: RunFolder, number: int, message: str) -> None:
    with pytest.raises(RunError, match=message):
        review.accept(store, folder, number)
    with pytest.raises(RunError, match=message):
        review.decline(store, number, "no")


def test_a_change_of_what_is_no_longer_the_incumbent_cannot_be_accepted(store: Store, folder: RunFolder) -> None:
    store.add_version(Version(1, "hash", "crafter-v0", 0, "patched", ""))
    store.put_candidate(candidate(3, status="accepted", version=1))
    with pytest.raises(RunError, match=r"c2 changes v0, which is no longer the incumbent \(v1 is\)"):
        review.accept(store, folder, 2)
    assert review.find_candidate(store, 2).status == "waiting"
    review.decline(store, 2, "too late")


def test_one_candidate_of_a_lineage_is_played_at_a_time(store: Store, folder: RunFolder) -> None:
    store.put_candidate(candidate(3, status="playing"))
    with pytest.raises(RunError, match="c3 of the same lineage"):
        review.accept(store, folder, 2)


def test_another_patch_in_its_place(store: Store, folder: RunFolder) -> None:
    for steps in (1, 4):
        review.edit(store, folder, 2, patch(steps), "mine.yaml")
    kept = review.find_candidate(store, 2)
    assert (kept.status, kept.patch, kept.proposer) == ("waiting", patch(4), "catalogue, edited")
    assert folder.patch(2).read_text() == patch(4)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("was: unchanged_count >= 3", "was: unchanged_count >= 8", r"mine\.yaml:\d+:\d+: edits/0"),
        ("unchanged_count >= 2", "no_such_name >= 2", "no_such_name"),
        ("unchanged_count >= 2", "unchanged_count >= 3", "."),
        ("kind: patch", "kind: [", r"mine\.yaml:"),
    ],
)
def test_a_patch_that_cannot_be_played_is_not_taken(
    store: Store, folder: RunFolder, old: str, new: str, message: str
) -> None:
    with pytest.raises((SpecError, RunError), match=message):
        review.edit(store, folder, 2, patch().replace(old, new), "mine.yaml")
    assert review.find_candidate(store, 2).patch == patch()
    assert not folder.patch(2).exists()


def test_a_patch_that_makes_what_the_lineage_has_tried_is_not_taken(store: Store, folder: RunFolder) -> None:
    made = review.check_against_parent(folder, 0, patch(5), "p").scaffold
    assert made is not None
    store.add_version(Version(1, made.hash, "crafter-v0", 0, "patched", ""))
    store.put_candidate(candidate(1, status="rejected", version=1))
    with pytest.raises(RunError, match="the scaffold that v1 is"):
        review.edit(store, folder, 2, patch(5), "mine.yaml")


def test_a_stop_can_be_taken_back(store: Store, folder: RunFolder) -> None:
    assert review.stop_reason(store, 0, "") is None
    review.stop(store, 0, "", "enough")
    found = [review.stop_reason(store, *lineage) for lineage in ((0, ""), (1, ""), (0, "other"))]
    assert found == ["enough", None, None]
    with pytest.raises(RunError, match=r"the loop is stopped \(enough\); `automem review run --resume`"):
        review.accept(store, folder, 2)
    review.resume(store, folder, 0, "")
    assert review.stop_reason(store, 0, "") is None
    with pytest.raises(RunError, match="nothing to resume"):
        review.resume(store, folder, 0, "")
