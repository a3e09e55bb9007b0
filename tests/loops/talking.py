"""A proposal in processes that are killed after each line they keep: `python -m loops.talking patch|recipe RUN …`.

One process imports everything and forks the others, each of which goes on where the one before was killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from automem.loops.proficiency.engines import TRAINING_ENGINES
from automem.loops.structure.proposers import PROPOSERS
from automem.runs.costs import Cost
from automem.runs.layout import RunFolder
from automem.spec.experiment import ModelSection
from loops.meeting import Meeting
from loops.proficiency.ledgers import Workshop

WANTED: dict[str, tuple[Any, Any]] = {"patch": (PROPOSERS, Meeting), "recipe": (TRAINING_ENGINES, Workshop)}
"""What is proposed → who proposes it, and what makes an assignment."""


def killed(wanted: Literal["patch", "recipe"], run: RunFolder, transcript: Path, url: str, spent: Path) -> Any:
    """How often the process was killed, and what it proposed at last; `spent` gets a line for each answer."""
    command = [sys.executable, "-m", "loops.talking", wanted, str(run.path), str(transcript), url, str(spent)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, env=environment, capture_output=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def die_after_the_next_line() -> None:
    sync = os.fsync

    def synced(file: int) -> None:
        sync(file)
        if not os.path.isdir(f"/dev/fd/{file}"):  # noqa: PTH112 - a descriptor
            os.kill(os.getpid(), signal.SIGKILL)

    os.fsync = synced  # type: ignore[assignment]


def main() -> None:
    wanted, run, transcript, url, spent = sys.argv[1:]
    registry, make = WANTED[wanted]

    def spend(cost: Cost) -> None:
        with Path(spent).open("a") as file:
            file.write("spent\n")

    assignment, kills = replace(make(RunFolder(Path(run)), Path(transcript)).assignment(), spend=spend), 0
    entry = {"engine": "anthropic", "model": "tiny", "base_url": url, "retries": 0}
    create = registry.load("anthropic")  # imports the vendor's client, once for all

    def propose() -> str | None:
        text: str | None = asyncio.run(create(ModelSection.model_validate(entry), Path()).propose(assignment)).text
        return text

    while (child := os.fork()) and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL:
        kills += 1
    if not child:
        die_after_the_next_line()
        os._exit(0 if propose() else 1)
    print(json.dumps({"kills": kills, "proposed": propose()}))


if __name__ == "__main__":
    main()
