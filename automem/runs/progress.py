"""How an apply tells what it is doing; whoever wants to show it overrides what `Progress` does not show."""

from __future__ import annotations

from automem.runs.keys import Episode
from automem.traces.summary import EpisodeRow


class Progress:
    """Told what happens, and shows nothing. Called from the thread that plays, between steps; must return quickly."""

    def stage_started(self, stage: str, episodes: int, reused: int) -> None:
        """A stage of `episodes` begins, of which `reused` are finished already."""

    def episode_started(self, episode: Episode, max_steps: int, recorded_calls: int) -> None:
        """An episode begins; `recorded_calls` of its calls were answered by an earlier apply."""

    def step(self, episode: Episode, number: int, progression: float) -> None:
        """Step `number` (from 1) of an episode is played; `progression` is its success so far, 0 to 1."""

    def episode_finished(self, episode: Episode, row: EpisodeRow) -> None:
        """An episode is finished and recorded."""

    def owed(self, episode: Episode, reason: str) -> None:
        """An episode could not be finished; the next apply goes on with it."""

    def training(self, title: str, step: int, of: int, loss: float | None) -> None:
        """Step `step` of `of` of a training is made; `loss` is its mean over the trained tokens, where one is known."""

    def note(self, text: str) -> None:
        """Something a person should know: an episode mended, a journal dropped, a limit reached."""
