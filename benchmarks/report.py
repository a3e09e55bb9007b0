"""What the report of ten episodes of 2,000 steps takes, against reading their traces whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from automem.api.report import run_report, write_report
from automem.runs import RunFolder, show_run
from automem.traces.reached import reached
from automem.traces.store import TraceWriter, iter_steps
from benchmarks.playing import chain, experiment, play, played_in, workplace

STEPS = 2_000
NAME = "reported"


def _lengthened() -> list[Path]:
    """The traces of a run, each of `STEPS` steps; its database goes on saying what was played."""
    folder = RunFolder(play(experiment(NAME, 200)).folder)
    episodes = [(folder.trace(one.id), played_in(folder, one)) for one in show_run(NAME, workplace()).episodes]
    for file, episode in episodes:
        steps, _ = chain([episode] * STEPS, STEPS)
        with TraceWriter(file, episode.header) as writer:
            for step in steps:
                writer.write(step)
            writer.finish()
    return [file for file, _ in episodes]


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _whole(files: Iterable[Path]) -> None:
    for file in files:
        for _ in iter_steps(file):
            pass


def main() -> None:
    """Measure the reading of progression alone, the report, and its files."""
    files = _lengthened()
    whole = _seconds(lambda: _whole(files))
    report = run_report(NAME, workplace())
    print(f"The report of {len(files)} episodes of {STEPS:,} steps, as shares of reading their traces whole")
    _row("progression alone, of every step", _seconds(lambda: [reached(file) for file in files]) / whole)
    _row("run_report", _seconds(lambda: run_report(NAME, workplace())) / whole)
    write = _seconds(lambda: write_report(report, workplace()))
    _row("write_report, matplotlib's import included", write / whole)
    print(f"    (whole traces {whole:.2f} s, the three files {write:.2f} s of processor time)")


def _row(what: str, ratio: float) -> None:
    print(f"    {what:<46} {ratio:5.2f}")


if __name__ == "__main__":
    main()
