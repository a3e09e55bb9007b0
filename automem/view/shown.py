"""Everything that is shown of some runs: the index, and each episode's recording while it is looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock

from msgspec.structs import replace

from automem.errors import RunError
from automem.runs.listing import find_episode, find_run
from automem.view.format import EpisodeLine, Index, RunLine
from automem.view.index import list_episodes
from automem.view.panels import default_panels
from automem.view.recording import Recording

MOST_OPEN = 12
"""Recordings that are kept at a time; beyond it, the one that was not asked for longest is given up."""


class Shown:
    """Some runs that are looked at. May be used by several threads.

    Arguments:
        names: the runs.
        runs: the folder that holds them.

    Raises:
        RunError: there is no such run.
    """

    def __init__(self, names: Sequence[str], runs: Path) -> None:
        self._folders = {name: find_run(name, runs) for name in names}
        self._runs = runs
        self._lock = Lock()
        self._open: OrderedDict[str, Recording] = OrderedDict()
        self._traces: dict[str, Path] = {}

    def index(self) -> Index:
        """What there is now; episodes that are open in a panel with all that was played of them so far.

        Raises:
            RunError: a run cannot be read.
        """
        listings = [list_episodes(folder) for folder in self._folders.values()]
        episodes = [one for listing in listings for one in listing.episodes]
        self._traces = {one.line.path: self._trace(one.line.path) for one in episodes}
        return Index(
            runs=[RunLine(listing.folder.name, listing.going) for listing in listings],
            episodes=[replace(self._so_far(one.line), id=self._id(one.line.path)) for one in episodes],
            panels=[self._id(one.line.path) for one in default_panels(episodes)],
            pictures=True,
        )

    def recording(self, path: str) -> Recording | None:
        """The recording of an episode of the index, by its path; None where there is none (yet).

        Raises:
            RunError: its trace is damaged.
        """
        trace = self._traces.get(path)
        if trace is None:
            return None
        with self._lock:
            if path not in self._open:
                self._open[path] = Recording(trace)
            self._open.move_to_end(path)
            if len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)[1].close()
            return self._open[path]

    def find(self, episode: str) -> EpisodeLine:
        """The episode that a person means, as `automem trace` takes it: a seed or the beginning of an id.

        Raises:
            RunError: no run has such an episode, or several of one run are meant.
        """
        lines = {line.path: line for line in self.index().episodes}
        errors = []
        for name in self._folders:
            try:
                return lines[f"{name}/{find_episode(name, episode, self._runs).id}"]
            except RunError as error:
                errors.append(str(error))
        for line in lines.values():
            if line.id == episode or line.path.partition("/")[2].startswith(episode):
                return line
        raise RunError("\n".join(errors))

    def close(self) -> None:
        """Give back all recordings."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].close()

    def _id(self, path: str) -> str:
        return path.partition("/")[2] if len(self._folders) == 1 else path.replace("/", ":")

    def _trace(self, path: str) -> Path:
        run, _, episode = path.partition("/")
        return self._folders[run].trace(episode)

    def _so_far(self, line: EpisodeLine) -> EpisodeLine:
        recording = self._open.get(line.path)
        if recording is None:
            return line
        if line.status == "done":
            return replace(line, edition=recording.edition)
        with suppress(RunError):  # said to whoever asks for a chunk of it
            recording.refresh()
        return replace(line, edition=recording.edition, steps=recording.steps, progression=recording.progression)
