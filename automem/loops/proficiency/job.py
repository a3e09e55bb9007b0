"""One training as a folder: what is to be trained, how far it came, and what came of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from automem.engines.local.place import content_hash, find_model
from automem.errors import RunError
from automem.loops.proficiency.encoding import Reason
from automem.loops.proficiency.example import Lesson
from automem.runs.files import settle_folder, write_text
from automem.spec.recipe import Recipe

FORMAT = 1
"""Raised whenever the same job would train differently."""
REASON = "reason.txt"
"""The file of a job's folder in which a trainer that cannot do what it is asked says why."""


class Point(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of a training's curve.

    Arguments:
        step, of: the optimiser step it is about, from 0, and how many there are.
        epoch: how often the lessons have been seen.
        seconds: time spent training so far, over all resumptions.
        tokens: tokens read so far, prompts included and padding not.
        loss: mean over the step's trained tokens; None on a row about the held-out lessons.
        lr: the learning rate of the step, where there is a loss.
        held_out_loss: mean over the trained tokens of the held-out lessons; step 0 is the base model.
    """

    step: int
    of: int
    epoch: float
    seconds: float
    tokens: int
    loss: float | None = None
    lr: float | None = None
    held_out_loss: float | None = None


@dataclass(frozen=True)
class Trained:
    """An adapter and how its training went.

    Arguments:
        adapter: a PEFT folder, with a model card.
        loss: mean training loss of the last epoch.
        held_out_loss, held_out_before: loss on the held-out lessons after the training and before it; None where
            none are held out.
        examples, held_out: how many lessons were trained on, and held out.
        dropped: lessons that could not be trained on, by reason (`encoding.REASONS`).
        tokens: tokens read in all epochs, prompts included.
        steps: optimiser steps.
        seconds: time spent training, over all resumptions.
    """

    adapter: Path
    loss: float
    held_out_loss: float | None
    held_out_before: float | None
    examples: int
    held_out: int
    dropped: Mapping[str, int]
    tokens: int
    steps: int
    seconds: float


class _Row(msgspec.Struct, frozen=True):
    """A line of `lessons.jsonl`."""

    lesson: Lesson
    held_out: bool


@dataclass(frozen=True)
class Job:
    """A training that can be killed at any instant and goes on from its last complete checkpoint.

    Arguments:
        folder: where all of it lies; made where it is missing. It belongs to this training alone.
        model: the base model, as an experiment names it for the engine `local`: `tiny`, a folder, or a hub's name.
        recipe: its sections `lora` and `train` are what counts here.
        lessons: what is trained on; their order decides, with the recipe's seed, the order of training.
        held_out: lessons that only the loss is measured on.
        launch: a configuration of accelerate, for several processes or devices; how it is trained, not what, so that
            a training may go on under another one.
    """

    folder: Path
    model: str
    recipe: Recipe
    lessons: tuple[Lesson, ...]
    held_out: tuple[Lesson, ...] = ()
    launch: Path | None = None

    @property
    def base(self) -> Path | str:
        """The base model's folder, or its name on the hub: what the adapter says it belongs to.

        Raises:
            AutoMemError: there is no such model.
        """
        place = find_model(self.model)
        return place.resolve() if isinstance(place, Path) else place

    @property
    def adapter(self) -> Path:
        """The finished adapter; it is there once the training is over, and not before."""
        return self.folder / "adapter"

    @property
    def checkpoints(self) -> Path:
        """What a killed training goes on from."""
        return self.folder / "checkpoints"

    @property
    def curve(self) -> Path:
        """The `Point`s, one JSON object a line."""
        return curve_file(self.folder)

    @property
    def log(self) -> Path:
        """What the trainer's process printed."""
        return self.folder / "trainer.log"

    def write(self) -> None:
        """Write down what is to be trained; a folder that holds the same is left as it is.

        Raises:
            RunError: the folder holds another training.
        """
        lessons = "".join(_lines(self.lessons, held_out=False)) + "".join(_lines(self.held_out, held_out=True))
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, text in (("lessons.jsonl", lessons), ("job.json", self._note())):  # the note says: lessons are whole
            file = self.folder / name
            if (self.folder / "job.json").exists() and file.read_text(encoding="utf-8") != text:
                raise RunError(f"{file}: the folder holds another training; remove it, or give this one its own")
            write_text(file, text)

    def _note(self) -> str:
        """All that decides what is trained, the lessons aside: of a model's folder its content."""
        data = {"format": FORMAT, "model": self.model, "base": content_hash(self.model)}
        return json.dumps({**data, "recipe": self.recipe.model_dump(mode="json")}, indent=1) + "\n"

    def trained(self) -> Trained | None:
        """What came of it; None while it is not finished."""
        if not self.adapter.is_dir():
            return None
        return Trained(self.adapter, **json.loads((self.folder / "trained.json").read_text(encoding="utf-8")))

    def points(self) -> list[Point]:
        """The curve so far."""
        return read_curve(self.folder)


def curve_file(folder: Path) -> Path:
    """The file of a training's folder that holds its curve."""
    return folder / "curve.jsonl"


def read_curve(folder: Path) -> list[Point]:
    """The curve of the training that `folder` holds; a line that is still being written is left out.

    Raises:
        RunError: a line of it is damaged.
    """
    file = curve_file(folder)
    if not file.exists():
        return []
    whole, _, _ = file.read_bytes().rpartition(b"\n")
    try:
        return [msgspec.json.decode(line, type=Point) for line in whole.splitlines()]
    except msgspec.MsgspecError as error:
        raise RunError(f"{file}: the curve of the training is damaged: {error}") from error


def _lines(lessons: Iterable[Lesson], *, held_out: bool) -> Iterable[str]:
    return (msgspec.json.encode(_Row(lesson, held_out)).decode() + "\n" for lesson in lessons)


def read_job(folder: Path) -> Job:
    """The training that `folder` holds.

    Raises:
        RunError: it holds none that this version can carry out.
    """
    try:
        note = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        rows = [msgspec.json.decode(line, type=_Row) for line in (folder / "lessons.jsonl").read_bytes().splitlines()]
        if note["format"] != FORMAT:
            raise RunError(f"{folder}: the training has format {note['format']}, this version carries out {FORMAT}")
        recipe = Recipe.model_validate(note["recipe"])
    except (OSError, ValueError, TypeError, KeyError, msgspec.MsgspecError) as error:
        raise RunError(f"{folder}: this is no training's folder, or it is damaged: {error}; remove it") from error
    lessons, held_out = ([row.lesson for row in rows if row.held_out is held] for held in (False, True))
    return Job(folder, note["model"], recipe, tuple(lessons), tuple(held_out))


def sum_up(job: Job, counts: tuple[int, int], dropped: Counter[Reason]) -> Trained:
    """What a finished training comes to.

    Arguments:
        job: whose curve is whole.
        counts: how many lessons were trained on, and held out.
        dropped: those that could not be.
    """
    points = job.points()
    losses = [(point.epoch, point.loss) for point in points if point.loss is not None]
    last_epoch = [loss for epoch, loss in losses if epoch > losses[-1][0] - 1]
    held = [point.held_out_loss for point in points if point.held_out_loss is not None]
    return Trained(
        adapter=job.adapter,
        loss=sum(last_epoch) / len(last_epoch),
        held_out_loss=held[-1] if held else None,
        held_out_before=held[0] if held else None,
        examples=counts[0],
        held_out=counts[1],
        dropped={str(reason): number for reason, number in sorted(dropped.items())},
        tokens=points[-1].tokens,
        steps=points[-1].of,
        seconds=points[-1].seconds,
    )


def settle(job: Job, trained: Trained, partial: Path) -> None:
    """Give a whole adapter its final name; with that the training is finished."""
    note = {name: value for name, value in vars(trained).items() if name != "adapter"}
    write_text(job.folder / "trained.json", json.dumps(note, indent=1) + "\n")
    settle_folder(partial, job.adapter)
