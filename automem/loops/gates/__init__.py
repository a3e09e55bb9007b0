"""Gates: whether a candidate plays better than the incumbent, and when that is clear."""

from __future__ import annotations

from automem.loops.gates.base import Gate
from automem.loops.gates.mean import MeanGate
from automem.loops.gates.paired import PairedGate
from automem.loops.gates.screen import screen
from automem.spec.experiment import Optimize, Train

__all__ = ["Gate", "MeanGate", "PairedGate", "make_gate", "screen"]


def make_gate(section: Optimize | Train) -> Gate:
    """The gate that a loop's section of an experiment names."""
    return MeanGate() if section.gate == "mean" else PairedGate(section.confidence)
