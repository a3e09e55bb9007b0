"""Do what an experiment asks: play the select seeds, improve, train, open the report seeds, say what is left."""

from __future__ import annotations

from pathlib import Path

from automem.loops.course import Course, make_training
from automem.loops.structure.proposers import make_proposer
from automem.runs.layout import DEFAULT_RUNS
from automem.runs.loop import need_own_loop
from automem.runs.progress import Progress
from automem.runs.result import Result
from automem.runs.session import Session
from automem.spec.load import LoadedExperiment


def apply(loaded: LoadedExperiment, runs: Path = DEFAULT_RUNS, progress: Progress | None = None) -> Result:
    """Do what an experiment asks and its run has not done yet.

    Arguments:
        loaded: the experiment and its scaffold.
        runs: the folder that holds the run's folder.
        progress: told what happens, while it happens.

    Raises:
        SpecError: the experiment asks for something that cannot be done.
        RunLocked: another apply works on the run.
        RunError: the run's files cannot be used.
        EngineRefused, EngineUnavailable: found before anything is played; the former also during play.
        KeyboardInterrupt: SIGINT or SIGTERM; everything is left so that the next apply goes on.
    """
    need_own_loop("apply")
    proposer, training = make_proposer(loaded), make_training(loaded)
    with Session.open(loaded, runs, progress or Progress()) as session:
        course = Course(session, proposer, training)
        return course.result() if course.idle else session.run(course.play, course.result)
