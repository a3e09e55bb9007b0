"""A recipe's proposal in processes that are killed after each line they keep: `python -m loops.proficiency.talking …`.

One process imports everything and forks the others, each of which goes on where the one before was killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from automem.loops.proficiency.engines import TRAINING_ENGINES
from automem.loops.proficiency.engines.base import Assignment
from automem.runs.costs import Cost
from automem.runs.layout import RunFolder
from automem.spec.experiment import ModelSection
from loops.talking import die_after_the_next_line

from .ledgers import Workshop


class Counted(Workshop):
    """Counts answers in a file."""

    file: Path

    def _spend(self, cost: Cost) -> None:
        with self.file.open("a") as file:
            file.write("spent\n")


def propose(url: str, assignment: Assignment) -> str | None:
    entry = {"engine": "anthropic", "model": "tiny", "base_url": url, "retries": 0}
    engine = TRAINING_ENGINES.load("anthropic")(ModelSection.model_validate(entry), Path())
    return asyncio.run(engine.propose(assignment)).recipe


def main() -> None:
    run, transcript, url, spent = sys.argv[1:]
    workshop = Counted(RunFolder(Path(run)), Path(transcript))
    workshop.file = Path(spent)
    assignment, kills = workshop.assignment(), 0
    TRAINING_ENGINES.load("anthropic")
    while (child := os.fork()) and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL:
        kills += 1
    if not child:
        die_after_the_next_line()
        os._exit(0 if propose(url, assignment) else 1)
    print(json.dumps({"kills": kills, "recipe": propose(url, assignment)}))


if __name__ == "__main__":
    main()
