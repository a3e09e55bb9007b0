from __future__ import annotations

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from automem.library import shipped
from automem.pretraining.collect import play, thin
from automem.pretraining.gather import main
from automem.pretraining.syllabus import FIRST_SEED, SYLLABUS, Part, lessons
from automem.pretraining.talk import read_talks
from automem.spec.load import examine_experiment
from automem.spec.source import read_document


def experiments() -> list[Path]:
    paths = sorted(shipped("specs").rglob("*.yaml"))
    return [path for path in paths if read_document(path).plain().get("kind") == "experiment"]


@pytest.mark.parametrize("path", experiments(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_shipped_experiment_plays_a_seed_that_is_taught(path: Path) -> None:
    loaded, _ = examine_experiment(read_document(path), path)
    assert loaded is not None
    seeds = loaded.experiment.seeds
    assert max([*seeds.select, *(seeds.report or ()), *(seeds.train or ())]) < FIRST_SEED


def test_each_lesson_has_a_seed_of_its_own_and_comes_in_the_same_order_each_time() -> None:
    found, again = list(lessons()), list(lessons())
    assert min(lesson.seed for lesson in found) >= FIRST_SEED
    assert len({lesson.seed for lesson in found}) == len(found) == sum(part.episodes for part in SYLLABUS)
    assert [(one.seed, one.task, one.steps, one.split) for one in found] == [
        (one.seed, one.task, one.steps, one.split) for one in again
    ]


def test_two_players_in_one_step_teach_what_is_said_once() -> None:
    """An action that is withdrawn is taught where it was written; what goes on after it, from there on."""
    lesson = next(one for one in lessons((Part("crafter/v0.yaml", 60, steps=40),)) if one.split)
    later = [talk for talk in play(lesson) if talk.first]
    assert later
    for talk in later:
        assert talk.messages[-1].speaker == "assistant"
        assert talk.first == len(talk.messages) - 1
        assert "<|ACTION|>" not in talk.messages[1].text


def test_dull_conversations_weigh_as_much_as_before() -> None:
    talks = play(next(lessons((Part("crafter/compact.yaml", 3, steps=120),))))
    kept = list(thin(talks, random.Random(0), 0.5))
    assert len(kept) < len(talks)
    assert sum(talk.weight for talk in kept) == pytest.approx(len(talks), rel=0.2)


def test_the_command_writes_conversations(tmp_path: Path) -> None:
    out = tmp_path / "talks" / "some.jsonl.zst"
    found = CliRunner().invoke(main, ["--out", str(out), "--share", "0.015", "--world", "minihack", "--workers", "1"])
    assert found.exit_code == 0, found.output
    talks = list(read_talks(out))
    assert f"{len(talks)} conversations" in found.output
    assert {talk.world for talk in talks} == {"minihack", "drill"}
