"""What decides a training."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from automem.pretraining.network import Size


@dataclass(frozen=True)
class Course:
    """A training.

    Arguments:
        out: what `prepare` made; gets `checkpoint.pt`, `log.jsonl` (losses, and figures on held-out conversations),
            and in the end `model/` and `training.json` (facts for the model's card).
        size: of the model.
        steps: how many; or none, and
        minutes: how long, which gives other weights each time.
        seed: decides weights and order.
        processes: of one thread each.
        groups: prefixes a process takes each step.
        tokens: of conversations with one prefix, padding included.
        muon_rate, adamw_rate: the highest learning rates, of the matrices between the layers and of the rest, both in
            AdamW's units. With Muon at 6e-3 attention collapsed: each position attended to a single other.
        measure_every, save_every: in steps.
        compiled: whether torch may compile, where there is a compiler.
    """

    out: Path
    size: Size = field(default_factory=Size)
    steps: int | None = None
    minutes: float | None = None
    seed: int = 0
    processes: int = 2
    groups: int = 1
    tokens: int = 2000
    muon_rate: float = 1.5e-3
    adamw_rate: float = 1.5e-3
    measure_every: int = 600
    save_every: int = 250
    compiled: bool = True

    def progress(self, step: int, seconds: float) -> float:
        """How much is done, 0 to 1."""
        if self.steps is not None:
            return step / self.steps
        return seconds / (60 * (self.minutes or 1))
