"""The model card of a trained adapter: what it is, what it was made from, what it is for."""

from __future__ import annotations

import json
from pathlib import Path

from automem.loops.proficiency.job import Job, Trained


def model_card(job: Job, trained: Trained) -> str:
    """The text of the adapter folder's README.md. It holds no times, so that equal trainings give equal folders."""
    lora, train = job.recipe.lora, job.recipe.train
    base = job.base.name if isinstance(job.base, Path) else job.base
    targets = lora.targets if isinstance(lora.targets, str) else ", ".join(lora.targets)
    dropped = ", ".join(f"{number} {reason}" for reason, number in trained.dropped.items()) or "none"
    schedule = f"{train.schedule} with warm-up {train.warmup:g}, {train.epochs:g} epochs, batch {train.batch}"
    table = {
        "recipe": job.recipe.name,
        "LoRA": f"rank {lora.rank}, alpha {lora.alpha:g}, dropout {lora.dropout:g}, on {targets}",
        "trainer": f"learning rate {train.learning_rate:g}, {schedule}, seed {train.seed}",
        "examples": f"{trained.examples} trained on, {trained.held_out} held out; left out: {dropped}",
        "tokens read": f"{trained.tokens} in {trained.steps} steps",
        "training loss, last epoch": f"{trained.loss:.4f}",
        "held-out loss": _losses(trained),
    }
    rows = "".join(f"| {name} | {value} |\n" for name, value in table.items())
    return f"""---
base_model: {json.dumps(base)}
library_name: peft
tags: [lora, automem]
---
# Memory specialist on {base}

A LoRA adapter that runs beside the unmodified base model: it writes the log and consults memory, and the base commits
the action. It was trained by AutoMem on memory decisions that the agent itself made, word for word, with the loss on
those alone. It is made for the scaffold and the world it was trained on; as a chat model it is no better than its base.

| | |
| --- | --- |
{rows}"""


def _losses(trained: Trained) -> str:
    if trained.held_out_loss is None or trained.held_out_before is None:
        return "none was held out"
    return f"{trained.held_out_before:.4f} before, {trained.held_out_loss:.4f} after"
