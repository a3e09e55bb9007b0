"""The model card: `python -m automem.pretraining.card --run FOLDER --to FOLDER` puts the model there, described.

Every figure in it comes from `training.json` and `evaluation/figures.json` of the training's folder.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from automem.errors import AutoMemError
from automem.pretraining.kinds import KINDS
from automem.pretraining.save import WEIGHTS

CARD = "README.md"
_HASH = re.compile(r"SHA-256 of `model\.safetensors`: `([0-9a-f]{64})`")

_TEXT = """\
---
library_name: transformers
pipeline_tag: text-generation
license: mit
---

# The model in the box

A Llama-architecture language model of {parameters:,} parameters ({width} wide, {layers} layers, feed-forward {hidden},
heads of 64, tied embeddings, bfloat16) with a byte-level BPE vocabulary of {vocabulary:,} tokens and a ChatML template.
It plays text games through AutoMem's prompts: it reads the scaffold's prompt and list of commands, and answers in them.

- **Trained from scratch**, from no other model, on {conversations:,} conversations: play of scripted players
  (`automem/pretraining/syllabus.py`) and drills (`drill.py`), under {prefixes:,} different prompts; {talks:,} were seen
  in {steps:,} steps with seed {seed}, in {minutes:.0f} minutes by {processes} processes of one thread. The players use
  only what the prompts show. Seeds of teaching begin at 20,000; those of experiments lie below.
- **Made anew** by `make model`. The same machine gives the same weights; another one may round otherwise.
- **It can** act in the op grammar under the scaffolds in the last table, as well as the table says. It was taught with
  commands and files renamed, absent or added, notices and derived lines there or not; what came of that, the row with
  commands it was never taught shows.
- **It cannot** do anything else. It has seen no text but those conversations: it holds no general knowledge, follows no
  instruction that the players did not follow, and understands no other wording than by chance. It imitates scripts; its
  scores say nothing about large models, and must not be set beside theirs.

{weights}

## On held-out conversations

Loss {loss:.3f} nats a token, {accuracy:.1%} of the taught tokens right (`training.json` of the training). By what a
token says:

{kinds}

## In play

By `python -m automem.pretraining.evaluate --model automem/models/tiny --out FOLDER`, sampled at temperature 1; mean ±
standard error over episodes.

{play}
"""


def write_card(run: Path, folder: Path) -> None:
    """Put a trained model into `folder`, in place of what is there, with its card.

    Arguments:
        run: the folder of a finished training, evaluated into its `evaluation/`.
        folder: gets weights, tokenizer, configuration and card.

    Raises:
        AutoMemError: the training is not finished, or not evaluated.
    """
    facts, figures = (_read(run / name) for name in ("training.json", "evaluation/figures.json"))
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(run / "model", folder)
    found = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    text = _TEXT.format(
        **facts | facts["size"],
        minutes=facts["seconds"] / 60,
        weights=f"SHA-256 of `{WEIGHTS}`: `{found}`",
        loss=facts["held_out/loss"],
        accuracy=facts["held_out/accuracy"],
        kinds="\n".join(_kind_rows(facts)),
        play="\n".join(_play_rows(figures)),
    )
    (folder / CARD).write_text(text)


def hash_in_card(folder: Path) -> str:
    """What a model's card says its weights hash to, 64 hex digits.

    Raises:
        AutoMemError: it says nothing of the kind.
    """
    found = _HASH.search((folder / CARD).read_text())
    if found is None:
        raise AutoMemError(f"{folder / CARD}: says no hash of the weights; write it with automem.pretraining.card")
    return found[1]


def _read(path: Path) -> Any:
    if not path.is_file():
        raise AutoMemError(f"{path}: is missing; train to the end and evaluate, as `make model` does")
    return json.loads(path.read_text())


def _kind_rows(facts: Mapping[str, float]) -> Iterator[str]:
    yield "| token | right |"
    yield "| --- | --- |"
    for kind in KINDS:
        if (share := facts.get(f"held_out/accuracy/{kind}")) is not None:
            yield f"| {kind} | {share:.1%} |"


def _play_rows(figures: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "| scaffold | seeds | steps | progression | invalid actions | malformed ops | coordinates right |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for one in figures:
        rates = (_percent(one[name]) for name in ("progression", "invalid_rate", "malformed_op_rate"))
        name = f"{one['scaffold']}, {one['change']}" if one["change"] else one["scaffold"]
        written, right = one["coordinates"]["written"], one["coordinates"]["right"]
        coordinates = f"{right / written:.1%} of {written:,}" if written else "–"
        yield f"| {name} | {one['seeds']} | {one['steps']} | {' | '.join(rates)} | {coordinates} |"
    scaffolds = {one["name"]: one["scaffold"] for one in figures}
    for one in figures:
        if one["like"]:
            mean, low, high = (_points(one["difference"][side]) for side in ("mean", "low", "high"))
            yield ""
            other = f"with {one['change']}" if one["change"] else f"in place of {scaffolds[one['like']]}"
            change = f"progression changes by {mean} points (95 % interval {low} to {high})"
            yield f"On {one['scaffold']} {other}, {change}; {one['difference']['n']} pairs."


def _percent(mean: Mapping[str, float | None]) -> str:
    if mean["mean"] is None:
        return "–"
    error = "" if mean["se"] is None else f" ± {100 * mean['se']:.1f}"
    return f"{100 * mean['mean']:.1f}{error} %"


def _points(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:+.1f}"


@click.command(help=__doc__)
@click.option("--run", required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False))
def main(run: Path, folder: Path) -> None:
    """Put the model there."""
    write_card(run, folder)


if __name__ == "__main__":
    main()
