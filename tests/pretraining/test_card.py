from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from automem.errors import AutoMemError
from automem.models import shipped_model
from automem.pretraining.card import hash_in_card, write_card
from automem.pretraining.evaluate import FORGETTING, Trial, evaluate
from automem.pretraining.tokenizer import VOCABULARY

LARGEST = 10_000_000
TRIALS = (
    Trial("open", "crafter/compact.yaml", "42..43", steps=2),
    Trial("forgetting", "crafter/compact.yaml", "42..43", steps=2, like="open", change=FORGETTING),
    Trial("other", "crafter/v0.yaml", "42..43", steps=2, like="open"),
)


def test_the_card_says_what_was_measured(trained: Path, tmp_path: Path) -> None:
    figures = evaluate(trained / "model", trained / "evaluation", TRIALS)
    assert [figure["progression"]["n"] for figure in figures] == [2, 2, 2]
    assert figures[1]["difference"]["n"] == 2
    write_card(trained, tmp_path / "tiny")
    card = (tmp_path / "tiny" / "README.md").read_text()
    facts = json.loads((trained / "training.json").read_text())
    assert f"{facts['parameters']:,} parameters" in card
    assert f"| crafter/compact.yaml, {FORGETTING} | 42..43 | 2 |" in card
    assert "On crafter/v0.yaml in place of crafter/compact.yaml, progression changes by" in card
    weights = (tmp_path / "tiny" / "model.safetensors").read_bytes()
    assert hash_in_card(tmp_path / "tiny") == hashlib.sha256(weights).hexdigest()


def test_an_unfinished_training_gets_no_card(tmp_path: Path) -> None:
    with pytest.raises(AutoMemError, match=r"training\.json"):
        write_card(tmp_path, tmp_path / "tiny")


@pytest.mark.skipif(not shipped_model().is_dir(), reason="the model is not trained yet")
def test_the_shipped_weights_are_those_of_the_card() -> None:
    weights = (shipped_model() / "model.safetensors").read_bytes()
    assert hash_in_card(shipped_model()) == hashlib.sha256(weights).hexdigest()
    assert sum(path.stat().st_size for path in shipped_model().iterdir()) <= LARGEST
    assert len(AutoTokenizer.from_pretrained(shipped_model())) <= VOCABULARY
