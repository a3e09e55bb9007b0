"""The toy's player and proposer, held back where a file says so: it names what a prompt says, or `propose 1`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runs.fragile import FragileWorld

from automem.engines import Answer, Request
from automem.loops.meta.proposer import Proposal
from automem.loops.structure.proposers.base import Assignment
from automem.spec.experiment import ModelSection

from .folder import Folder
from .proposing import told
from .toy import Player

FRAGILE = FragileWorld("loops.toy:WORLD")
FRAGILE.name = "fragile-toy"

HOLD = "AUTOMEM_TEST_HOLD"
"""Names the file; beside it, `<file>.held` appears once something is held back."""


async def hold(text: str) -> None:
    """Wait for as long as the file says a part of `text`."""
    file = Path(os.environ.get(HOLD, "/nowhere"))
    while file.is_file() and (said := file.read_text()) and said in text:
        file.with_suffix(".held").touch()
        await asyncio.sleep(0.01)


class HeldPlayer(Player):
    """Waits before it answers."""

    async def ask(self, request: Request) -> Answer:
        await hold(request.messages[0].text)
        return await super().ask(request)


class HeldFolder(Folder[Assignment]):
    """Waits before it proposes."""

    async def propose(self, assignment: Assignment) -> Proposal:
        await hold(f"propose {assignment.number}")
        return await super().propose(assignment)


def create(model: str, settings: Mapping[str, Any]) -> HeldPlayer:
    return HeldPlayer()


def create_proposer(model: ModelSection, base: Path) -> HeldFolder:
    return HeldFolder(base / "proposals", told)
