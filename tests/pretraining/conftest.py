from __future__ import annotations

from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerFast

from automem.engines.scripted import plain
from automem.pretraining.collect import Lesson, play
from automem.pretraining.syllabus import Offer
from automem.pretraining.talk import Talk, write_talks
from automem.pretraining.template import OPENING, spans
from automem.pretraining.tokenizer import learn_tokenizer
from pretraining.training import STEPS, started


@pytest.fixture(scope="session")
def talks() -> list[Talk]:
    """Scripted play of two scaffolds."""
    offers = [(Offer("crafter/compact.yaml"), 9100), (Offer("crafter/compact.yaml", "a variant"), 9101)]
    lessons = [Lesson(offer, "crafter", "crafter", seed, 120, plain.play) for offer, seed in offers]
    return [talk for lesson in lessons for talk in play(lesson)]


@pytest.fixture(scope="session")
def tokenizer(talks: list[Talk]) -> PreTrainedTokenizerFast:
    texts = [spans(talk.messages)[0][len(OPENING) + len(talk.prefix) :] for talk in talks]
    return learn_tokenizer(sorted({talk.prefix for talk in talks}), texts)


@pytest.fixture(scope="session")
def talks_file(talks: list[Talk], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("talks") / "talks.jsonl.zst"
    write_talks(path, talks)
    return path


@pytest.fixture(scope="session")
def trained(talks_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished training."""
    out = tmp_path_factory.mktemp("trained")
    assert started(talks_file, out, *STEPS).wait() == 0
    return out
