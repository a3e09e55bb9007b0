"""What is shown while episodes are played: bars on a terminal, a line an episode elsewhere. On stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from automem.printable import printable
from automem.runs import Episode
from automem.runs.progress import Progress as Watcher
from automem.traces.summary import EpisodeRow, titled


@contextmanager
def watch() -> Iterator[Watcher]:
    """Something to show progress with, for as long as the context lasts."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield Lines(console)
        return
    columns = (
        TextColumn("{task.description:32}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[score]:>6}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        yield Bars(bars)


class Lines(Watcher):
    """A line for each thing that happens."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def _say(self, text: str) -> None:
        self._console.print(printable(text), markup=False, soft_wrap=True)

    def stage_started(self, stage: str, episodes: int, reused: int) -> None:
        """Say so."""
        self._say(f"{stage}: {episodes} episodes, {reused} of them reused")

    def episode_started(self, episode: Episode, max_steps: int, recorded_calls: int) -> None:
        """Say so where an earlier apply had begun it."""
        if recorded_calls:
            self._say(f"{episode.id}: goes on after {recorded_calls} recorded calls")

    def episode_finished(self, episode: Episode, row: EpisodeRow) -> None:
        """Say how it went."""
        self._say(f"{titled(episode.id, row.note)}: {row.progression or 0:.1%} after {row.steps} steps")

    def owed(self, episode: Episode, reason: str) -> None:
        """Say why."""
        self._say(f"{episode.id}: owed: {reason}")

    def training(self, title: str, step: int, of: int, loss: float | None) -> None:
        """Say how it goes, ten times in all."""
        if loss is not None and (step == of or step * 10 // of > (step - 1) * 10 // of):
            self._say(f"{title}: step {step} of {of}, loss {loss:.3f}")

    def note(self, text: str) -> None:
        """Say it."""
        self._say(text)


class Bars(Lines):
    """A bar for the stage, and one for each episode in play."""

    def __init__(self, bars: Progress) -> None:
        super().__init__(bars.console)
        self._bars = bars
        self._stage: TaskID | None = None
        self._episodes: dict[str, TaskID] = {}
        self._trainings: dict[str, TaskID] = {}

    def stage_started(self, stage: str, episodes: int, reused: int) -> None:
        """Begin the stage's bar."""
        self._stage = self._bars.add_task(stage, total=episodes, completed=reused, score="")

    def episode_started(self, episode: Episode, max_steps: int, recorded_calls: int) -> None:
        """Begin the episode's bar."""
        super().episode_started(episode, max_steps, recorded_calls)
        self._end(episode)
        self._episodes[episode.key] = self._bars.add_task(f"  {episode.id}", total=max_steps, score="")

    def training(self, title: str, step: int, of: int, loss: float | None) -> None:
        """Move the training's bar."""
        if title not in self._trainings:
            self._trainings[title] = self._bars.add_task(title, total=of, score="")
        self._bars.update(self._trainings[title], completed=step)
        if loss is not None:
            self._bars.update(self._trainings[title], score=f"{loss:.3f}")

    def step(self, episode: Episode, number: int, progression: float) -> None:
        """Move the episode's bar."""
        self._bars.update(self._episodes[episode.key], completed=number, score=f"{progression:.0%}")

    def episode_finished(self, episode: Episode, row: EpisodeRow) -> None:
        """End the episode's bar, and move the stage's."""
        super().episode_finished(episode, row)
        self._end(episode)
        if self._stage is not None:
            self._bars.advance(self._stage)

    def owed(self, episode: Episode, reason: str) -> None:
        """End the episode's bar."""
        super().owed(episode, reason)
        self._end(episode)

    def _end(self, episode: Episode) -> None:
        bar = self._episodes.pop(episode.key, None)
        if bar is not None:
            self._bars.remove_task(bar)
