"""A proposal in processes that are killed after each line they keep: `python -m loops.talking ENGINE RUN …`.

One process imports everything and forks the others, each of which goes on where the one before was killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from automem.loops.structure.proposers import PROPOSERS
from automem.loops.structure.proposers.base import Assignment
from automem.runs.costs import Cost
from automem.runs.layout import RunFolder
from automem.spec.experiment import ModelSection
from loops.meeting import Meeting


class Counted(Meeting):
    """Counts answers in a file."""

    file: Path

    def _spend(self, cost: Cost) -> None:
        with self.file.open("a") as file:
            file.write("spent\n")


def propose(engine: str, url: str, assignment: Assignment) -> str | None:
    entry = {"engine": engine, "model": "tiny", "base_url": url, "retries": 0}
    proposer = PROPOSERS.load(engine)(ModelSection.model_validate(entry), Path())
    return asyncio.run(proposer.propose(assignment)).patch


def die_after_the_next_line() -> None:
    sync = os.fsync

    def synced(file: int) -> None:
        sync(file)
        if not os.path.isdir(f"/dev/fd/{file}"):  # noqa: PTH112 - a descriptor
            os.kill(os.getpid(), signal.SIGKILL)

    os.fsync = synced  # type: ignore[assignment]


def main() -> None:
    engine, run, transcript, url, spent = sys.argv[1:]
    meeting = Counted(RunFolder(Path(run)), Path(transcript))
    meeting.file = Path(spent)
    assignment, kills = meeting.assignment(), 0
    PROPOSERS.load(engine)  # imports the vendor's client, once for all
    while (child := os.fork()) and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL:
        kills += 1
    if not child:
        die_after_the_next_line()
        os._exit(0 if propose(engine, url, assignment) else 1)
    print(json.dumps({"kills": kills, "patch": propose(engine, url, assignment)}))


if __name__ == "__main__":
    main()
