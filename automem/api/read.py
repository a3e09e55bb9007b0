"""What a run holds, read back: the audit of its memories, its traces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from automem.agent.record import Header
from automem.envs import WORLDS
from automem.envs.pictures import picture
from automem.errors import AutoMemError, RunError
from automem.runs.layout import DEFAULT_RUNS
from automem.runs.listing import find_episode, find_run, show_run
from automem.runs.records import Recorded
from automem.traces.audit import Audit, audit
from automem.traces.store import iter_steps, read_header


def audit_memory(name: str, runs: Path = DEFAULT_RUNS, episode: str | None = None) -> list[Audit]:
    """What became of what the agent wrote, episode by episode.

    Arguments:
        name: the run.
        runs: the folder that holds it.
        episode: one episode; all finished ones when left out.

    Raises:
        RunError: no such run or episode, or a file of it is missing or damaged.
    """
    details = show_run(name, runs)
    chosen = [find_episode(name, episode, runs)] if episode else list(details.episodes)
    audits = []
    for recorded in chosen:
        if recorded.row.status == "done":
            trace = details.folder.trace(recorded.id)
            audits.append(audit(read_header(trace), iter_steps(trace), _files(details.folder.memory(recorded.id))))
    if not audits:
        raise RunError(f"run {name} has no finished episode to audit")
    return audits


def _files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()) if path.is_file()}


@dataclass(frozen=True)
class Trace:
    """A finished episode's trace.

    Arguments:
        path: its file; `traces.store.iter_steps` reads it.
        header: what it begins with.
    """

    path: Path
    header: Header

    def picture(self, step: int, size: int) -> bytes:
        """A PNG of what was seen when `step` began, drawn by playing the actions before it again.

        Arguments:
            step: counted from 1.
            size: pixels along the longer side.

        Raises:
            RunError: there is no such step.
            AutoMemError: the world has no picture, or is not the version the episode was played in.
        """
        world = WORLDS.load(self.header.env)
        now = world.describe(self.header.task, self.header.settings).version
        if now != self.header.env_version:
            raise AutoMemError(f"the episode was played in {self.header.env_version}; installed is {now}")
        actions = [played.action for played in iter_steps(self.path)]
        if not 1 <= step <= len(actions):
            raise RunError(f"{self.path}: there is no step {step}; the episode has steps 1 to {len(actions)}")
        header = self.header
        return picture(world, header.task, header.seed, header.settings, actions[: step - 1], size)


def open_trace(name: str, episode: str, runs: Path = DEFAULT_RUNS) -> Trace:
    """The trace of one episode of a run.

    Arguments:
        name: the run.
        episode: a seed, or the beginning of the episode's id or key.

    Raises:
        RunError: no such run or episode, or it is not finished.
    """
    path = find_run(name, runs).trace(finished_episode(name, episode, runs).id)
    return Trace(path, read_header(path))


def finished_episode(name: str, episode: str, runs: Path = DEFAULT_RUNS) -> Recorded:
    """One episode of a run that has a trace; named as for `open_trace`.

    Raises:
        RunError: no such run or episode, or it is not finished.
    """
    recorded = find_episode(name, episode, runs)
    if recorded.row.status != "done":
        raise RunError(f"episode {recorded.id} is not finished: {recorded.row.error or 'owed'}")
    return recorded
