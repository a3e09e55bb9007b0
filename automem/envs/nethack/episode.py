"""One episode of NetHack or MiniHack, as text."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Sequence

from automem.envs.base import Observation
from automem.envs.nethack import picture
from automem.envs.nethack.data import pack
from automem.envs.nethack.game import Game, Moment
from automem.envs.nethack.keys import key_of
from automem.envs.nethack.progress import Progress
from automem.envs.nethack.text import describe
from automem.errors import AutoMemError


class Episode:
    """One episode, from `reset` until the game is over or `max_steps` actions are played.

    Arguments:
        game: what is played, for messages.
        start: starts the game.
        actions: the actions that may be played.
        progress: what success is.
        max_steps: the length after which the episode is cut, in actions.
        view: one of `text.VIEWS`.
    """

    def __init__(
        self,
        game: str,
        start: Callable[[], Game],
        actions: Collection[str],
        progress: Progress,
        max_steps: int,
        view: str,
    ) -> None:
        self._name = game
        self._start = start
        self._actions = actions
        self._progress = progress
        self._left = max_steps
        self._view = view
        self._game: Game | None = None
        self._glyphs = ""

    def reset(self) -> Observation:
        """Start the game and look at it.

        Raises:
            AutoMemError: it was started before.
        """
        if self._game is not None:
            raise AutoMemError(f"this episode of {self._name} was reset before; start a fresh one")
        self._game = self._start()
        return self._seen(self._game.look())

    def step(self, action: str) -> Observation:
        """Play one action.

        Raises:
            AutoMemError: the episode is over or not begun, or the action is none of the task's.
        """
        if self._game is None or not self._left:
            raise AutoMemError(f"this episode of {self._name} is over or was never reset; start a fresh one")
        key = key_of(self._name, action, self._actions)
        self._left -= 1
        return self._seen(self._game.press(key))

    def draw(self, size: int) -> bytes:
        """The level's map in NetHack's tiles, as PNG; see `automem.envs.nethack.picture.draw`."""
        return picture.draw(self._glyphs, size)

    def close(self) -> None:
        """End the game and remove its files; may be called again."""
        self._left = 0
        if self._game is not None:
            self._game.close()

    def _seen(self, moment: Moment) -> Observation:
        events = self._progress.update(moment)
        end = moment.end or ("" if self._left else "max_steps")
        if end:
            self._left = 0
        self._glyphs = pack(moment.screen["glyphs"])
        return Observation(
            text=describe(moment.screen, moment.message, self._view),
            reward=moment.reward,
            done=bool(end),
            progression=self._progress.value,
            events=events,
            end=end,
            data={
                "glyphs": self._glyphs,
                "stats": moment.screen["blstats"].tolist(),
                "asks": moment.asks,
            },
        )


def sample(episode: Episode, walk: Sequence[str]) -> Observation:
    """What is read at the end of a walk, as an example of real play; the episode is closed."""
    with contextlib.closing(episode):
        seen = episode.reset()
        for action in walk:
            if seen.done:
                break
            seen = episode.step(action)
    return Observation(seen.text, data=seen.data)
