"""Trains the model in the box from conversations: `python -m automem.pretraining.train --talks … --out … --steps …`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import count, islice
from pathlib import Path
from time import monotonic
from typing import Any

import click
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from automem.pretraining.corpus import Corpus
from automem.pretraining.course import Course
from automem.pretraining.measure import measure
from automem.pretraining.network import Network, Size, can_compile, fastest_dtype, fresh_model
from automem.pretraining.optimizer import Optimizer
from automem.pretraining.packing import epoch, is_drilled, pack, shares, split
from automem.pretraining.prepare import prepare
from automem.pretraining.save import save_model
from automem.pretraining.together import Together, give_back_memory, run_together
from automem.pretraining.wiring import can_wire, wire

_DRILLED = 400  # steps of nothing but drills, at first
_EARLY = 0.3  # of the training: until then a step takes every second conversation, and learns prompts' own tokens too
_PROMPT_WEIGHT = 0.5
_MEASURED = 600  # held-out conversations
_LOG_EVERY = 50  # steps


def train(course: Course) -> None:
    """Train a model, or go on with a training that was cut short.

    With the same number of steps, processes and the same machine, the same weights come out.
    """
    run_together(course.processes, _work, course)


def _work(together: Together, course: Course) -> None:
    _Training(together, course).run()


class _Training:
    """One process of a training."""

    def __init__(self, together: Together, course: Course) -> None:
        self.together, self.course = together, course
        self.corpus = Corpus.load(course.out / "corpus.npz")
        self.tokenizer = PreTrainedTokenizerFast.from_pretrained(course.out / "tokenizer")
        end, padding = self.tokenizer.eos_token_id, self.tokenizer.pad_token_id
        self.model = fresh_model(course.size, len(self.tokenizer), end, padding, course.seed)
        if can_wire(self.model):
            wire(self.model, course.seed)
        self.network = Network(self.model, compiled=course.compiled and can_compile(), dtype=fastest_dtype())
        self.optimizer = Optimizer(self.model, course.muon_rate, course.adamw_rate, together)
        self.taught, held_out = split(self.corpus)
        chosen = np.random.default_rng(0).permutation(np.concatenate(held_out))[:_MEASURED]
        by_prefix = [np.intersect1d(numbers, chosen) for numbers in held_out]
        self.measured = epoch(self.corpus, by_prefix, course.tokens, np.random.default_rng(0))
        self.step, self.talks, self.seconds = 0, 0, 0.0
        self._checkpoint = course.out / "checkpoint.pt"
        self._load()
        drills = [numbers for numbers in self.taught if is_drilled(self.corpus, numbers)]
        self._drilled = _DRILLED if drills else 0
        self._drills = islice(self._stream(drills), min(self.step, self._drilled), None)
        self._shares = islice(self._stream(self.taught), max(0, self.step - self._drilled), None)

    def run(self) -> None:
        """Train to the end."""
        begun = monotonic() - self.seconds
        while (progress := self.course.progress(self.step, self.seconds)) < 1:
            taught, prompt, talks, self.seconds = self._learn(progress, monotonic() - begun)
            self.step += 1
            self.talks += round(talks * self.together.count)
            if self.step % _LOG_EVERY == 0:
                give_back_memory()
                self._log({"loss": taught, "prompt_loss": prompt, "progress": progress})
            if self.step % self.course.measure_every == 0:
                self._log(self._held_out())
            if self.step % self.course.save_every == 0:
                self._save()
        figures = self._held_out()
        self._log(figures)
        self._save()
        if self.together.rank == 0:
            save_model(self.model, self.tokenizer, self.course.out / "model")
            (self.course.out / "training.json").write_text(json.dumps(self._facts() | figures, indent=2) + "\n")

    def _stream(self, of_prefix: Sequence[NDArray[np.int64]]) -> Iterator[Sequence[NDArray[np.int64]]]:
        """The batches of each step, without end: every conversation once before any comes again."""
        for number in count():
            order = np.random.default_rng((self.course.seed, number))
            batches = epoch(self.corpus, of_prefix, self.course.tokens, order)
            yield from shares(self.corpus, batches, self.course.groups * self.together.count, order)

    def _learn(self, progress: float, elapsed: float) -> list[float]:
        """One step; returns the means over the processes of both losses, conversations and seconds."""
        shared = next(self._drills if self.step < self._drilled else self._shares)
        mine = shared[self.together.rank :: self.together.count]
        early = progress < _EARLY
        if early:
            mine = [numbers[::2] for numbers in mine]
        batch = pack(self.corpus, mine, prompts=early)
        hidden = self.network.hidden(batch.tokens, batch.positions, batch.groups, batch.places)
        losses, _ = self.network.losses(hidden, batch.labels)
        prompt = batch.kinds == 0
        taught = _mean(losses, batch.weights * ~prompt)
        prompts = _mean(losses, prompt.float())
        (taught + _PROMPT_WEIGHT * prompts).backward()
        figures = torch.tensor([taught.item(), prompts.item(), sum(map(len, mine)), elapsed])
        means: list[float] = self.together.average_gradients(self.model, figures).tolist()
        self.optimizer.step(progress)
        return means

    def _held_out(self) -> dict[str, float]:
        found = measure(self.network, self.corpus, self.measured, self.together)
        return {f"held_out/{name}": value for name, value in found.items()}

    def _log(self, figures: dict[str, float]) -> None:
        if self.together.rank == 0:
            row = {"step": self.step, "talks": self.talks, "seconds": round(self.seconds, 1)}
            rounded = {name: round(value, 4) for name, value in figures.items()}
            with (self.course.out / "log.jsonl").open("a") as file:
                file.write(json.dumps(row | rounded) + "\n")

    def _facts(self) -> dict[str, object]:
        return {
            "size": asdict(self.course.size),
            "parameters": self.model.num_parameters(),
            "vocabulary": len(self.tokenizer),
            "conversations": len(self.corpus.lengths),
            "prefixes": len(self.corpus.prefix_starts) - 1,
            "seed": self.course.seed,
            "processes": self.course.processes,
            "steps": self.step,
            "talks": self.talks,
            "seconds": round(self.seconds),
        }

    def _save(self) -> None:
        if self.together.rank == 0:
            state = {
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "done": (self.step, self.talks, self.seconds),
            }
            partial = self._checkpoint.with_suffix(".partial")
            torch.save(state, partial)
            partial.replace(self._checkpoint)

    def _load(self) -> None:
        if self._checkpoint.exists():
            state = torch.load(self._checkpoint, weights_only=True)
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step, self.talks, self.seconds = state["done"]


def _mean(losses: Tensor, weights: Tensor) -> Tensor:
    return (losses * weights).sum() / weights.sum().clamp(min=1e-6)


@click.command(help=__doc__)
@click.option("--talks", multiple=True, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--out", required=True, type=click.Path(path_type=Path))
@click.option("--steps", type=click.IntRange(1))
@click.option("--minutes", type=click.FloatRange(0, min_open=True))
@click.option("--width", default=Size.width, show_default=True)
@click.option("--layers", default=Size.layers, show_default=True)
@click.option("--hidden", default=Size.hidden, show_default=True)
@click.option("--tokens", default=Course.tokens, show_default=True)
@click.option("--muon-rate", default=Course.muon_rate, show_default=True)
@click.option("--adamw-rate", default=Course.adamw_rate, show_default=True)
@click.option("--groups", default=Course.groups, show_default=True)
@click.option("--processes", default=Course.processes, show_default=True)
@click.option("--seed", default=Course.seed, show_default=True)
@click.option("--measure-every", default=Course.measure_every, show_default=True)
@click.option("--save-every", default=Course.save_every, show_default=True)
@click.option("--compiled/--plain", default=Course.compiled, show_default=True)
def main(talks: tuple[Path, ...], out: Path, width: int, layers: int, hidden: int, **rest: Any) -> None:
    """Learn the tokenizer, encode the conversations, train."""
    if (rest["steps"] is None) == (rest["minutes"] is None):
        raise click.UsageError("say either --steps or --minutes")
    prepare(talks, out)
    train(Course(out, Size(width, layers, hidden), **rest))


if __name__ == "__main__":
    main()
