"""Who proposes patches: a person's files, the catalogue, or a model with tools."""

from __future__ import annotations

from automem.loops.structure.proposers.base import ProposerFactory
from automem.registry import Registry

PROPOSERS: Registry[ProposerFactory] = Registry(
    "proposer",
    "automem.proposers",
    {name: f"automem.loops.structure.proposers.{name}:create" for name in ("catalogue", "file", "anthropic", "openai")},
)
"""By the `engine` of `models.meta`."""
