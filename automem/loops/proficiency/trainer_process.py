"""The process that trains: `python -m …trainer_process FOLDER`, or the same under `accelerate launch`."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from automem.errors import AutoMemError
from automem.loops.proficiency.job import REASON, Job, read_job
from automem.runs.lock import RunLocked, hold

_PATIENCE_S = 60.0


def main() -> None:
    """Carry out the training of a folder; where that cannot be done, exit with 1 and leave the reason there."""
    parser = argparse.ArgumentParser(description="Train the adapter that a folder describes.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--while-stdin", action="store_true", help="end as soon as standard input is closed")
    given = parser.parse_args()
    if given.while_stdin:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        job = read_job(given.folder)
        with _alone(job):
            if job.trained() is None:
                from automem.loops.proficiency.trainer import run

                run(job)
    except AutoMemError as error:
        (given.folder / REASON).write_text(str(error), encoding="utf-8")
        sys.exit(str(error))


def _end_with_stdin() -> None:
    """Leave when whoever started this is gone: its end of the pipe closes however it ends."""
    while os.read(sys.stdin.fileno(), 1 << 12):
        pass
    os._exit(1)


@contextmanager
def _alone(job: Job) -> Iterator[None]:
    """Keep others out of the folder; waits for a trainer that was told to end and has not yet.

    Of several processes that train together only the first holds it.
    """
    if int(os.environ.get("RANK", "0")):
        yield
        return
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with hold(job.folder / "trainer.lock"):
                yield
            return
        except RunLocked:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    main()
